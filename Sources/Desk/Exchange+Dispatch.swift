import HeapModule
package import Tickets

extension Exchange {
    /// Grants waiting tickets to free seats. Afterwards no line has both, but for tickets that were declined.
    mutating func dispatch(into turn: inout Turn) {
        let touched = floor.touched
        floor.touched = []
        for id in touched { seat(id, into: &turn) }
        for line in desk.settings.lines.indices { grant(onLine: line, into: &turn) }
        // A line stops when it is empty for whoever is next; behind them may be one for whom a ticket is reserved.
        if !floor.reserved.isEmpty { for id in touched { seatOwner(id, into: &turn) } }
    }

    /// Tickets that will be granted soon, as far as is known without asking who takes them: at most a few times
    /// `limit` of each line.
    package func upcoming(_ limit: Int) -> [TicketNumber] {
        desk.settings.lines.flatMap { line in floor.rooms.look(at: line.name) { $0.upcoming(limit) } ?? [] }
    }

    /// Remembers that a session may take more than before.
    mutating func touch(_ id: SessionID) {
        floor.touched.append(id)
    }

    /// Gives a session what is reserved for it, and queues it if it still has a free seat.
    private mutating func seat(_ id: SessionID, into turn: inout Turn) {
        if !floor.reserved.isEmpty { seatOwner(id, into: &turn) }
        guard let node = floor.sessions[id]?.node, desk.freePoints(of: node) > 0,
            let line = desk.settings.line(node.line)
        else { return }
        if node.isReady { return rerank(id, on: line) }
        floor.sessions[id]?.node?.isReady = true
        append(id, on: line)
    }

    /// Gives a session what is reserved for it, as far as that is first: what is not may be when the line was served.
    private mutating func seatOwner(_ id: SessionID, into turn: inout Turn) {
        guard let session = floor.sessions[id], let node = session.node,
            let line = desk.settings.line(node.line)
        else { return }
        var free = desk.freePoints(of: node)
        while free > 0, let waiting = firstReserved(for: node), isFirst(waiting, for: node) {
            let points = desk.points(of: waiting.number)
            guard points <= free else { return }
            free -= points
            grant(waiting.number, to: id, session.author, node, on: line, into: &turn)
        }
    }

    /// Grants what waits on a line to those who have room for it.
    ///
    /// Where tickets take more or less of a seat, a node whose room is too small for its first ticket gets nothing: if
    /// smaller ones behind it went first, a call would wait for ever while chats go by. When somebody else takes that
    /// one, such nodes are looked at again.
    private mutating func grant(onLine index: Int, into turn: inout Turn) {
        // Most turns find nothing that waits: the line's settings are not copied for them.
        while desk.census[desk.settings.lines[index].name].waiting > 0,
            grantOnce(on: desk.settings.lines[index], into: &turn)
        {}
    }

    /// - Returns: Whether somebody who had no room for their first ticket may have another first one now.
    private mutating func grantOnce(on line: LineSettings, into turn: inout Turn) -> Bool {
        var (unsuited, passed) = ([IdleQueue.Entry](), [Int]())
        var (hasCrowded, isChanged) = (false, false)
        while let idle = floor.ready[line.name]?.popFirst(besides: passed) {
            let id = idle.session
            guard let session = floor.sessions[id], let node = session.node, node.isReady,
                floor.nodes[node.name] == id
            else { continue }
            var free = desk.freePoints(of: node)
            var fit = Fit.fits
            // One ticket each in turn, or all to the only one who is there; not where each changes who is first.
            repeat {
                guard free > 0 else { break }
                var waiting: Waiting?
                (waiting, fit) = firstThatFits(node, free)
                while let next = waiting, fit == .fits,
                    grantToAnother(next, than: id, node, on: line, into: &turn)
                {
                    isChanged = isChanged || hasCrowded
                    (waiting, fit) = firstThatFits(node, free)
                }
                guard let waiting, fit == .fits else { break }
                grant(waiting.number, to: id, session.author, node, on: line, into: &turn)
                free -= desk.points(of: waiting.number)
                isChanged = isChanged || hasCrowded
                if line.selection == .leastWorked { floor.worked[line.name] = idle.rank }
            } while line.selection == .longestIdle && floor.ready.look(at: line.name) { $0.isEmpty } == true
            switch fit {
            case .fits where free <= 0: floor.sessions[id]?.node?.isReady = false
            case .fits: append(id, on: line)
            case .tooLarge:
                unsuited.append(idle)
                hasCrowded = true
            case .none:
                unsuited.append(idle)
                // Without declined tickets, what one node cannot have, none that knows the same can.
                if floor.rooms.look(at: line.name, { $0.hasDeclined }) != true { passed.append(idle.talent) }
            }
        }
        floor.ready[line.name]?.putBack(unsuited)
        return isChanged
    }

