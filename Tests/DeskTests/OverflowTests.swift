import Desk
import Testing
import Tickets

/// Where tickets go on to that nobody took in time.
@Suite struct OverflowTests {
    private static let minute: Int64 = 60_000

    private static func bench() throws -> Bench {
        var bench = Bench()
        try configure(&bench) {
            $0.lines[0].overflow = Overflow(afterMilliseconds: 10 * minute, to: "line-two")
            $0.lines[1].overflow = Overflow(afterMilliseconds: 5 * minute, to: "line-three")
        }
        return bench
    }

    private static func configure(_ bench: inout Bench, _ change: (inout DeskSettings) -> Void) throws {
        let boss = bench.connect(.person(Name("boss-\(bench.desk.version)") ?? "boss", role: .admin))
        var settings = bench.desk.settings
        change(&settings)
        try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: boss)
    }

    private static func lines(_ bench: Bench, _ numbers: ClosedRange<UInt64>) -> [Name?] {
        numbers.map { bench.ticket(TicketNumber($0))?.line }
    }

    @Test func `what nobody takes goes on, step by step, each with its own time`() throws {
        var bench = try Self.bench()
        try bench.submit()
        bench.pass(10 * Self.minute - 1)
        #expect(Self.lines(bench, 1...1) == ["line-one"])
        bench.pass(1)
        #expect(Self.lines(bench, 1...1) == ["line-two"])
        bench.pass(5 * Self.minute - 1)
        #expect(Self.lines(bench, 1...1) == ["line-two"])
        bench.pass(1)
        #expect(Self.lines(bench, 1...1) == ["line-three"])
        bench.pass(1_000 * Self.minute)
        #expect(Self.lines(bench, 1...1) == ["line-three"])
        #expect(bench.records.compactMap { $0.event.word }.filter { $0 == "overflowed" }.count == 2)
    }

    @Test func `what goes on asks for no skills where its line says so`() throws {
        for drops in [false, true] {
            var bench = Bench()
            try Self.configure(&bench) {
                $0.expertise = [Expertise(nodes: "euler", skills: [Skill("maths", 5)])]
                var rule = RoutingRule("sums")
                rule.demands = Demands(required: [Skill("maths", 2)])
                $0.rules = [rule]
                $0.lines[0].overflow = Overflow(
                    afterMilliseconds: 10 * Self.minute, to: "line-two", dropsSkills: drops)
            }
            let two = bench.node("t1", on: "line-two")
            try bench.submit()
            bench.pass(10 * Self.minute, pinging: [two: []])
            #expect(Self.lines(bench, 1...1) == ["line-two"])
            #expect(bench.held(by: "t1").map(\.ticket) == (drops ? [1] : []))
            bench.restart()
            let again = bench.node("t2", on: "line-two")
            #expect(bench.grants(to: again).map(\.ticket) == [])
        }
    }

    @Test func `why it went on is told: its time, a promise or a rule`() throws {
        var bench = Bench()
        try Self.configure(&bench) {
            $0.lines[0].overflow = Overflow(afterMilliseconds: Self.minute, to: "line-two")
            var rule = RoutingRule("angry")
            (rule.isForMessages, rule.conditions.words, rule.line) = (
                true, [WordPattern("lawyer")], "line-three"
            )
            $0.rules = [rule]
        }
        try bench.submit()
        bench.pass(Self.minute)
        try bench.followUp(1, "I call my lawyer.")
        let details = bench.records.filter { $0.event.word == "overflowed" }.map(\.event.detail)
        #expect(
            details == ["to line-two, its time on the line was over", "to line-three, by rule angry"])
    }

    @Test func `what goes on to a line that it was escalated from was handed back`() throws {
        var bench = Bench()
        try Self.configure(&bench) {
            var rule = RoutingRule("angry")
            (rule.isForMessages, rule.conditions.words, rule.line) = (
                true, [WordPattern("lawyer")], "line-one"
            )
            $0.rules = [rule]
        }
        try bench.submit()
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.escalate(1, 1, to: nil, note: "n"), from: ann)
        #expect(bench.ticket(1)?.frames == ["line-one"])
        try bench.followUp(1, "I call my lawyer.")
        #expect(bench.ticket(1)?.line == "line-one")
        #expect(bench.ticket(1)?.frames == [])
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.resolve(1, 2, seen: 3, text: "Done."), from: ann)
    }

    @Test func `it keeps its place: it has waited since it did`() throws {
        var bench = try Self.bench()
        try bench.submit()
        bench.pass(9 * Self.minute)
        let one = bench.node("n1")
        try bench.ask(.escalate(1, 1, to: nil, note: "n"), from: one)
        bench.turn([.goodbye(one)])
        try bench.submit()
        let since = bench.ticket(2)?.since
        bench.pass(Self.minute)
        try bench.submit()
        bench.pass(3 * Self.minute)
        bench.pass(6 * Self.minute)
        // The first went on to line three, where it was due first; the second came to line two.
        #expect(Self.lines(bench, 1...3) == ["line-three", "line-two", "line-one"])
        #expect(bench.ticket(2)?.since == since)
        try bench.submit()
        let two = bench.node("n2", on: "line-two")
        #expect(bench.grants(to: two).map(\.ticket) == [2])
        #expect(bench.node("n3") != two)
        #expect(bench.held(by: "n3").map(\.ticket) == [3])
    }

    @Test func `to be claimed and put back does not begin its time anew`() throws {
        var bench = try Self.bench()
        try bench.submit()
        bench.pass(9 * Self.minute)
        let one = bench.node("n1")
        #expect(bench.grants(to: one).map(\.ticket) == [1])
        bench.turn([.seats(one, 0)])
        bench.pass(20_000, pinging: [one: bench.held(by: "n1")])
        try bench.ask(.release(1, 1, reason: "r", failed: false), from: one)
        bench.pass(40_000, pinging: [one: []])
        #expect(Self.lines(bench, 1...1) == ["line-two"])
    }

    @Test func `what is claimed stays, and goes on when it comes back too late`() throws {
        var bench = try Self.bench()
        try bench.submit()
        let one = bench.node("n1")
        let held = bench.held(by: "n1")
        for _ in 1...66 { bench.pass(10_000, pinging: [one: held]) }
        #expect(Self.lines(bench, 1...1) == ["line-one"])
        bench.turn([.seats(one, 0)])
        try bench.ask(.release(1, 1, reason: "r", failed: false), from: one)
        bench.turn([])
        #expect(Self.lines(bench, 1...1) == ["line-two"])
    }

    @Test func `what waits for its owner goes on, too, and keeps them waiting for nothing else`() throws {
        var bench = try Self.bench()
        try Self.configure(&bench) { $0.lines[0].ownerWaitMilliseconds = 3_600_000 }
        try bench.submit()
        try bench.submit()
        let one = bench.node("n1", seats: 2)
        try bench.ask(.pend(1, 1, onHold: false, until: nil, reason: "r"), from: one)
        try bench.ask(.pend(2, 1, onHold: false, until: nil, reason: "r"), from: one)
        bench.turn([.lost(one)])
        try bench.followUp(1)
        bench.pass(5 * Self.minute)
        try bench.followUp(2)
        bench.pass(5 * Self.minute)
        #expect(Self.lines(bench, 1...2) == ["line-two", "line-one"])
        let again = bench.node("n1", seats: 2, incarnation: 2)
        #expect(bench.grants(to: again).map(\.ticket) == [2])
    }

    @Test func `who declined it on one line says nothing for the next`() throws {
        var bench = try Self.bench()
        try bench.submit()
        let one = bench.node("n1")
        let other = bench.node("n2", seats: 0)
        try bench.ask(.decline(1, 1, reason: "r"), from: one)
        #expect(bench.ticket(1)?.declined == ["n1"])
        bench.pass(10 * Self.minute, pinging: [one: [], other: []])
        #expect(bench.ticket(1)?.declined == [])
        let two = bench.node("n1", on: "line-two", incarnation: 2)
        #expect(bench.grants(to: two).map(\.ticket) == [1])
    }

    @Test func `a restart and a snapshot forget nothing, and other settings begin or end it`() throws {
        var bench = try Self.bench()
        try bench.submit()
        bench.pass(6 * Self.minute)
        bench.restart()
        let desk = try #require(Desk(restoring: bench.desk.parts, settings: bench.settings))
        #expect(DeskImage(desk).differences(from: DeskImage(bench.desk)) == [])
        bench.exchange = Exchange(desk: desk, now: bench.now)
        bench.pass(4 * Self.minute)
        #expect(Self.lines(bench, 1...1) == ["line-two"])
        try Self.configure(&bench) { $0.lines[1].overflow = nil }
        bench.pass(60 * Self.minute)
        #expect(Self.lines(bench, 1...1) == ["line-two"])
        try Self.configure(&bench) {
            $0.lines[0].overflow = nil
            $0.lines[1].overflow = Overflow(afterMilliseconds: 1_000, to: "line-one")
        }
        bench.turn([])
        #expect(Self.lines(bench, 1...1) == ["line-one"])
        try Self.configure(&bench) { settings in
            for index in settings.lines.indices { settings.lines[index].overflow = nil }
        }
        #expect(bench.desk.arrivals.isEmpty)
    }

    @Test func `a way that comes round, or leads nowhere, is no setting`() {
        var settings = DeskSettings.sample()
        settings.lines[0].overflow = Overflow(afterMilliseconds: 1_000, to: "line-two")
        settings.lines[1].overflow = Overflow(afterMilliseconds: 999, to: "line-one")
        settings.lines[2].overflow = Overflow(afterMilliseconds: 1_000, to: "line-tow")
        #expect(
            settings.flaws.map(\.description) == [
                "`lines.0.overflow.to`: what goes on from line-one would come round to it again",
                "`lines.1.overflow.after`: 999 ms is not from 1000 to 31536000000 ms",
                "`lines.1.overflow.to`: what goes on from line-two would come round to it again",
                "`lines.2.overflow.to`: there is no line line-tow; did you mean `line-two`?",
            ])
    }
}
