import Desk
import Figures
import Testing
import Tickets

struct RuleTrialTests {
    private static let settings: DeskSettings = {
        var claims = RoutingRule("claims")
        claims.conditions.words = [WordPattern("refund*")]
        (claims.line, claims.stops) = ("claims", true)
        var late = RoutingRule("late")
        late.conditions.channels = ["chat"]
        late.priority = .high
        var idle = RoutingRule("idle")
        idle.conditions.kinds = ["none such"]
        idle.tags = ["never"]
        var settings = DeskSettings(lines: [LineSettings(name: "line-one"), LineSettings(name: "claims")])
        settings.rules = [claims, late, idle]
        return settings
    }()

    private func record(
        _ channel: Name, _ body: String, line: Name = "line-one", _ ruling: Ruling? = nil
    ) -> Record {
        var submission = Submission(channel: channel, customer: "c", subject: "", body: body)
        if let ruling {
            submission.ruling = ruling
            submission.priority = .urgent
        }
        return Record(
            position: Position(1), at: .zero, author: .desk, command: nil,
            event: .submitted(TicketNumber(1), line: line, submission))
    }

    @Test func `past tickets are asked about as they were sent, and compared with what became of them`() {
        var trial = RuleTrial(Self.settings)
        let urgent = Ruling(rules: ["old"], priority: .normal, kind: nil, tagCount: 0)
        for record in [
            record("mail", "hello"), record("mail", "refund"), record("chat", "refunds"),
            record("chat", "hello"),
            record("mail", "refund", line: "claims"), record("mail", "hello", line: "gone", urgent),
        ] { trial.take(record) }
        trial.take(
            Record(
                position: Position(2), at: .zero, author: .desk, command: nil, event: .woke(TicketNumber(1))))
        #expect((trial.tickets, trial.changed, trial.untouched) == (6, 4, 2))
        #expect(trial.rules.map(\.name) == ["claims", "late", "idle"])
        #expect(trial.rules.map(\.fired) == [3, 1, 0])
        #expect(trial.rules.map(\.stopped) == [3, 0, 0])
        #expect(trial.idle == ["idle"])
        #expect(trial.lines.map(\.name) == ["line-one", "claims", "gone"])
        #expect(trial.lines.map(\.before) == [4, 1, 1])
        #expect(trial.lines.map(\.after) == [3, 3, 0])
        #expect(trial.priorities.map(\.before) == [0, 5, 0, 1])
        #expect(trial.priorities.map(\.after) == [0, 5, 1, 0])
        #expect(trial.told == 0 && trial.aside.allSatisfy { $0.before + $0.after == 0 })
    }

    @Test func `what rules would answer and set aside at once is counted`() {
        var settings = Self.settings
        settings.acknowledgement = Acknowledgement(
            texts: [DelayNotice.Text(nil, "Here.")], channels: ["mail"])
        settings.rules[0].templates = [DelayNotice.Text(nil, "Wait.")]
        settings.rules[0].status = .onHold
        var trial = RuleTrial(settings)
        for record in [record("mail", "refund"), record("chat", "refund"), record("mail", "hello")] {
            trial.take(record)
        }
        trial.take(
            Record(
                position: Position(2), at: .zero, author: .desk, command: nil,
                event: .amended(TicketNumber(1), nil, .status(.solved, reason: "by rule r"), lacking: [])))
        #expect(trial.told == 1)
        #expect(trial.aside.map(\.before) == [0, 0, 1])
        #expect(trial.aside.map(\.after) == [0, 2, 0])
    }
}
