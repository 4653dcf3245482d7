import Desk
package import Tickets

/// Turns events into changes of the view's rows.
///
/// Does not use the desk's own folding: `verify` compares the two. Several changes of one ticket become one.
package struct Projector: Sendable {
    /// States that are remembered between batches, so that most need not be read back.
    private static let statesMax = 65_536

    /// What the rows of tickets that are worked on hold.
    private var states: [TicketNumber: TicketState] = [:]
    private var projection = Projection()
    private var changeIndexes: [TicketNumber: Int] = [:]
    private var tallyIndexes: [NodeRun: Int] = [:]

    package init() {}

    /// Projects turns that follow those before; records up to `position` are left out.
    ///
    /// `load` reads what is in a ticket's row, nil when there is none; asked once a ticket and batch, and not for
    /// tickets that were worked on lately. After an error, of `load` or of writing the result, a projector is not
    /// used again: what it remembers may not be in the rows.
    package mutating func project(
        _ turns: [StoredTurn], after position: Position,
        load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) -> Projection {
        for turn in turns {
            for record in turn.records where record.position > position {
                for number in record.event.tickets { try find(number, load) }
                project(record)
            }
        }
        defer {
            projection = Projection()
            changeIndexes.removeAll(keepingCapacity: true)
            tallyIndexes.removeAll(keepingCapacity: true)
        }
        remember()
        return projection
    }

    private mutating func find(
        _ number: TicketNumber, _ load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) {
        guard changeIndexes[number] == nil else { return }
        var state = states[number]
        if state == nil { state = try load(number) }
        guard let state else { return }
        changeIndexes[number] = projection.tickets.count
        projection.tickets.append(TicketChange(number: number, state: state))
    }

    private mutating func remember() {
        if states.count > Self.statesMax { states.removeAll(keepingCapacity: true) }
        for change in projection.tickets {
            states[change.number] = change.state.place == .aside ? nil : change.state
        }
    }

    private mutating func project(_ record: Record) {
        let at = record.at
        switch record.event {
        case .submitted(let number, let line, let submission):
            submit(number, line, submission, record)
        case .followedUp(let number, let entry, let body, let wakes):
            add(entry, .message, body, to: number, record)
            change(number, record) {
                $0.entries = entry
                $0.lastMessage = entry
                if wakes { $0.wait(since: at) }
            }
        case .claimed(let number, let token, let holder, _):
            count(holder) { $0.claims += 1 }
            change(number, record) { $0.claim(token, holder) }
        case .noted(let number, let token, let entry, let text):
            add(entry, .note, text, to: number, record)
            let person = Holder(node: record.author.key, incarnation: 0)
            count(token == nil ? person : holder(of: number) ?? person) { $0.notes += 1 }
            change(number, record) { $0.entries = entry }
        case .replied(let number, _, let reply):
            send(reply, to: number, record)
            change(number, record) { $0.entries = reply.entry }
        case .escalated(let number, _, let line, let entry, let note):
            add(entry, .note, note, to: number, record)
            count(holder(of: number)) { $0.escalated += 1 }
            change(number, record) {
                $0.entries = entry
                $0.escalations &+= 1
                $0.frames.append($0.line)
                $0.line = line
                $0.wait()
            }
        case .handedBack(let number, _, let line, let entry, let note):
            add(entry, .note, note, to: number, record)
            count(holder(of: number)) { $0.handedBack += 1 }
            change(number, record) {
                $0.entries = entry
                _ = $0.frames.popLast()
                $0.line = line
                $0.wait()
            }
        case .resolved(let number, _, let reply):
            if let reply { send(reply, to: number, record) }
            count(holder(of: number)) { $0.resolved += 1 }
            change(number, record) {
                if let reply { $0.entries = reply.entry }
                $0.line = $0.frames.first ?? $0.line
                $0.frames = []
                $0.goAside(.solved)
            }
        case .pended(let number, _, let onHold, let until, _):
            count(holder(of: number)) { $0.pended += 1 }
            change(number, record) {
                $0.goAside(onHold ? .onHold : .pending)
                $0.wakes = until
            }
        case .woke(let number):
            change(number, record) { $0.wait(since: at) }
        case .released(let number, _, _, _, let failures, let parks):
            if record.author.role != .desk { count(holder(of: number)) { $0.released += 1 } }
            change(number, record) { $0.release(failures: failures, parks: parks) }
        case .closed(let numbers):
            for number in numbers { change(number, record) { $0.status = .closed } }
        }
    }

    private mutating func submit(
        _ number: TicketNumber, _ line: Name, _ submission: Submission, _ record: Record
    ) {
        var state = TicketState(line: line)
        state.lastMessage = 1
        state.entries = 1
        state.since = record.at
        var new = TicketChange(number: number, state: state)
        new.opening = TicketChange.Opening(submission: submission, at: record.at)
        if let index = changeIndexes[number] {
            // A number that comes twice is a damaged log, which `verify` reports.
            projection.tickets[index] = new
        } else {
            changeIndexes[number] = projection.tickets.count
            projection.tickets.append(new)
        }
        change(number, record) { _ in }
        add(1, .message, submission.body, to: number, record)
    }

    /// Changes the state of a ticket that exists.
    private mutating func change(
        _ number: TicketNumber, _ record: Record, _ body: (inout TicketState) -> Void
    ) {
        guard let index = changeIndexes[number] else { return }
        projection.tickets[index].change(record, body)
    }

    private func holder(of number: TicketNumber) -> Holder? {
        changeIndexes[number].flatMap { projection.tickets[$0].state.holder }
    }

    private mutating func add(
        _ entry: UInt32, _ kind: EntryKind, _ text: String, to number: TicketNumber, _ record: Record
    ) {
        let row = EntryRow(
            number: entry, kind: kind, author: record.author.displayName, at: record.at, text: text)
        projection.entries.append(EntryChange(ticket: number, entry: row))
    }

    private mutating func send(_ reply: Reply, to number: TicketNumber, _ record: Record) {
        add(reply.entry, .reply, reply.text, to: number, record)
        count(holder(of: number)) { $0.replies += 1 }
        projection.outbox.append(
            OutboxChange(number: reply.outbox, ticket: number, entry: reply.entry, at: record.at))
    }

    /// Tallies a deed for the run that holds the ticket, which the event does not name.
    private mutating func count(_ holder: Holder?, _ body: (inout NodeTally) -> Void) {
        guard let holder else { return }
        let run = NodeRun(node: holder.node, incarnation: holder.incarnation)
        let next = projection.tallies.count
        let index = tallyIndexes[run, default: next]
        if index == next {
            tallyIndexes[run] = next
            projection.tallies.append(NodeTally(node: run.node, incarnation: run.incarnation))
        }
        body(&projection.tallies[index])
    }
}

