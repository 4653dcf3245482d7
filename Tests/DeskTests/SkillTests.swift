import Desk
import Testing
import Tickets

/// Who may have a ticket that asks for skills. Rules ask by the text: `maths`, `hard maths`, `better by ear`.
@Suite struct SkillTests {
    private static let minute: Int64 = 60_000

    private static func rule(_ word: String, _ demands: Demands) -> RoutingRule {
        var rule = RoutingRule(word)
        rule.conditions.words = [WordPattern(word)]
        rule.demands = demands
        return rule
    }

    private static let settings = DeskSettings.sample {
        $0.rules = [
            rule("maths", Demands(required: [Skill("maths", 2)])),
            rule("hard", Demands(required: [Skill("maths", 4)])),
            rule("ear", Demands(preferred: [Skill("music", 1)])),
        ]
        $0.expertise = [
            Expertise(nodes: "euler", skills: [Skill("maths", 5)]),
            Expertise(nodes: "math-*", skills: [Skill("maths", 2)]),
            Expertise(nodes: "math-3", skills: [Skill("maths", 5)]),
            Expertise(nodes: "bach", skills: [Skill("maths", 3), Skill("music", 5)]),
        ]
        $0.lines[0].preferredForMilliseconds = 2 * minute
    }

    private static func submit(_ bench: inout Bench, _ bodies: String...) throws {
        for body in bodies { try bench.submit(.sample(body: body)) }
    }

    private static func obstacles(_ number: TicketNumber, _ node: Name, _ bench: Bench) throws -> [Obstacle] {
        let standing = try #require(bench.exchange.standing(of: number))
        return bench.exchange.obstacles(between: node, and: standing)
    }

