import Tickets

/// How many tickets each customer has open, on a desk that is fair between them.
///
/// Customers are told apart by a digest of what they are called, in which the case of Latin letters does not matter: two
/// that share one by accident share a place in line, and nothing else.
package struct Crowds: Hashable, Sendable {
    /// A ticket that is not closed.
    package struct Member: Hashable, Sendable {
        package var customer: UInt64
        /// How many others of its customer were open when it came.
        package var others: UInt32
        /// Whether it is counted: not while it is solved.
        package var isOpen = true

        package init(customer: UInt64, others: UInt32, isOpen: Bool = true) {
            self.customer = customer
            self.others = others
            self.isOpen = isOpen
        }
    }

    package private(set) var members = TicketMap<Member>()
    private var counts: [UInt64: UInt32] = [:]

    package init() {}

    /// How many tickets a customer has open.
    func count(of customer: String) -> UInt32 { counts[Self.digest(customer)] ?? 0 }

    /// Keeps in step with an event.
    mutating func follow(_ event: borrowing Event) {
        switch event {
        case .submitted(let number, _, let submission):
            _ = add(Member(customer: Self.digest(submission.customer), others: submission.others), number)
        case .resolved(let number, _, _): count(number, isOpen: false)
        case .followedUp(let number, _, _, wakes: true): count(number, isOpen: true)
        case .merged(let number, _, _): remove(number)
        case .closed(let numbers): for number in numbers { remove(number) }
        default: break
        }
    }

    /// - Returns: Whether it was not there.
    mutating func add(_ member: Member, _ number: TicketNumber) -> Bool {
        if member.isOpen { counts[member.customer, default: 0] += 1 }
        return members.updateValue(member, forKey: number) == nil
    }

    private mutating func count(_ number: TicketNumber, isOpen: Bool) {
        guard var member = members[number], member.isOpen != isOpen else { return }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.solvedStayInCrowd) { return }
        #endif
        member.isOpen = isOpen
        members[number] = member
        let count = (counts[member.customer] ?? 0) &+ (isOpen ? 1 : 0) &- (isOpen ? 0 : 1)
        counts[member.customer] = count == 0 ? nil : count
    }

    private mutating func remove(_ number: TicketNumber) {
        count(number, isOpen: false)
        members[number] = nil
    }

    /// FNV-1a.
    private static func digest(_ customer: String) -> UInt64 {
        customer.utf8.reduce(0xcbf2_9ce4_8422_2325) { digest, byte in
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            return (digest ^ UInt64(isCapital ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01b3
        }
    }
}

extension Desk {
    /// How much later a ticket counts because its customer had many, in milliseconds.
    func lag(of number: TicketNumber) -> Int64 {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.fairnessIgnored) { return 0 }
        #endif
        guard let others = crowds?.members[number]?.others, let fairness = settings.fairness else { return 0 }
        return fairness.lag(behind: others)
    }

    /// The desk is another: it may be fair now, or no more. Customers' tickets from before are not counted.
    mutating func adoptFairness() {
        let isFair = configuration?.settings.fairness != nil
        if isFair { crowds = crowds ?? Crowds() } else { crowds = nil }
    }
}
