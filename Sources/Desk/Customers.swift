import DequeModule
package import Tickets

/// What the desk knows of its customers while it is fair between them, or gives them to whoever knows them: how many
/// tickets each has open, and who solved their last one.
///
/// Customers are told apart by a digest of what they are called, in which the case of Latin letters does not matter: two
/// that share one by accident share a place in line or an agent, and nothing else.
package struct Customers: Hashable, Sendable {
    /// A ticket that is not closed.
    package struct Member: Hashable, Sendable {
        package var customer: UInt64
        /// How many others of its customer were open when it came.
        package var others: UInt32
        /// Who knew its customer when it came.
        package var familiar: Name?
        /// A digest of whose it is and what about, on a desk where requests join tickets; 0: none.
        package var matter: UInt64 = 0
        /// When its customer wrote last, on such a desk.
        package var wrote = Moment.zero
        /// Whether it is counted: not while it is solved.
        package var isOpen = true

        package init(
            customer: UInt64, others: UInt32, familiar: Name? = nil, matter: UInt64 = 0,
            wrote: Moment = .zero,
            isOpen: Bool = true
        ) {
            self.customer = customer
            self.others = others
            self.familiar = familiar
            self.matter = matter
            self.wrote = wrote
            self.isOpen = isOpen
        }
    }

    /// Whose ticket of a customer was solved when.
    package struct Acquaintance: Hashable, Sendable {
        package var customer: UInt64
        package var agent: Name
        package var at: Moment

        package init(customer: UInt64, agent: Name, at: Moment) {
            self.customer = customer
            self.agent = agent
            self.at = at
        }
    }

    package private(set) var members = TicketMap<Member>()
    private var counts: [UInt64: UInt32] = [:]
    /// The open tickets about each matter, in order of number; nearly always one.
    private var matters: [UInt64: [TicketNumber]] = [:]
    /// Of the last so many solutions, the oldest first: what is older is forgotten, so that memory is bounded.
    private var solutions: Deque<Acquaintance> = []
    private var lastOf: [UInt64: Acquaintance] = [:]
    static let acquaintancesMax = 100_000

    package init() {}

    /// Who solved whose tickets, the oldest first.
    package var acquaintances: [Acquaintance] { Array(solutions) }

    /// The tickets that are kept of them, in order of number.
    package var memberNumbers: [TicketNumber] { members.keys }

    /// Whose a ticket is.
    package func member(_ number: TicketNumber) -> Member? { members[number] }

    /// How many tickets a customer has open.
    func count(of customer: String) -> UInt32 { counts[Self.digest(customer)] ?? 0 }

    /// The last open ticket about a matter.
    func open(about matter: UInt64) -> TicketNumber? { matters[matter]?.last }

    /// Who solved a customer's last ticket, if that was at a moment or later.
    func familiar(of customer: String, since moment: Moment) -> Name? {
        lastOf[Self.digest(customer)].flatMap { $0.at >= moment ? $0.agent : nil }
    }

    /// Keeps in step with an event.
    mutating func follow(_ event: borrowing Event, at moment: Moment, joins: Bool) {
        switch event {
        case .submitted(let number, _, let submission):
            let member = Member(
                customer: Self.digest(submission.customer), others: submission.others,
                familiar: submission.familiar, matter: joins ? Self.matter(of: submission.asSent) : 0,
                wrote: joins ? moment : .zero)
            _ = add(member, number)
        case .resolved(let number, _, _): count(number, isOpen: false)
        case .followedUp(let number, _, _, let wakes):
            if wakes { count(number, isOpen: true) }
            if joins { members.update(number) { $0.wrote = moment } }
        case .merged(let number, _, _): remove(number)
        case .closed(let numbers): for number in numbers { remove(number) }
        default: break
        }
    }

    /// - Returns: Whether it was not there.
    mutating func add(_ member: Member, _ number: TicketNumber) -> Bool {
        if member.isOpen {
            counts[member.customer, default: 0] += 1
            listMatter(member, number)
        }
        return members.updateValue(member, forKey: number) == nil
    }

    /// Takes note of who solved a ticket.
    mutating func acquaint(_ agent: Name, with number: TicketNumber, at moment: Moment) {
        guard let customer = members[number]?.customer else { return }
        add(Acquaintance(customer: customer, agent: agent, at: moment))
    }

    /// The oldest first.
    mutating func add(_ acquaintance: Acquaintance) {
        solutions.append(acquaintance)
        lastOf[acquaintance.customer] = acquaintance
        guard solutions.count > Self.acquaintancesMax else { return }
        let oldest = solutions.removeFirst()
        if lastOf[oldest.customer] == oldest { lastOf[oldest.customer] = nil }
    }

    mutating func forgetAcquaintances() {
        (solutions, lastOf) = ([], [:])
    }

    mutating func count(_ number: TicketNumber, isOpen: Bool) {
        guard var member = members[number], member.isOpen != isOpen else { return }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.solvedStayInCrowd) { return }
        #endif
        member.isOpen = isOpen
        members[number] = member
        let count = (counts[member.customer] ?? 0) &+ (isOpen ? 1 : 0) &- (isOpen ? 0 : 1)
        counts[member.customer] = count == 0 ? nil : count
        if isOpen { listMatter(member, number) } else { unlistMatter(member, number) }
    }

    private mutating func listMatter(_ member: Member, _ number: TicketNumber) {
        guard member.matter != 0 else { return }
        // One that is reopened may come before later ones.
        let list = matters[member.matter] ?? []
        let place = list.lastIndex { $0 < number }.map { $0 + 1 } ?? 0
        matters[member.matter, default: []].insert(number, at: place)
    }

    private mutating func unlistMatter(_ member: Member, _ number: TicketNumber) {
        guard member.matter != 0, var list = matters[member.matter] else { return }
        list.removeAll { $0 == number }
        matters[member.matter] = list.isEmpty ? nil : list
    }

    private mutating func remove(_ number: TicketNumber) {
        count(number, isOpen: false)
        members[number] = nil
    }

    /// FNV-1a.
    static func digest(_ customer: String) -> UInt64 {
        customer.utf8.reduce(0xcbf2_9ce4_8422_2325) { digest, byte in
            (digest ^ UInt64(byte.withoutCase)) &* 0x0000_0100_0000_01b3
        }
    }
}

