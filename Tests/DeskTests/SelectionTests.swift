import Desk
import Testing
import Tickets

/// Who of those that are free gets a ticket.
@Suite struct SelectionTests {
    private static func bench(
        _ selection: Selection, _ change: (inout DeskSettings) -> Void = { _ in }
    ) -> Bench {
        Bench(
            .sample {
                $0.lines[0].selection = selection
                change(&$0)
            })
    }

    /// Each of as many new tickets goes to the one that stands there.
    private static func expect(
        _ bench: inout Bench, _ names: [Name?], body: String = "b",
        at location: SourceLocation = #_sourceLocation
    ) throws {
        var takers: [Name?] = []
        for _ in names {
            let number = try bench.submit(.sample(body: body))
            takers.append(bench.desk.claims[number]?.holder.node)
        }
        #expect(takers == names, sourceLocation: location)
    }

    private static func solve(_ bench: inout Bench, _ number: TicketNumber, at session: SessionID) throws {
        let token = try #require(bench.ticket(number)?.token)
        try bench.ask(.resolve(number, token, seen: 1, text: nil), from: session)
    }

    @Test func `the longest idle is first, each in turn`() throws {
        var bench = Self.bench(.longestIdle)
        for name in ["n1", "n2"] as [Name] { bench.node(name, seats: 3) }
        try Self.expect(&bench, ["n1", "n2", "n1", "n2", "n1"])
    }

    @Test func `each has their turn, whoever has been free for longer, and who joins comes last`() throws {
        var bench = Self.bench(.roundRobin)
        let one = bench.node("n1", seats: 2)
        for name in ["n2", "n3"] as [Name] { bench.node(name, seats: 9) }
        try Self.expect(&bench, ["n1", "n2", "n3", "n1", "n2"])
        // It is full, and gets a seat back before its turn; those who were free all along have no more right to it.
        try Self.expect(&bench, ["n3"])
        try Self.solve(&bench, 1, at: one)
        bench.node("n4", seats: 9)
        try Self.expect(&bench, ["n1", "n2", "n3", "n4", "n2", "n3", "n4"])
    }

    @Test func `who has the most seats free is first, also after one has become free`() throws {
        var bench = Self.bench(.mostFree)
        let one = bench.node("n1", seats: 2)
        bench.node("n2", seats: 4)
        try Self.expect(&bench, ["n2", "n2", "n1", "n2"])
        try Self.expect(&bench, ["n1"])
        try Self.solve(&bench, 3, at: one)
        try Self.solve(&bench, 5, at: one)
        try Self.expect(&bench, ["n1"])
    }

    @Test func `who was given the least is first, and whoever joins is not flooded`() throws {
        var bench = Self.bench(.leastWorked)
        let one = bench.node("n1", seats: 9)
        try Self.expect(&bench, ["n1", "n1", "n1", "n1"])
        bench.node("n2", seats: 9)
        // The newcomer begins where the other was when it was first in turn.
        try Self.expect(&bench, ["n2", "n1", "n2", "n1", "n2"])
        try Self.solve(&bench, 1, at: one)
        try Self.expect(&bench, ["n1", "n2"])
    }

    @Test func `a call counts as what it takes of a seat`() throws {
        var bench = Bench()
        let boss = bench.connect(.person("boss", role: .admin))
        let settings = DeskSettings.sample {
            $0.lines[0].selection = .leastWorked
            $0.seatCosts = SeatCosts()
        }
        try bench.ask(.configure(.sample(basis: 0, settings)), from: boss)
        for name in ["n1", "n2"] as [Name] { bench.node(name, seats: 4) }
        var takers: [Name?] = []
        for channel in ["call", "chat", "chat", "chat", "chat", "chat"] as [Name] {
            let request = Submission(channel: channel, customer: "c", subject: "", body: "b")
            let number = try bench.submit(request)
            takers.append(bench.desk.claims[number]?.holder.node)
        }
        #expect(takers == ["n1", "n2", "n2", "n2", "n2", "n1"])
    }

    @Test func `who knows best what it asks for is first, and of equals the longest idle`() throws {
        var bench = Self.bench(.bestSkill) {
            $0.expertise = [
                Expertise(nodes: "good-*", skills: [Skill("maths", 2)]),
                Expertise(nodes: "best", skills: [Skill("maths", 5)]),
            ]
            var rule = RoutingRule("maths")
            rule.conditions.words = [WordPattern("maths")]
            rule.demands = Demands(required: [Skill("maths", 2)])
            $0.rules = [rule]
        }
        for name in ["nobody", "good-1", "good-2", "best"] as [Name] { bench.node(name, seats: 1) }
        try Self.expect(&bench, ["best", "good-1", "good-2"], body: "maths")
        try Self.expect(&bench, ["nobody"])
    }

    @Test func `other settings change who is first among those who idle`() throws {
        var bench = Self.bench(.longestIdle)
        bench.node("n1", seats: 1)
        bench.node("n2", seats: 4)
        let boss = bench.connect(.person("boss", role: .admin))
        let settings = DeskSettings.sample { $0.lines[0].selection = .mostFree }
        try bench.ask(.configure(.sample(basis: 0, settings)), from: boss)
        try Self.expect(&bench, ["n2"])
    }
}
