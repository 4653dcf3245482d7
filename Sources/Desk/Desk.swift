package import DequeModule
package import Promises
package import Tickets

/// What is true of one support desk: the fold of its log, and the rules that decide what may be added to it.
///
/// `decide` reads, `evolve` is the only thing that changes; both are deterministic. No I/O, clock, randomness
/// or hash order is in here, so the same desk runs in the broker, in the simulator and in replay.
package struct Desk: Sendable {
    /// What the desk is; as the process was started with until an event says otherwise.
    package internal(set) var settings: DeskSettings
    /// The configuration in force, with its text; nil while the desk is as the process was started.
    package internal(set) var configuration: Configuration?
    /// Where each version of the settings stands in the log: the first is version 1. None while the desk is as the
    /// process was started.
    package internal(set) var configurations: [Position] = []
    /// Open tickets, and those solved lately. Looked up by number only.
    package internal(set) var tickets = TicketMap<Ticket>()
    /// The claims in force.
    package internal(set) var claims = TicketMap<Claim>()
    /// What each node (or person's key) holds, in order of granting.
    package internal(set) var holdings: [Name: [TicketNumber]] = [:]
    package internal(set) var census = Census()
    /// The last number given to a ticket.
    package internal(set) var lastTicket = TicketNumber(0)
    /// The last number given to an outbox entry.
    package internal(set) var lastOutbox: UInt64 = 0
    /// The position of the last event.
    package internal(set) var position = Position.start
    /// When the last event happened; nothing happens before it.
    package internal(set) var lastMoment = Moment.zero
    package internal(set) var answers: AnswerBook
    /// Solved tickets, oldest first, each with its revision when it was solved; those reopened are skipped.
    package internal(set) var solved: Deque<SolvedTicket> = []
    /// What was set on tickets, of those that have any of it. Looked up by number only.
    package internal(set) var dossiers: [TicketNumber: Dossier] = [:]
    /// Where tickets ended that were merged, for good: what their customers write goes there.
    package internal(set) var merges: [TicketNumber: TicketNumber] = [:]
    /// Whose the tickets were that ended in others, by a digest: they are heard there, however often those are merged.
    package internal(set) var mergedCustomers: [TicketNumber: UInt64] = [:]
    /// Whether the configuration in force has promises that the desk watches. One that has none pays nothing for them.
    package internal(set) var keepsPromises = false
    /// Whether tickets have clocks: from the first version on that keeps promises, also while none are kept. So nothing is
    /// forgotten when they are kept again.
    package internal(set) var keepsClocks = false
    /// Tickets with clocks.
    package internal(set) var promises = TicketMap<TicketPromises>()

    /// Whether tickets of some channels take more of a seat than others, by the configuration in force.
    package internal(set) var tellsChannels = false
    /// The channels of tickets that came while they were told apart.
    package internal(set) var channels = TicketMap<Name>()
    /// Nil on a desk to which all customers are alike, by the configuration in force.
    package internal(set) var customers: Customers?
    /// Whether the desk writes to customers by itself, by the configuration in force.
    package internal(set) var writesByItself = false
    /// Who asked for what of the product.
    package internal(set) var wishes = Wishes()
    /// Whether a line's tickets go on to another when nobody takes them, by the configuration in force.
    package internal(set) var hasOverflow = false
    /// When tickets came to the lines that they are on, while that is of use.
    package internal(set) var arrivals = TicketMap<Moment>()
    /// What the tickets ask of whoever takes them; of those that ask nothing there is none.
    package internal(set) var demands = TicketMap<Demands>()
    /// Says nothing. A struct with a value of any type in it is handed to its methods by address; of one without, each
    /// call that only reads first copies the whole onto the stack, here 1.6 KB some forty times a ticket.
    private var byAddress: any Sendable = true

    package init(settings: DeskSettings) {
        settings.limits.check()
        self.settings = settings
        answers = AnswerBook(capacity: settings.limits.answersKept)
    }

    /// The version of the settings; 0 while the desk is as the process was started.
    package var version: UInt64 { UInt64(configurations.count) }

    /// The line that new tickets go to, unless a rule says otherwise.
    package var intakeLine: Name { settings.lines[0].name }

    /// Who holds a ticket under a token; nil when that claim is over.
    package func holder(of number: TicketNumber, under token: Token) -> Holder? {
        guard let claim = claims[number], claim.token.rawValue == token.rawValue else { return nil }
        return claim.holder
    }

    /// Looks at a ticket where it is; nothing is called when it is closed or was never there.
    package func look(at number: TicketNumber, _ body: (borrowing Ticket) -> Void) {
        tickets.look(at: number, body)
    }

    /// The claim of a ticket; nil while nobody holds it.
    package func claim(of number: TicketNumber) -> Claim? { claims[number] }

    /// Events of a ticket so far; nil when it is closed or was never there.
    package func revision(of number: TicketNumber) -> UInt32? {
        tickets.look(at: number) { $0.revision }
    }

    /// The tickets that should be closed to keep memory bounded; empty most of the time.
    package func ticketsToClose() -> [TicketNumber] {
        let excess = Int(census.solved + census.spam) - settings.limits.solvedKept
        guard excess >= settings.limits.closedPerEvent else { return [] }
        var chosen: [TicketNumber] = []
        for candidate in solved {
            if chosen.count == settings.limits.closedPerEvent { break }
            #if PLANTED_BUGS
                if PlantedBug.isActive(.closesReopened) {
                    if tickets[candidate.number] != nil { chosen.append(candidate.number) }
                    continue
                }
            #endif
            guard tickets.look(at: candidate.number, candidate.isStill) == true else { continue }
            chosen.append(candidate.number)
        }
        return chosen
    }
}

/// What other modules read of many tickets one by one, as for a snapshot.
///
/// Here and not there, because only here the compiler knows what a map holds: elsewhere each step in a ``TicketMap`` is
/// a call that asks for the map's types first, and took most of the time of a snapshot.
extension Desk {
    /// The tickets, in order of number.
    package var ticketNumbers: [TicketNumber] { tickets.keys }

    /// A ticket; nil when it is closed or was never there.
    package func ticket(_ number: TicketNumber) -> Ticket? { tickets[number] }

    /// Tickets with clocks, in order of number.
    package var promisedNumbers: [TicketNumber] { promises.keys }

    /// What is promised of a ticket; nil when it has no clocks.
    package func promises(of number: TicketNumber) -> TicketPromises? { promises[number] }

    /// When a ticket came to the line that it is on; nil where that is not kept.
    package func arrival(of number: TicketNumber) -> Moment? { arrivals[number] }

    /// Whose a ticket is; nil where the desk may not write to them by itself.
    package func addressee(of number: TicketNumber) -> UInt64? { wishes.customers[number] }

    /// A ticket's channel; nil where that is not kept.
    package func channel(of number: TicketNumber) -> Name? { channels[number] }
}

/// A ticket in the order in which tickets were solved, or called spam.
package struct SolvedTicket: Hashable, Sendable {
    package var number: TicketNumber
    package var assignments: UInt32
    /// When it was solved, or called spam.
    package var at: Moment
    package var isSpam: Bool

    package init(number: TicketNumber, assignments: UInt32, at: Moment, isSpam: Bool = false) {
        self.number = number
        self.assignments = assignments
        self.at = at
        self.isSpam = isSpam
    }

    /// Whether the ticket has not been reopened, and perhaps solved again, since; or is the spam that it was.
    func isStill(_ ticket: borrowing Ticket) -> Bool {
        (isSpam ? ticket.place == .spam : ticket.status == .solved) && ticket.assignments == assignments
    }
}
