import DequeModule
import HeapModule
package import Tickets

/// Why a ticket is where it is.
package struct Standing: Hashable, Sendable {
    package var ticket: Ticket
    /// Milliseconds by which it counts as if it had come earlier, by its line's policy; less than 0: later.
    package var headStartMilliseconds: Int64
    package var policy: LinePolicy
    /// Who of those that may have it and have room gets it, on its line.
    package var selection: Selection
    /// Nil while nobody holds it.
    package var holder: Name?
    /// The node at which they are; that of a person is one of their own.
    package var holderNode: Name?
    /// Until when whoever has it may accept it; nil when they have, or need not.
    package var offeredUntil: Moment?
    /// Tickets of its line that come before it, while it waits.
    package var ahead: Int
    /// Whether there may be more of them: only so many are looked at.
    package var hasMoreAhead: Bool
    /// Whether it waits for its owner and nobody else.
    package var isReserved: Bool
    /// What it asks of whoever takes it; nil: nothing.
    package var demands: Demands?
    /// Until when those are asked for that it prefers; nil when that is over, or it prefers none.
    package var preferredUntil: Moment?
    /// Who solved its customer's last ticket, and gets it first when they have room.
    package var familiar: Name?
}

/// Why a node does not have a ticket.
package enum Obstacle: Hashable, Sendable {
    case absent
    case otherLine(Name)
    case declined
    /// It lacks what the ticket asks for; only of those who come first, until then.
    case lacks(Skill, until: Moment?)
    case reserved(for: Name)
    /// It takes no tickets for now.
    case draining
    /// It missed an offer, and has not said since that it is back.
    case away
    case seatsTaken(Int)
    /// It takes more of a seat than the node has free: 1 of so many.
    case noRoom(perSeat: Int)
    /// So many tickets come first, or more.
    case behind(Int, orMore: Bool)
    case held(by: Name)
    case parked(failures: UInt32)
    /// It waits for something else than the desk, or is solved.
    case aside(Status)
    case spam

    /// For programs.
    package var word: String {
        switch self {
        case .absent: "absent"
        case .otherLine: "other-line"
        case .declined: "declined"
        case .lacks: "lacks-skill"
        case .reserved: "reserved"
        case .draining: "draining"
        case .away: "away"
        case .seatsTaken: "seats-taken"
        case .noRoom: "no-room"
        case .behind: "behind"
        case .held: "held"
        case .parked: "parked"
        case .aside: "aside"
        case .spam: "spam"
        }
    }

    /// For people.
    package var text: String {
        switch self {
        case .absent: "no node of this name is connected"
        case .otherLine(let line): "it serves \(line)"
        case .declined: "it declined the ticket"
        case .lacks(let skill, nil): "it does not know \(skill.words)"
        case .lacks(let skill, let until?):
            "until \(until.iso8601) the ticket is for those who know \(skill.words)"
        case .reserved(let owner): "the ticket waits for its owner \(owner)"
        case .draining: "it takes no tickets now"
        case .away: "it is away since it missed an offer, until it says that it is back"
        case .noRoom(let perSeat):
            perSeat == 1
                ? "the ticket takes a whole seat, and it has none free"
                : "the ticket takes 1/\(perSeat) of a seat, and it has less free"
        case .seatsTaken(let seats): seats == 1 ? "its seat is taken" : "its \(seats) seats are taken"
        case .behind(let count, let orMore):
            "\(count)\(orMore ? " or more" : "") tickets come before it in its line"
        case .held(let holder): "\(holder) holds it"
        case .parked(let failures):
            failures == 0
                ? "it is parked, declined by everybody: a person has to take it"
                : "it is parked after \(failures) failed claims: a person has to take it"
        case .aside(let status): "it is \(status.word), and waits for nobody at the desk"
        case .spam: "it is spam"
        }
    }
}

