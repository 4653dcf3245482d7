import Desk
import Testing
import Tickets

/// Rules for what customers write to tickets that are there.
@Suite struct MessageRuleTests {
    private static func rule(_ change: (inout RoutingRule) -> Void = { _ in }) -> RoutingRule {
        var rule = RoutingRule("threat")
        rule.isForMessages = true
        rule.conditions.words = [WordPattern("lawyer*")]
        (rule.priority, rule.tags, rule.line) = (.high, ["threat"], "line-two")
        change(&rule)
        return rule
    }

    private static func bench(_ rules: [RoutingRule] = [rule()]) throws -> Bench {
        var bench = Bench()
        try bench.configure { $0.rules = rules }
        try bench.submit(.sample(body: "My lawyer says hello."))
        return bench
    }

    /// What the desk did to the ticket by itself.
    private static func deeds(_ bench: Bench) -> [String] {
        bench.records.filter { $0.author.role == .desk && $0.event.ticket == 1 }.map(\.event.word)
    }

    @Test func `a rule for messages leaves requests alone, and does what it says with a message`() throws {
        var bench = try Self.bench()
        #expect(Self.deeds(bench) == [])
        #expect(bench.ticket(1)?.line == "line-one")
        try bench.followUp(1, "Thanks.")
        #expect(Self.deeds(bench) == [])
        let since = bench.ticket(1)?.since
        try bench.followUp(1, "You will hear from my lawyers!")
        #expect(Self.deeds(bench) == ["priority-set", "tagged", "overflowed"])
        #expect(bench.ticket(1)?.priority == .high)
        #expect(bench.ticket(1)?.line == "line-two")
        #expect(bench.ticket(1)?.since == since)
    }

    @Test func `whoever holds the ticket keeps it, and a priority that it has is not said again`() throws {
        var bench = try Self.bench()
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        for _ in 1...2 { try bench.followUp(1, "lawyer") }
        #expect(Self.deeds(bench) == ["priority-set", "tagged", "tagged"])
        #expect(bench.ticket(1)?.line == "line-one")
        #expect(bench.desk.claims[1] != nil)
    }

    @Test
    func `rules are looked at in order, with what those before them made, and one that stops is the last`()
        throws
    {
        let calm = Self.rule {
            ($0.name, $0.conditions.words, $0.conditions.priorities) = ("calm", [], [.high])
            ($0.priority, $0.tags, $0.line) = (.urgent, ["calm"], nil)
        }
        var bench = try Self.bench([Self.rule(), calm])
        try bench.followUp(1, "lawyer")
        #expect(bench.ticket(1)?.priority == .urgent)
        bench = try Self.bench([Self.rule { $0.stops = true }, calm])
        try bench.followUp(1, "lawyer")
        #expect(bench.ticket(1)?.priority == .high)
    }

    @Test func `what is solved comes back where the rule says`() throws {
        var bench = try Self.bench()
        let node = bench.node("n1")
        try bench.ask(.resolve(1, 1, seen: 1, text: nil), from: node)
        bench.turn([.goodbye(node)])
        try bench.followUp(1, "My lawyer is not content.")
        #expect(bench.ticket(1)?.line == "line-two")
        #expect(bench.ticket(1)?.isForOwner == false)
    }

    @Test func `what is only of new tickets is a flaw of such a rule`() {
        func flaws(_ change: (inout RoutingRule) -> Void) -> [String] {
            DeskSettings.sample { $0.rules = [Self.rule(change)] }.flaws.map(\.description)
        }
        #expect(flaws { _ in } == [])
        let known = "of a message a rule knows its words and language, the time, and the ticket's priority"
        #expect(flaws { $0.conditions.channels = ["mail"] } == ["`rules.0.if`: \(known)"])
        #expect(
            flaws {
                var exceptions = RuleConditions()
                exceptions.tags = ["known"]
                $0.exceptions = exceptions
            } == ["`rules.0.unless`: \(known)"])
        #expect(
            flaws { $0.kind = "refund" } == [
                "`rules.0`: what a customer writes to a ticket changes its line, priority and tags"
            ])
    }

    @Test func `only rules of the same event keep one from ever firing`() {
        var all = RoutingRule("all")
        (all.stops, all.priority) = (true, .low)
        let settings = DeskSettings.sample { $0.rules = [all, Self.rule()] }
        #expect(settings.flaws == [])
        all.isForMessages = true
        let others = DeskSettings.sample { $0.rules = [all, Self.rule()] }
        #expect(others.flaws.map(\.place) == ["rules.1"])
    }
}
