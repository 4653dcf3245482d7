package import Promises
package import Tickets

/// What a snapshot keeps of a desk; the rest is counted again when the desk is restored.
package struct DeskParts: Sendable {
    package var position = Position.start
    package var lastMoment = Moment.zero
    package var lastTicket = TicketNumber(0)
    package var lastOutbox: UInt64 = 0
    package var keepsClocks = false
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
    /// The configuration in force; nil while the desk is as its process was started.
    package var configuration: Configuration?
    /// Where each version stands in the log.
    package var configurations: [Position] = []
    /// In order of number.
    package var dossiers: [(ticket: TicketNumber, dossier: Dossier)] = []
    package var merges: [(ticket: TicketNumber, target: TicketNumber, customer: UInt64?)] = []
    /// In order of number.
    package var promises: [(ticket: TicketNumber, promises: TicketPromises)] = []
    /// In order of number.
    package var channels: [(ticket: TicketNumber, channel: Name)] = []
    /// In order of number.
    package var arrivals: [(ticket: TicketNumber, moment: Moment)] = []
    /// In order of number.
    package var members: [(ticket: TicketNumber, member: Customers.Member)] = []
    /// In order of number.
    package var demands: [(ticket: TicketNumber, demands: Demands)] = []
    /// Oldest first.
    package var acquaintances: [Customers.Acquaintance] = []
    /// Whose tickets these are, of those to whom the desk may write by itself; in order of number.
    package var addressees: [(ticket: TicketNumber, customer: UInt64)] = []
    /// Oldest first.
    package var wishes: [Wishes.Wish] = []

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
        parts.keepsClocks = keepsClocks
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
        parts.configuration = configuration
        parts.configurations = configurations
        for number in dossiers.keys.sorted() {
            if let dossier = dossiers[number] { parts.dossiers.append((number, dossier)) }
        }
        for number in merges.keys.sorted() {
            if let target = merges[number] {
                parts.merges.append((number, target, mergedCustomers[number]))
            }
        }
        parts.promises = promises.map { ($0, $1) }
        parts.channels = channels.map { ($0, $1) }
        parts.arrivals = arrivals.map { ($0, $1) }
        parts.members = customers?.members.map { ($0, $1) } ?? []
        parts.demands = demands.map { ($0, $1) }
        parts.acquaintances = customers?.acquaintances ?? []
        parts.addressees = wishes.customers.map { ($0, $1) }
        parts.wishes = wishes.all
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
        for (number, dossier) in parts.dossiers { restoration.add(dossier, of: number) }
        for (number, target, customer) in parts.merges {
            restoration.addMerge(of: number, into: target, customer)
        }
        for (number, promises) in parts.promises { restoration.add(promises, of: number) }
        for (number, channel) in parts.channels { restoration.add(channel: channel, of: number) }
        for (number, moment) in parts.arrivals { restoration.add(arrival: moment, of: number) }
        for (number, member) in parts.members { restoration.add(member, of: number) }
        for (number, demands) in parts.demands { restoration.add(demands, of: number) }
        for acquaintance in parts.acquaintances { restoration.add(acquaintance) }
        for (number, customer) in parts.addressees { restoration.add(customer: customer, of: number) }
        for wish in parts.wishes { restoration.add(wish) }
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
        desk.configurations = parts.configurations
        desk.configuration = parts.configuration
        if let configuration = parts.configuration {
            desk.settings = configuration.settings.asRun(by: desk.settings)
        }
        desk.adoptPromises()
        desk.keepsClocks = desk.keepsClocks || parts.keepsClocks
        desk.adoptSeats()
        desk.adoptOverflow()
        desk.adoptCustomers()
        desk.adoptWishes()
        if parts.configuration?.version ?? 0 != desk.version { isSound = false }
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

    package mutating func add(_ dossier: Dossier, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        guard isOfTicket, desk.dossiers.updateValue(dossier, forKey: number) == nil else {
            return isSound = false
        }
    }

    package mutating func add(_ promises: TicketPromises, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        #if PLANTED_BUGS
            var promises = promises
            if PlantedBug.isActive(.alertsForgottenInSnapshot) {
                promises = TicketPromises(channel: promises.channel, clocks: promises.clocks)
            }
        #endif
        guard desk.keepsClocks, isOfTicket,
            desk.promises.updateValue(promises, forKey: number) == nil
        else { return isSound = false }
    }

    package mutating func add(channel: Name, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        guard desk.tellsChannels, isOfTicket,
            desk.channels.updateValue(channel, forKey: number) == nil
        else { return isSound = false }
    }

    package mutating func add(arrival moment: Moment, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        #if PLANTED_BUGS
            if PlantedBug.isActive(.arrivalsLostInSnapshot) { return }
        #endif
        guard desk.hasOverflow, isOfTicket, desk.arrivals.updateValue(moment, forKey: number) == nil
        else { return isSound = false }
    }

    package mutating func add(_ member: Customers.Member, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        #if PLANTED_BUGS
            if PlantedBug.isActive(.customersLostInSnapshot) { return }
            if PlantedBug.isActive(.mattersLostInSnapshot) {
                var bare = member
                bare.matter = 0
                return _ = desk.customers?.add(bare, number)
            }
        #endif
        guard isOfTicket, desk.customers?.add(member, number) == true else { return isSound = false }
    }

    /// The oldest first.
    package mutating func add(_ acquaintance: Customers.Acquaintance) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.acquaintancesLostInSnapshot) { return }
        #endif
        guard desk.settings.stickyMilliseconds != nil, desk.customers != nil else { return isSound = false }
        desk.customers?.add(acquaintance)
    }

    package mutating func add(_ demands: Demands, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        #if PLANTED_BUGS
            if PlantedBug.isActive(.demandsLostInSnapshot) { return }
        #endif
        guard isOfTicket, !demands.isEmpty, desk.demands.updateValue(demands, forKey: number) == nil
        else { return isSound = false }
    }

    package mutating func add(customer: UInt64, of number: TicketNumber) {
        let isOfTicket = desk.tickets.look(at: number) { _ in true } == true
        guard isOfTicket, desk.wishes.add(customer: customer, of: number) else { return isSound = false }
    }

    /// The oldest first.
    package mutating func add(_ wish: Wishes.Wish) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.wishesLostInSnapshot) { return }
        #endif
        let isKept = desk.tickets.look(at: wish.ticket) { _ in true } == true
        guard isKept == (wish.entries == nil), wish.ticket <= desk.lastTicket,
            desk.wishes.add(wish, most: desk.settings.limits.wishesMax)
        else { return isSound = false }
    }

    /// `customer` is a digest of whose ticket it was.
    package mutating func addMerge(
        of number: TicketNumber, into target: TicketNumber, _ customer: UInt64?
    ) {
        guard number != target, number <= desk.lastTicket, target <= desk.lastTicket else {
            return isSound = false
        }
        desk.merges[number] = target
        desk.mergedCustomers[number] = customer
    }

    /// The desk; nil when its parts contradict each other.
    package consuming func end() -> Desk? {
        isSound && UInt64(desk.claims.count) == desk.census.claimed && mergesEnd ? desk : nil
    }

    /// Whether every way from a merged ticket to where it went ends.
    private var mergesEnd: Bool {
        // In any order: each way is followed by itself.
        desk.merges.keys.allSatisfy { start in
            var (number, steps) = (start, 0)
            while let next = desk.merges[number], steps <= desk.merges.count {
                (number, steps) = (next, steps + 1)
            }
            return steps <= desk.merges.count
        }
    }
}

extension Ticket {
    /// Whether the ticket's status goes with its place, and a desk keeps such a ticket in memory.
    fileprivate var canBeKept: Bool {
        switch place {
        case .waiting, .parked: status == .new || status == .open
        case .claimed: status == .open
        case .aside: status == .pending || status == .onHold || status == .solved
        case .spam: status != .closed
        }
    }
}