    @Test(
        arguments: [
            // Who is there, and which of `plain`, `maths`, `hard maths` they are granted.
            ("nobody", [1]), ("math-1", [1, 2]), ("math-3", [1, 2]), ("bach", [1, 2]), ("euler", [1, 2, 3]),
        ] as [(Name, [TicketNumber])])
    func `a node is granted what it knows enough for`(_ node: Name, _ numbers: [TicketNumber]) throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "plain", "maths", "hard maths")
        let id = bench.node(node, seats: 9)
        #expect(bench.grants(to: id).map(\.ticket) == numbers)
    }

    @Test func `what nobody here knows keeps nobody waiting, and goes to the first who comes and does`()
        throws
    {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "hard maths", "plain", "maths")
        let one = bench.node("math-1")
        #expect(bench.grants(to: one).map(\.ticket) == [2])
        #expect(try Self.obstacles(1, "math-1", bench).first == .lacks(Skill("maths", 4), until: nil))
        let euler = bench.node("euler")
        #expect(bench.grants(to: euler).map(\.ticket) == [1])
    }

    @Test func `asking for skills does not let a ticket overtake`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "plain", "maths", "plain")
        let euler = bench.node("euler")
        #expect(bench.grants(to: euler).map(\.ticket) == [1])
        try bench.ask(.resolve(1, 1, seen: 1, text: nil), from: euler)
        #expect(bench.grants(to: euler).map(\.ticket) == [2])
    }

    @Test func `the longest idle is first, whatever the others know`() throws {
        var bench = Bench(Self.settings)
        let nodes = ["bach", "nobody", "math-1", "no-one", "euler"].map { bench.node(Name($0) ?? "x") }
        try Self.submit(&bench, "plain", "hard maths", "plain", "maths", "plain")
        let holders = (1...5).map { bench.desk.claims[TicketNumber($0)]?.holder.node }
        let names: [Name] = ["bach", "euler", "nobody", "math-1", "no-one"]
        #expect(holders == names && nodes.count == 5)
    }

    @Test func `what is preferred is kept for its time, then it is for anybody, at its place`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "by ear")
        let until = bench.now.advanced(byMilliseconds: 2 * Self.minute)
        bench.pass(Self.minute)
        try Self.submit(&bench, "plain")
        let one = bench.node("nobody")
        #expect(bench.grants(to: one).map(\.ticket) == [2])
        try bench.ask(.resolve(2, 1, seen: 1, text: nil), from: one)
        #expect(bench.grants(to: one).isEmpty)
        #expect(try Self.obstacles(1, "nobody", bench) == [.lacks(Skill("music", 1), until: until)])
        bench.pass(Self.minute - 1, pinging: [one: []])
        #expect(bench.held(by: "nobody").isEmpty)
        bench.pass(1, pinging: [one: []])
        #expect(bench.held(by: "nobody").map(\.ticket) == [1])
        #expect(bench.exchange.standing(of: 1)?.preferredUntil == nil)
    }

    @Test func `whoever knows what is preferred has it at once`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "by ear")
        bench.node("nobody")
        let bach = bench.node("bach")
        #expect(bench.grants(to: bach).map(\.ticket) == [1])
    }

    @Test func `what waited for its time already waits for nobody when it comes back`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "by ear")
        let bach = bench.node("bach")
        bench.pass(3 * Self.minute, pinging: [bach: bench.held(by: "bach")])
        bench.node("nobody")
        try bench.ask(.release(1, 1, reason: "no time", failed: false), from: bach)
        #expect(bench.held(by: "nobody").map(\.ticket) + bench.held(by: "bach").map(\.ticket) == [1])
        #expect(bench.exchange.standing(of: 1)?.demands == Demands(preferred: [Skill("music", 1)]))
    }

    @Test func `a ticket that is relaxed counts once`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "by ear", "by ear", "plain")
        #expect(bench.exchange.standing(of: 3)?.ahead == 2)
        bench.pass(3 * Self.minute)
        #expect(bench.exchange.standing(of: 3)?.ahead == 2)
        let one = bench.node("nobody", seats: 3)
        #expect(bench.grants(to: one).map(\.ticket) == [1, 2, 3])
        let bach = bench.node("bach", seats: 3)
        #expect(bench.grants(to: bach).isEmpty)
    }

    @Test func `its owner gets it back whatever it asks for`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "plain")
        let one = bench.node("nobody")
        try bench.ask(.escalate(1, 1, to: nil, note: "n"), from: one)
        let two = bench.node("bach", on: "line-two")
        try bench.ask(.handBack(1, 2, note: "n"), from: two)
        #expect(bench.held(by: "nobody").map(\.ticket) == [1])
    }

    @Test func `it is asked for on every line`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "maths")
        let bach = bench.node("bach")
        try bench.ask(.escalate(1, 1, to: nil, note: "n"), from: bach)
        let two = bench.node("nobody", on: "line-two")
        #expect(bench.grants(to: two).isEmpty)
        let euler = bench.node("euler", on: "line-two")
        #expect(bench.grants(to: euler).map(\.ticket) == [1])
    }

    @Test func `when all who know it have declined it, it is parked, though others are there`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "maths")
        bench.node("nobody")
        let one = bench.node("math-1")
        try bench.ask(.decline(1, 1, reason: "not mine"), from: one)
        #expect(bench.ticket(1)?.place == .parked)
    }

    @Test func `other settings let others have it`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "hard maths")
        let one = bench.node("nobody")
        var settings = Self.settings
        settings.expertise.append(Expertise(nodes: "nobody", skills: [Skill("maths", 4)]))
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: 0, settings)), from: boss)
        #expect(bench.grants(to: one).map(\.ticket) == [1])
    }

    @Test func `a restart and a snapshot forget nothing of what is asked for`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "hard maths", "by ear", "plain")
        bench.restart()
        let one = bench.node("math-1", seats: 3)
        #expect(bench.grants(to: one).map(\.ticket) == [3])
        let desk = try #require(Desk(restoring: bench.desk.parts, settings: bench.settings))
        #expect(DeskImage(desk).differences(from: DeskImage(bench.desk)) == [])
        bench.exchange = Exchange(desk: desk, now: bench.now)
        let euler = bench.node("euler", seats: 3)
        #expect(bench.grants(to: euler).map(\.ticket) == [1])
    }

    @Test func `what is gone asks for nothing`() throws {
        var bench = Bench(Self.settings)
        try Self.submit(&bench, "maths", "maths")
        let boss = bench.person("boss", role: .lead)
        try bench.ask(.merge(1, nil, into: 2), from: boss)
        #expect(bench.desk.demands.keys == [2])
    }

    @Test func `rules together ask for the most that one of them does`() {
        let submission = Submission.sample(body: "hard maths by ear")
        let demands = Self.settings.route(submission, at: .zero).submission.ruling?.demands
        #expect(demands == Demands(required: [Skill("maths", 4)], preferred: [Skill("music", 1)]))
    }

    @Test func `what nobody has cannot be asked for`() {
        var settings = Self.settings
        settings.rules[0].demands.required = [Skill("math", 2), Skill("music", 6)]
        settings.rules[1].demands.preferred = [Skill("music", 1)]
        settings.expertise[3].skills = [Skill("maths", 0), Skill("music", 3)]
        settings.expertise[2].nodes = "euler"
        settings.expertise[1].nodes = "a b"
        #expect(
            settings.flaws.map(\.description) == [
                "`rules.0.skills.math`: nobody in `skills` has it; did you mean `maths`?",
                "`rules.0.skills.music`: level 6; it is from 1 to 5",
                "`skills.a b`: `a b` is no name of a node, nor the beginning of one and `*`",
                "`skills.euler`: it is there twice",
                "`skills.bach.maths`: level 0; it is from 1 to 5",
            ])
    }
}
