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
    func knows(_ node: Name, _ index: Int, at moment: Moment) -> Bool {
        let asking = cases[index].asking
        return asking == .nothing
            || knows(node, asking, isKept: isKept(cases[index].line, cases[index].since, moment))
    }

    /// Whether what a ticket prefers counts still, which has waited on a line since a moment.
    private func isKept(_ line: Int, _ since: Moment, _ moment: Moment) -> Bool {
        moment.milliseconds(since: since) < settings.lines[line].preferredForMilliseconds
    }

    func knows(_ node: Name, _ asking: Asking, isKept: Bool) -> Bool {
        if asking == .nothing || asking == .highly && !isKept { return true }
        let place = settings.expertise.firstIndex { $0.nodes == node.text }
        func level(_ name: Name) -> Int {
            place.flatMap { settings.expertise[$0].skills.first { $0.name == name }?.level } ?? 0
        }
        if asking == .highly { return level(Self.maths) >= 3 }
        return level(Self.maths) >= 2 && (!isKept || level(Self.music) >= 1)
    }

    private static let maths: Name = "maths"
    private static let music: Name = "music"

    /// The first of the tickets that ask for something which a node may have.
    func firstAsking(on line: Int, for node: Name, at moment: Moment) -> Spot? {
        var first: Spot?
        // What is cheap to tell comes first: this is asked at every claim.
        for spot in asking[line] where first.map({ spot < $0 }) != false {
            if isStill(spot), knows(node, Int(spot.number) - 1, at: moment) { first = spot }
        }
        return first
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
            .g3,
            isOwners || knows(holder.node, ticket.asking, isKept: isKept(ticket.line, ticket.since, moment)),
            "\(number) asks \(ticket.asking), \(holder.node) does not know that")
        guard !isOwners else { return }
        let knowsAll = knows(holder.node, ticket.asking, isKept: true)
        markers.reach(knowsAll ? .takenBySkill : .takenWhenRelaxed)
    }
}