extension TicketChange {
    fileprivate mutating func change(_ record: Record, _ body: (inout TicketState) -> Void) {
        let (line, status, place, owner) = (state.line, state.status, state.place, state.owner)
        body(&state)
        state.updated = record.at
        state.revision &+= 1
        positions.append(record.position)
        isMoved = isMoved || status != state.status || place != state.place || line != state.line
        hasNewOwner = hasNewOwner || owner != state.owner
    }
}

extension TicketState {
    fileprivate mutating func claim(_ token: Token, _ holder: Holder) {
        // A person who takes a parked ticket gives it a new start.
        if place == .parked { failures = 0 }
        place = .claimed
        status = .open
        self.token = token
        self.holder = holder
        owner = owner ?? holder.displayName
        assignments &+= 1
        wakes = nil
    }

    /// Waits in its line, at its old place unless a moment is given.
    fileprivate mutating func wait(since moment: Moment? = nil) {
        place = .waiting
        status = .open
        since = moment ?? since
        holder = nil
        wakes = nil
    }

    fileprivate mutating func goAside(_ status: Status) {
        self.status = status
        place = .aside
        holder = nil
    }

    fileprivate mutating func release(failures: UInt32, parks: Bool) {
        self.failures = failures
        if parks {
            place = .parked
            holder = nil
        } else {
            wait()
        }
    }
}
