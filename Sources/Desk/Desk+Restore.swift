package import Tickets

/// What a snapshot keeps of a desk; the rest is counted again when the desk is restored.
package struct DeskParts: Sendable {
    package var position = Position.start
    package var lastMoment = Moment.zero
    package var lastTicket = TicketNumber(0)
    package var lastOutbox: UInt64 = 0
    /// Only how often things happened, ``Census/closed`` and the names of the lines are taken from here.
    package var census = Census()
    /// In order of number.
    package var tickets: [Ticket] = []
    /// Node by node, each node's in order of granting.
    package var claims: [(ticket: TicketNumber, claim: Claim)] = []
    /// Oldest first.
    package var answers: [(stamp: CommandStamp, answer: Answer)] = []
    /// Oldest first.
    package var solved: [SolvedTicket] = []

    package init() {}
}

extension Desk {
    /// What a snapshot of this desk keeps. Copies every ticket: O(n log n) in those that are not closed.
    package var parts: DeskParts {
        var parts = DeskParts()
        parts.position = position
        parts.lastMoment = lastMoment
        parts.lastTicket = lastTicket
        parts.lastOutbox = lastOutbox
        parts.census = census
        parts.tickets = tickets.map(\.value)
        for node in holdings.keys.sorted() {
            for number in holdings[node] ?? [] {
                guard let claim = claims[number] else { continue }
                parts.claims.append((number, claim))
            }
        }
        parts.answers = answers.entries
        parts.solved = Array(solved)
        return parts
    }

    /// A desk as it was when its parts were taken; nil when they contradict each other.
    package init?(restoring parts: DeskParts, settings: DeskSettings) {
        self.init(settings: settings)
        position = parts.position
        lastMoment = parts.lastMoment
        lastTicket = parts.lastTicket
        lastOutbox = parts.lastOutbox
        #if PLANTED_BUGS
            if PlantedBug.isActive(.outboxRestarts) { lastOutbox = 0 }
        #endif
        restoreCounts(parts.census)
        guard restore(parts.tickets), restore(parts.claims) else { return nil }
        for (stamp, answer) in parts.answers { answers.keep(answer, for: stamp) }
        solved.append(contentsOf: parts.solved)
    }

    private mutating func restoreCounts(_ counts: Census) {
        census.submitted = counts.submitted
        census.claims = counts.claims
        census.resolutions = counts.resolutions
        census.escalated = counts.escalated
        census.handedBack = counts.handedBack
        census.replies = counts.replies
        census.expired = counts.expired
        census.parkings = counts.parkings
        census.closed = counts.closed
        census.lines = counts.lines.map { LineCensus(name: $0.name) }
    }

    private mutating func restore(_ tickets: [Ticket]) -> Bool {
        for ticket in tickets {
            guard ticket.number <= lastTicket, ticket.canBeKept else { return false }
            guard self.tickets.updateValue(ticket, forKey: ticket.number) == nil else { return false }
            census.move(from: nil, to: Census.Standing(ticket))
        }
        return true
    }

    private mutating func restore(_ claims: [(ticket: TicketNumber, claim: Claim)]) -> Bool {
        for (number, claim) in claims {
            guard let ticket = tickets[number], ticket.place == .claimed, ticket.token == claim.token else {
                return false
            }
            guard self.claims.updateValue(claim, forKey: number) == nil else { return false }
            holdings[claim.holder.node, default: []].append(number)
        }
        return UInt64(self.claims.count) == census.claimed
    }
}

extension Ticket {
    /// Whether the ticket's status goes with its place, and a desk keeps such a ticket in memory.
    fileprivate var canBeKept: Bool {
        switch place {
        case .waiting, .parked: status == .new || status == .open
        case .claimed: status == .open
        case .aside: status == .pending || status == .onHold || status == .solved
        }
    }
}
