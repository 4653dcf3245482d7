import Promises
import Testing
import Tickets

struct TicketClocksTests {
    @Test func `a reply stops the first clock, and the customer's next message starts the second`() throws {
        var clocks = TicketClocks(line: "line-one", at: try at(2026, 3, 10, 8))
        clocks.customerWrote(at: try at(2026, 3, 10, 8, 30))
        #expect(clocks.nextResponse == nil, "the first reply is still owed")
        clocks.replied(at: try at(2026, 3, 10, 9))
        clocks.customerWrote(at: try at(2026, 3, 10, 10))
        clocks.customerWrote(at: try at(2026, 3, 10, 11))
        #expect(due(clocks) == ["next-response 11:00", "resolution 12:00", "line:line-one 14:00"])
        clocks.replied(at: try at(2026, 3, 10, 10, 30))
        clocks.customerWrote(at: try at(2026, 3, 10, 11, 30))
        #expect(due(clocks) == ["resolution 12:00", "next-response 12:30", "line:line-one 14:00"])
    }

    @Test func `all clocks stand while the customer is waited for`() throws {
        var clocks = TicketClocks(line: "line-one", at: try at(2026, 3, 10, 8))
        clocks.replied(at: try at(2026, 3, 10, 8, 30))
        clocks.paused(at: try at(2026, 3, 10, 9))
        #expect(due(clocks) == [])
        clocks.customerWrote(at: try at(2026, 3, 10, 10))
        #expect(due(clocks) == ["next-response 11:00", "resolution 13:00", "line:line-one 15:00"])
    }

    @Test func `each line has its own clock`() throws {
        var clocks = TicketClocks(line: "line-one", at: try at(2026, 3, 10, 8))
        clocks.moved(to: "line-two", at: try at(2026, 3, 10, 9))
        #expect(clocks.lines.map(\.line) == ["line-one", "line-two"])
        #expect(clocks.lines[0].clock.elapsed(at: try at(2026, 3, 10, 12), .always) == hour)
        #expect(
            due(clocks)
                == ["first-response 09:00", "resolution 12:00", "line:line-two 10:00"].sorted(by: byTime))
    }

    @Test func `a ticket that is opened again goes on with what was left`() throws {
        var clocks = TicketClocks(line: "line-one", at: try at(2026, 3, 10, 8))
        clocks.replied(at: try at(2026, 3, 10, 9))
        clocks.solved(at: try at(2026, 3, 10, 9))
        #expect(due(clocks) == [])
        clocks.customerWrote(at: try at(2026, 3, 10, 10))
        clocks.reopened(on: "line-one", at: try at(2026, 3, 10, 10))
        #expect(due(clocks) == ["next-response 11:00", "resolution 13:00", "line:line-one 16:00"])
    }

    @Test func `the first rule that fits says what is promised`() throws {
        let quick = PromisePolicy.Rule(
            name: "chat", channels: ["chat"], targets: PromiseTargets(firstResponse: 30 * minute))
        let gold = PromisePolicy.Rule(
            name: "gold", priorities: [.high, .urgent], groups: ["gold"],
            targets: PromiseTargets(firstResponse: hour))
        let policy = PromisePolicy(
            rules: [quick, gold] + PromisePolicy.standard.rules, warnings: [minute, hour])
        #expect(policy.rule(channel: "chat", priority: .urgent, group: "gold")?.name == "chat")
        #expect(policy.rule(channel: "mail", priority: .urgent, group: "gold")?.name == "gold")
        #expect(policy.rule(channel: "mail", priority: .normal, group: "gold")?.name == "standard")
        #expect(policy.rule(channel: "mail", priority: .urgent, group: nil)?.name == "standard")
        #expect(policy.warnings == [hour, minute])
        #expect(PromisePolicy(rules: [quick]).rule(channel: "mail", priority: .low, group: nil) == nil)
    }

    private let rule = PromisePolicy.Rule(
        name: "test",
        targets: PromiseTargets(
            firstResponse: hour, nextResponse: hour, resolution: 4 * hour,
            lines: [
                PromiseTargets.LineTarget(line: "line-one", milliseconds: 6 * hour),
                PromiseTargets.LineTarget(line: "line-two", milliseconds: hour),
            ]))

    private func due(_ clocks: TicketClocks) -> [String] {
        clocks.due(under: rule).map { kind, at in
            let minutes = at.milliseconds / minute % 1_440
            let two = { (number: Int64) in (number < 10 ? "0" : "") + String(number) }
            return "\(kind.word) \(two(minutes / 60)):\(two(minutes % 60))"
        }
    }

    private func byTime(_ a: String, _ b: String) -> Bool { a.suffix(5) < b.suffix(5) }
}
