import Desk
import Tickets

/// What a ticket asks of whoever takes it, by a table instead of the rules.
enum Asking: Int, Sendable {
    case nothing
    /// Maths at 2; and at first some music.
    case lowly
    /// At first maths at 3.
    case highly
}

extension Witness {
    func asking(_ submission: Submission) -> Asking {
        guard !settings.expertise.isEmpty else { return .nothing }
        switch submission.asSent.priority {
        case .low: return .lowly
        case .high: return submission.customer == Swarm.patientCustomer ? .nothing : .highly
        case .normal, .urgent: return .nothing
        }
    }

    /// Whether a node knows what a ticket asks for at a moment.
    func knows(_ node: Name, _ ticket: Case, at moment: Moment) -> Bool {
        if ticket.asking == .nothing { return true }
        let kept = settings.lines[ticket.line].preferredForMilliseconds
        return knows(node, ticket, isKept: moment.milliseconds(since: ticket.since) < kept)
    }

    func knows(_ node: Name, _ ticket: Case, isKept: Bool) -> Bool {
        let skills = settings.expertise.first { $0.nodes == node.text }?.skills ?? []
        func level(_ name: Name) -> Int { skills.first { $0.name == name }?.level ?? 0 }
        switch ticket.asking {
        case .nothing: return true
        case .lowly: return level("maths") >= 2 && (!isKept || level("music") >= 1)
        case .highly: return !isKept || level("maths") >= 3
        }
    }

    /// The first of the tickets that ask for something which a node may have.
    func firstAsking(on line: Int, for node: Name, at moment: Moment) -> Spot? {
        asking[line].filter { isStill($0) && knows(node, cases[Int($0.number) - 1], at: moment) }.min()
    }

    /// Forgets what waits no longer, when it has become much.
    mutating func sweepAsking(on line: Int) {
        guard asking[line].count > askingMax else { return }
        asking[line] = asking[line].filter(isStill)
        askingMax = max(64, 2 * asking[line].count)
    }

    /// G3, and that the rule was of use.
    mutating func checkSkills(_ number: TicketNumber, _ ticket: Case, for holder: Holder, _ moment: Moment) {
        guard ticket.asking != .nothing else { return }
        let isOwners = ticket.isForOwner && ticket.owner == holder.displayName
        findings.expect(
            .g3, isOwners || knows(holder.node, ticket, at: moment),
            "\(number) asks \(ticket.asking), \(holder.node) does not know that")
        guard !isOwners else { return }
        let knowsAll = knows(holder.node, ticket, isKept: true)
        markers.reach(knowsAll ? .takenBySkill : .takenWhenRelaxed)
    }
}