extension Exchange {
    /// Why a ticket is where it is; nil when it is closed or was never there. Looks at a bounded number of tickets.
    package func standing(of number: TicketNumber) -> Standing? {
        guard let ticket = desk.tickets[number] else { return nil }
        let isWaiting = ticket.place == .waiting
        let ahead =
            isWaiting
            ? floor.rooms.look(at: ticket.line) {
                $0.ahead(of: waiting(ticket), in: desk.tickets)
            } : nil
        let claim = desk.claims[number]
        let demands = desk.demands.isEmpty ? nil : desk.demands[number]
        let preferredUntil = demands?.preferred.isEmpty == false ? preferredUntil(ticket) : nil
        return Standing(
            ticket: ticket,
            headStartMilliseconds: ticket.since.milliseconds(since: desk.key(of: ticket)),
            policy: desk.settings.line(ticket.line)?.policy ?? .priority,
            selection: desk.settings.line(ticket.line)?.selection ?? .longestIdle,
            holder: claim?.holder.displayName, holderNode: claim?.holder.node,
            offeredUntil: claim?.offerMilliseconds == nil ? nil : leaseEnd(of: number),
            ahead: ahead?.count ?? 0,
            hasMoreAhead: ahead?.hasMore ?? false,
            isReserved: isWaiting && isReserved(ticket), demands: demands,
            preferredUntil: preferredUntil.flatMap { $0 > now ? $0 : nil },
            familiar: desk.familiar(with: number))
    }

    /// Why a node does not have a ticket that stands so; empty when nothing keeps it from being the next, and for its
    /// holder. Of a ticket that is held, what would keep the node from it besides is told, too.
    package func obstacles(between node: Name, and standing: Standing) -> [Obstacle] {
        let ticket = standing.ticket
        switch ticket.place {
        case .claimed:
            guard let holder = standing.holder, standing.holderNode != node else { return [] }
            return [.held(by: holder)] + standingObstacles(between: node, and: standing)
        case .parked: return [.parked(failures: ticket.failures)]
        case .aside: return [.aside(ticket.status)]
        case .spam: return [.spam]
        case .waiting: break
        }
        var obstacles = standingObstacles(between: node, and: standing)
        guard let presence = presence(named: node), presence.line == ticket.line else { return obstacles }
        if standing.isReserved, let owner = ticket.owner, owner != node {
            obstacles.append(.reserved(for: owner))
        }
        if presence.seats == 0 {
            obstacles.append(.draining)
        } else if presence.isAway {
            obstacles.append(.away)
        } else if desk.freePoints(of: presence) == 0 {
            obstacles.append(.seatsTaken(presence.seats))
        } else if desk.points(of: ticket.number) > desk.freePoints(of: presence) {
            obstacles.append(.noRoom(perSeat: desk.pointsPerSeat / desk.points(of: ticket.number)))
        }
        if standing.ahead > 0 || standing.hasMoreAhead {
            obstacles.append(.behind(standing.ahead, orMore: standing.hasMoreAhead))
        }
        return obstacles
    }
}

extension Exchange {
    /// What keeps a node from a ticket however much room it has.
    private func standingObstacles(between node: Name, and standing: Standing) -> [Obstacle] {
        guard let presence = presence(named: node) else { return [.absent] }
        guard presence.line == standing.ticket.line else { return [.otherLine(presence.line)] }
        let declined: [Obstacle] = standing.ticket.declined.contains(node) ? [.declined] : []
        guard let demands = standing.demands else { return declined }
        return declined + obstacles(between: presence, and: demands, standing)
    }

    private func obstacles(
        between node: Presence, and demands: Demands, _ standing: Standing
    ) -> [Obstacle] {
        let skills = floor.talents[node.talent]
        if let skill = demands.relaxed.firstLacking(in: skills) { return [.lacks(skill, until: nil)] }
        guard let until = standing.preferredUntil, let skill = demands.firstLacking(in: skills) else {
            return []
        }
        return [.lacks(skill, until: until)]
    }
}

extension Room {
    /// Tickets that one person's question makes the desk look at.
    private static let lookedAtMax = 10_000

    /// How many tickets come before a place; `hasMore` when not all of them were looked at.
    func ahead(of place: Waiting, in tickets: TicketMap<Ticket>) -> (count: Int, hasMore: Bool) {
        var left = Self.lookedAtMax
        // By number: what was moved and moved back, or asks for less by now, may have several entries.
        var found: Set<TicketNumber> = []
        func look(_ waiting: Waiting) {
            left -= 1
            if waiting < place, !isGone(waiting, tickets) { found.insert(waiting.number) }
        }
        for queue in fresh {
            // In order: what comes after the place need not be looked at.
            for waiting in queue where left > 0 {
                guard waiting < place else { break }
                look(waiting)
            }
        }
        for heap in returned {
            for waiting in heap.unordered where left > 0 { look(waiting) }
        }
        for group in apart {
            for waiting in group.tickets.unordered where left > 0 { look(waiting) }
        }
        return (found.count, left == 0)
    }
}
