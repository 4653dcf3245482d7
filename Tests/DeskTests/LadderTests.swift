import Desk
import Promises
import Testing
import Tickets

/// What the desk does by itself when it warns of a promise, or breaks it.
@Suite struct LadderTests {
    private static let minute: Int64 = 60_000

    private static func settings(_ ladder: [LadderStep]) -> DeskSettings {
        .sample {
            $0.promises = PromisePolicy(
                rules: [
                    PromisePolicy.Rule(
                        name: "all",
                        targets: PromiseTargets(firstResponse: 60 * minute, resolution: 120 * minute)
                    )
                ],
                warnings: [15 * minute])
            $0.keepsPromises = true
            $0.ladder = ladder
        }
    }

    private static func bench(_ ladder: [LadderStep]) throws -> Bench {
        var bench = Bench(settings(ladder))
        let admin = bench.person("root", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, settings(ladder))), from: admin)
        try bench.submit(.sample())
        return bench
    }

    /// What the desk did to the first ticket by itself: `warned`, `priority-set`.
    private static func deeds(_ bench: Bench) -> [String] {
        bench.records.filter { $0.author.role == .desk && $0.event.ticket == 1 }.map(\.event.word)
    }

    @Test func `each step is done with its alert, and once`() throws {
        var bench = try Self.bench([
            LadderStep(
                warning: 15 * Self.minute, clocks: [.firstResponse], priority: .high, participants: ["lead"]),
            LadderStep(warning: nil, clocks: [.firstResponse], priority: .urgent, line: "line-two"),
        ])
        bench.pass(45 * Self.minute)
        #expect(Self.deeds(bench) == [])
        bench.pass(1)
        #expect(Self.deeds(bench) == ["warned", "priority-set", "joined"])
        #expect(bench.ticket(1)?.priority == .high)
        bench.pass(15 * Self.minute)
        #expect(Self.deeds(bench).suffix(3) == ["broken", "priority-set", "overflowed"])
        #expect(bench.ticket(1)?.line == "line-two")
        #expect(bench.ticket(1)?.priority == .urgent)
        // Of its solution nothing was to be done.
        bench.pass(600 * Self.minute)
        #expect(Self.deeds(bench).count == 8)
        #expect(Self.deeds(bench).suffix(2) == ["warned", "broken"])
    }

    @Test func `what is higher is not lowered, and whoever holds a ticket keeps it`() throws {
        var bench = try Self.bench([LadderStep(warning: nil, priority: .normal, line: "line-two")])
        let ann = bench.person("ann", role: .agent)
        try bench.ask(.amend(1, nil, .priority(.urgent)), from: ann)
        try bench.ask(.claim(1, leaseMilliseconds: 36_000_000), from: ann)
        bench.pass(61 * Self.minute)
        #expect(Self.deeds(bench) == ["warned", "broken"])
        #expect(bench.ticket(1)?.priority == .urgent)
        #expect(bench.ticket(1)?.line == "line-one")
        #expect(bench.desk.claims[1] != nil)
    }

    @Test func `steps of one alert are one: the highest priority, each participant once, the first line`()
        throws
    {
        var bench = try Self.bench([
            LadderStep(warning: nil, priority: .urgent, participants: ["boss", "lead"]),
            LadderStep(warning: nil, priority: .high, participants: ["lead"], line: "line-two"),
        ])
        bench.pass(61 * Self.minute)
        #expect(Self.deeds(bench) == ["warned", "broken", "priority-set", "joined", "joined", "overflowed"])
        #expect(bench.ticket(1)?.priority == .urgent)
    }

    /// Both alerts were due while nobody looked: each is followed by what is done about it.
    @Test func `what came late is done in its order`() throws {
        var bench = try Self.bench([
            LadderStep(warning: 15 * Self.minute, priority: .high),
            LadderStep(warning: nil, priority: .urgent),
        ])
        bench.restart(downMilliseconds: 500 * Self.minute)
        bench.pass(Self.minute)
        #expect(Self.deeds(bench) == ["broken", "priority-set", "broken"])
        #expect(bench.ticket(1)?.priority == .urgent)
    }

    @Test func `a step that moves a ticket keeps its place in the order`() throws {
        var bench = try Self.bench([LadderStep(warning: nil, clocks: [.firstResponse], line: "line-two")])
        let since = bench.ticket(1)?.since
        bench.pass(61 * Self.minute)
        #expect(bench.ticket(1)?.line == "line-two")
        #expect(bench.ticket(1)?.since == since)
        _ = bench.node("n2", on: "line-two")
        #expect(bench.held(by: "n2").map(\.ticket) == [1])
    }

    /// Both take it to the same line in the same millisecond, and it goes there once.
    @Test func `a ladder moves nothing that was decided to go on already`() throws {
        var bench = Bench()
        try bench.configure {
            $0 = Self.settings([LadderStep(warning: nil, clocks: [.firstResponse], line: "line-two")])
            $0.lines[0].overflow = Overflow(afterMilliseconds: 60 * Self.minute + 1, to: "line-two")
        }
        try bench.submit(.sample())
        bench.pass(61 * Self.minute)
        #expect(Self.deeds(bench).filter { $0 == "overflowed" }.count == 1)
        #expect(bench.ticket(1)?.line == "line-two")
    }

    /// Simulated seed 245: the alert is due between a message and its fields, when the message starts the clock again.
    @Test func `an alert between a message and its fields moves the ticket, too`() throws {
        var bench = Bench()
        try bench.configure {
            $0 = Self.settings([LadderStep(warning: nil, clocks: [.resolution], line: "line-two")])
            $0.joinWithinMilliseconds = 600 * Self.minute
            let fast = PromisePolicy.Rule(
                name: "fast", priorities: [.urgent], targets: PromiseTargets(resolution: Self.minute))
            $0.promises.rules.insert(fast, at: 0)
        }
        var request = Submission.sample()
        let number = try bench.submit(request)
        bench.pass(2 * Self.minute)
        let ann = bench.person("ann")
        try bench.ask(.claim(number, leaseMilliseconds: Self.minute), from: ann)
        try bench.ask(.pend(number, 1, onHold: false, until: nil, reason: "the number?"), from: ann)
        try bench.ask(.amend(number, nil, .priority(.urgent)), from: ann)
        #expect(Self.deeds(bench) == [])
        request.fields = [Field(name: "order", value: "A-17")]
        #expect(try bench.submit(request) == number)
        #expect(Self.deeds(bench) == ["broken", "overflowed"])
        #expect(bench.ticket(number)?.line == "line-two")
    }

    @Test func `a ladder that no desk can have is told where`() {
        func flaws(_ change: (inout DeskSettings) -> Void) -> [String] {
            var settings = Self.settings([LadderStep(warning: 15 * Self.minute, priority: .high)])
            change(&settings)
            return settings.flaws.map(\.description)
        }
        #expect(flaws { _ in } == [])
        #expect(
            flaws { $0.ladder[0].warning = 1 } == [
                "`ladder.0.at`: nobody is warned then; it is `broken`, or one of the `warnings`"
            ])
        #expect(
            flaws { $0.ladder[0].priority = nil } == [
                "`ladder.0.at`: a step does something: `priority`, `participants` or `line`"
            ])
        #expect(
            flaws { $0.ladder[0].line = "line-tow" } == [
                "`ladder.0.line`: there is no line line-tow; did you mean `line-two`?"
            ])
        #expect(
            flaws { $0.keepsPromises = false } == [
                "`ladder`: this needs `promises`: what is it that may be late?"
            ])
        let tighter = PromisePolicy.Rule(
            name: "fast", priorities: [.high], targets: PromiseTargets(firstResponse: Self.minute))
        #expect(
            flaws { $0.promises.rules.insert(tighter, at: 0) } == [
                "`ladder.0.priority`: the promise `fast` is of less time than others: what is raised to high would be late "
                    + "at once"
            ])
    }
}