    /// Grants a ticket whose turn it is to somebody whom it suits better than whoever is first in turn, if they have room
    /// and nothing comes before it that they may have: so nobody waits for it, and nobody is overtaken.
    ///
    /// - Returns: Whether one of them has it, and it is not for the first in turn.
    private mutating func grantToAnother(
        _ waiting: Waiting, than id: SessionID, _ first: Presence, on line: LineSettings,
        into turn: inout Turn
    ) -> Bool {
        for other in better(for: waiting.number, than: first, on: line) {
            if other == id { return false }
            guard let session = floor.sessions[other], let node = session.node, node.isReady,
                node.line == line.name
            else { continue }
            let free = desk.freePoints(of: node)
            guard free > 0, firstThatFits(node, free) == (waiting, .fits) else { continue }
            grant(waiting.number, to: other, session.author, node, on: line, into: &turn)
            // Whoever was looked at before in this turn is put back where they were.
            if floor.ready[line.name]?.remove(other, talent: node.talent) == true {
                let hasRoom = free > desk.points(of: waiting.number)
                floor.sessions[other]?.node?.isReady = hasRoom
                if hasRoom { append(other, on: line) }
            }
            return true
        }
        return false
    }

    private enum Fit { case fits, tooLarge, none }

    /// The first ticket that a node may have, and whether it has room for it.
    private mutating func firstThatFits(_ node: Presence, _ free: Int) -> (Waiting?, Fit) {
        guard let waiting = first(for: node) else { return (nil, .none) }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.sizeIgnored) { return (waiting, .fits) }
        #endif
        return (waiting, desk.points(of: waiting.number) <= free ? .fits : .tooLarge)
    }

    private mutating func grant(
        _ number: TicketNumber, to id: SessionID, _ author: Author, _ node: Presence,
        on line: LineSettings, into turn: inout Turn
    ) {
        guard let token = desk.tickets.look(at: number, { $0.token }) else {
            preconditionFailure("ticket \(number) is not open")
        }
        let holder = Holder(node: node.name, incarnation: node.incarnation)
        #if PLANTED_BUGS
            if PlantedBug.isActive(.tokenKept) {
                let same = Event.claimed(number, token, holder, leaseMilliseconds: line.leaseMilliseconds)
                return commit(same, author: floor.sessions[id]?.author ?? .desk, stamp: nil, into: &turn)
            }
        #endif
        let event = Event.claimed(
            number, Token(token.rawValue + 1), holder, leaseMilliseconds: line.leaseMilliseconds)
        commit(event, author: author, stamp: nil, into: &turn)
        account(for: number, of: id, on: line)
        adopt(number, holder, into: &turn)
        offer(number, on: line, into: &turn)
        guard let ticket = desk.tickets[number], let claim = desk.claims[number] else {
            preconditionFailure("ticket \(number) vanished")
        }
        let lacking = desk.lacking(of: number)
        let grant = Grant(ticket: ticket, claim: claim, position: desk.position, lacking: lacking)
        #if PLANTED_BUGS
            if PlantedBug.isActive(.grantToEverybody) {
                for id in floor.sessions.keys.sorted() { turn.directives.append(.grant(id, grant)) }
            }
        #endif
        turn.directives.append(.grant(id, grant))
    }

    /// The first ticket that a node may have: its own that came back, or the line's.
    private mutating func first(for node: Presence) -> Waiting? {
        let own = firstReserved(for: node)
        let common = firstOfLine(for: node)
        guard let own else { return common }
        guard let common else { return own }
        return min(own, common)
    }

    private mutating func isFirst(_ waiting: Waiting, for node: Presence) -> Bool {
        guard let common = firstOfLine(for: node) else { return true }
        return waiting < common
    }

    private mutating func firstOfLine(for node: Presence) -> Waiting? {
        floor.rooms[node.line]?.first(for: node.name, with: floor.talents[node.talent], in: desk.tickets)
    }

    private mutating func firstReserved(for node: Presence) -> Waiting? {
        if floor.reserved.isEmpty { return nil }
        while let waiting = floor.reserved[node.name]?.min {
            if let ticket = desk.tickets[waiting.number], waiting.isStill(ticket) {
                return ticket.line == node.line ? waiting : nil
            }
            floor.reserved[node.name]?.removeMin()
        }
        return nil
    }
}
