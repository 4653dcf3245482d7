import Desk
import Tickets

extension Swarm {
    static let quietCustomer = "customer-5@example.org"

    /// A stream of its own: what was drawn before rules did so stays as it was.
    mutating func drawQuiet(_ seed: UInt64) {
        var chance = Chance(seed: seed, .swarm, 21)
        var rule = RoutingRule("quiet")
        rule.conditions.customers = [Self.quietCustomer]
        rule.status = chance.pick([nil, .pending, .onHold, .solved])
        let writes = acknowledges || tellsOfDelays && promiseMilliseconds != nil
        let tells = writes && (rule.status == nil || chance.happens(perMille: 500))
        if tells { rule.templates = [DelayNotice.Text(nil, "Ticket {number} needs nothing.")] }
        let isThere = chance.happens(perMille: 500)
        if hasRules, isThere, rule.status != nil || tells { quiet = rule }
    }
}

/// G2: what a rule sets aside is nobody's work until its customer writes again, and is there before all else.
extension Witness {
    /// Whether the rule for the quiet is for a new ticket.
    func isQuiet(_ submission: Submission) -> Bool {
        settings.rules.first?.name == "quiet" && submission.customer == Swarm.quietCustomer
    }

    /// A ticket was submitted, and is followed.
    mutating func expectSettingAside(_ number: TicketNumber, _ submission: Submission) {
        findings.expect(.g2, setAsideNext == nil, "\(setAsideNext as Any) is not where its rule put it")
        guard isQuiet(submission), let status = settings.rules[0].status else { return }
        let stages: [Status: Case.Stage] = [.pending: .pending, .onHold: .onHold, .solved: .solved]
        setAsideNext = stages[status].map { (number, $0) }
    }

    mutating func setAside(
        _ number: TicketNumber, _ ticket: inout Case, _ status: Status, _ reason: String, _ record: Record
    ) {
        let due = setAsideNext
        setAsideNext = nil
        let stage = due?.stage ?? .pending
        findings.expect(
            .g2,
            due?.ticket == number && "\(stage)" == "\(status)" && reason == "by rule quiet"
                && record.author == .desk && ticket.stage == .waiting && ticket.assignments == 0,
            "\(number), \(ticket.stage), is put to \(status.word) \(reason), not \(due as Any)")
        markers.reach(.setAsideByARule)
        ticket.wasSetAside = true
        ticket.isForOwner = false
        if stage == .solved { ticket.solvedAt = record.at }
        ticket.leaveLine(stage)
    }
}
