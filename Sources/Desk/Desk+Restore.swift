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
        var restoration = DeskRestoration(settings: settings)
        restoration.begin(parts)
        for ticket in parts.tickets { restoration.add(ticket) }
        for (number, claim) in parts.claims { restoration.add(claim, of: number) }
        for (stamp, answer) in parts.answers { restoration.add(answer, for: stamp) }
        for ticket in parts.solved { restoration.add(ticket) }
        guard let desk = restoration.end() else { return nil }
        self = desk
    }
}

/// Brings a desk back part by part, so that a million tickets lie in memory once: what there is once, then tickets,
/// then claims, then the rest.
package struct DeskRestoration: Sendable {
    private var desk: Desk
    private var isSound = true

    package init(settings: DeskSettings) {
        desk = Desk(settings: settings)
    }

    package var position: Position { desk.position }

    /// Takes what there is once; lists of many are left alone.
    package mutating func begin(_ parts: DeskParts) {
        desk.position = parts.position
        desk.lastMoment = parts.lastMoment
        desk.lastTicket = parts.lastTicket
        desk.lastOutbox = parts.lastOutbox
        #if PLANTED_BUGS
            if PlantedBug.isActive(.outboxRestarts) { desk.lastOutbox = 0 }
        #endif
        let counts = parts.census
        desk.census.submitted = counts.submitted
        desk.census.claims = counts.claims
        desk.census.resolutions = counts.resolutions
        desk.census.escalated = counts.escalated
        desk.census.handedBack = counts.handedBack
        desk.census.replies = counts.replies
        desk.census.expired = counts.expired
        desk.census.parkings = counts.parkings
        desk.census.closed = counts.closed
        desk.census.lines = counts.lines.map { LineCensus(name: $0.name) }
    }

    package mutating func add(_ ticket: Ticket) {
        guard ticket.number <= desk.lastTicket, ticket.canBeKept,
            desk.tickets.updateValue(ticket, forKey: ticket.number) == nil
        else { return isSound = false }
        desk.census.move(from: nil, to: Census.Standing(ticket))
    }

    package mutating func add(_ claim: Claim, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { $0.place == .claimed && $0.token == claim.token }
        guard isOfTicket == true, desk.claims.updateValue(claim, forKey: number) == nil else {
            return isSound = false
        }
        desk.holdings[claim.holder.node, default: []].append(number)
    }

    /// The oldest first.
    package mutating func add(_ answer: Answer, for stamp: CommandStamp) {
        desk.answers.keep(answer, for: stamp)
    }

    /// The oldest first.
    package mutating func add(_ solved: SolvedTicket) {
        desk.solved.append(solved)
    }

    /// The desk; nil when its parts contradict each other.
    package consuming func end() -> Desk? {
        isSound && UInt64(desk.claims.count) == desk.census.claimed ? desk : nil
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
