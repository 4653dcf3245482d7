import Desk
import Tickets

extension Swarm {
    /// What comes at the ends of the priorities is otherwise than it was sent; what is urgent goes to line two, and the
    /// last rule is not for it.
    static let rules: [RoutingRule] = {
        var low = RoutingRule("low")
        low.conditions.priorities = [.low]
        (low.priority, low.tags) = (.normal, ["raised"])
        var urgent = RoutingRule("urgent")
        urgent.conditions.priorities = [.urgent]
        (urgent.line, urgent.tags, urgent.stops) = ("line-two", ["direct"], true)
        var high = RoutingRule("high")
        high.conditions.priorities = [.high, .urgent]
        var patient = RuleConditions()
        patient.customers = [patientCustomer]
        high.exceptions = patient
        (high.line, high.kind) = ("line-one", "hasty")
        var chased = RoutingRule("chased")
        (chased.isForMessages, chased.conditions.priorities) = (true, [.normal])
        (chased.priority, chased.line) = (.high, "line-two")
        return [low, urgent, high, chased]
    }()

    /// Who is in no haste.
    static let patientCustomer = "customer-3@example.org"

    /// Customers who are promised more than others.
    static let group = CustomerGroup(name: "vip", customers: ["Customer-1@example.org", "@vip.example.org"])
}

extension Witness {
    /// G2, by a table instead of the rules.
    mutating func checkRouting(_ number: TicketNumber, _ line: Name, _ submission: Submission) {
        let isOne = !settings.groups.isEmpty && submission.customer == "customer-1@example.org"
        findings.expect(
            .g2, submission.group == (isOne ? "vip" : nil),
            "ticket \(number) is of group \(submission.group ?? "none")")
        guard !settings.rules.isEmpty else {
            return _ = findings.expect(
                .g2, line == settings.lines[0].name && submission.ruling == nil,
                "ticket \(number) went to \(line) by no rule")
        }
        let sent = submission.asSent.priority
        var (rule, wanted, priority, tags, kind) = Self.outcome(of: sent, submission.customer)
        if isQuiet(submission) { rule.insert("quiet", at: 0) }
        markers.reach(.routed)
        findings.expect(
            .g2,
            (submission.ruling?.rules ?? []) == rule && line == wanted && submission.priority == priority
                && submission.tags == tags && submission.kind == (kind ?? submission.asSent.kind),
            "ticket \(number), sent as \(sent.word), is \(submission.priority.word) on \(line), tags "
                + "\(submission.tags), by \(submission.ruling?.rules ?? [])")
    }

    private static func outcome(
        of sent: Priority, _ customer: String
    ) -> (rules: [String], line: Name, priority: Priority, tags: [String], kind: String?) {
        switch sent {
        case .low: (["low"], "line-one", .normal, ["raised"], nil)
        case .normal: ([], "line-one", .normal, [], nil)
        case .high where customer == Swarm.patientCustomer: ([], "line-one", .high, [], nil)
        case .high: (["high"], "line-one", .high, [], "hasty")
        case .urgent: (["urgent"], "line-two", .urgent, ["direct"], nil)
        }
    }
}