extension Desk {
    /// How much later a ticket counts because its customer had many, in milliseconds.
    func lag(of number: TicketNumber) -> Int64 {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.fairnessIgnored) { return 0 }
        #endif
        guard let fairness = settings.fairness, let others = customers?.members[number]?.others
        else { return 0 }
        return fairness.lag(behind: others)
    }

    /// Who solved the last ticket of the customer of one that nobody had yet; nil when nobody knows them.
    package func familiar(with number: TicketNumber) -> Name? {
        guard let familiar = customers?.members[number]?.familiar, settings.givesByName,
            tickets.look(at: number, { $0.assignments == 0 }) == true
        else { return nil }
        return familiar
    }

    /// What a new ticket says of its customer.
    func regard(_ submission: inout Submission, at moment: Moment) {
        guard let customers, let settings = configuration?.settings else { return }
        if settings.fairness != nil { submission.others = customers.count(of: submission.customer) }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.familiarForgotten) { return }
        #endif
        guard let time = settings.stickyMilliseconds else { return }
        submission.familiar = customers.familiar(
            of: submission.customer, since: moment.advanced(byMilliseconds: -time))
    }

    /// Takes note of what an event says of its customer.
    mutating func followCustomers(_ record: Record) {
        switch record.event {
        case .amended(let number, _, .spam, _), .amended(let number, _, .status, _):
            customers?.count(number, isOpen: tickets.look(at: number) { $0.isOpen } == true)
        default: break
        }
        customers?.follow(
            record.event, at: record.at, joins: settings.joinWithinMilliseconds != nil)
        guard settings.stickyMilliseconds != nil, case .resolved(let number, _, _) = record.event,
            let owner = tickets.look(at: number, { $0.owner }) ?? nil
        else { return }
        customers?.acquaint(owner, with: number, at: record.at)
    }

    /// The desk is another: it may regard its customers now, or no more. Tickets from before are not counted.
    mutating func adoptCustomers() {
        let settings = configuration?.settings
        let isOfUse =
            settings?.fairness != nil || settings?.givesByName == true
            || settings?.joinWithinMilliseconds != nil
        if isOfUse { customers = customers ?? Customers() } else { customers = nil }
        if settings?.stickyMilliseconds == nil { customers?.forgetAcquaintances() }
    }
}

extension DeskSettings {
    /// Whether some tickets are for somebody first: who knows the customer, or whom a rule names.
    fileprivate var givesByName: Bool {
        stickyMilliseconds != nil || rules.contains { $0.agent != nil }
    }
}
