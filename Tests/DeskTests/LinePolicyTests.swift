import Desk
import Promises
import Randomness
import Testing
import Tickets

/// Which ticket of a line comes first under each policy, and the bound that follows from it.
@Suite struct LinePolicyTests {
    private static let minute: Int64 = 60_000

    /// A desk of short promises, two kinds of work, and one seat on line one.
    private static func settings(_ change: (inout LineSettings) -> Void) -> DeskSettings {
        .sample { settings in
            change(&settings.lines[0])
            settings.lines[0].headStartMilliseconds = [0, minute, 4 * minute, 12 * minute]
            settings.lines[0].leaseMilliseconds = 86_400_000
            settings.lines[0].effortFactor = 3
            settings.life.kinds = [
                KindSettings(name: "quick", effortMilliseconds: minute),
                KindSettings(name: "long", effortMilliseconds: 10 * minute),
            ]
            settings.keepsPromises = true
            settings.promises = PromisePolicy(rules: [
                PromisePolicy.Rule(
                    name: "urgent", priorities: [.urgent],
                    targets: PromiseTargets(firstResponse: 2 * minute, nextResponse: minute)),
                PromisePolicy.Rule(
                    name: "others", priorities: [.normal, .high],
                    targets: PromiseTargets(firstResponse: 9 * minute, resolution: 60 * minute)),
            ])
        }
    }

    private static func bench(_ settings: DeskSettings) throws -> Bench {
        var bench = Bench(settings)
        // Promises are kept from the first version of the configuration on.
        let admin = bench.person("root", role: .admin)
        try bench.ask(.configure(.sample(basis: 0, settings)), from: admin)
        bench.isWitnessed = false
        return bench
    }

    static let lines: [LineSettings] = LinePolicy.allCases.flatMap { policy in
        [nil, 5 * minute, 0].map { ageing in
            var line = LineSettings(name: "line-one")
            (line.policy, line.ageingMilliseconds) = (policy, ageing)
            return line
        }
    }

    /// A ticket as the model knows it.
    private struct Waiter {
        var number: TicketNumber
        var priority: Priority
        var kind: String?
        var since: Int64
        /// When the first of its promises is due; nil when it has none.
        var due: Int64?
    }

    private static func model(_ submission: Submission, _ number: TicketNumber, _ now: Moment) -> Waiter {
        let wait: Int64? =
            switch submission.priority {
            case .low: nil
            case .urgent: 2 * minute
            case .normal, .high: 9 * minute
            }
        let since = now.milliseconds
        return Waiter(
            number: number, priority: submission.priority, kind: submission.kind, since: since,
            due: wait.map { since + $0 })
    }

    /// The key by the definition, written out again.
    private static func key(_ waiter: Waiter, _ line: LineSettings) -> Int64 {
        let most = line.ageingMilliseconds ?? 1 << 40
        switch line.policy {
        case .fifo: return waiter.since
        case .priority:
            let behind: [Priority: Int64] = [.low: 12, .normal: 11, .high: 8, .urgent: 0]
            return waiter.since + min(most, (behind[waiter.priority] ?? 0) * minute)
        case .deadline: return min(waiter.due ?? .max, waiter.since + most)
        case .shortestFirst:
            return waiter.since + min(most, waiter.kind == "quick" ? 3 * minute : 30 * minute)
        }
    }

    @Test(arguments: lines)
    func `a line's order is that of a search through all, and nobody is overtaken beyond the bound`(
        _ policy: LineSettings
    ) throws {
        for seed in 1...12 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let settings = Self.settings {
                ($0.policy, $0.ageingMilliseconds) = (policy.policy, policy.ageingMilliseconds)
            }
            let line = settings.lines[0]
            var bench = try Self.bench(settings)
            let node = bench.newSession()
            var (waiting, overtakings) = ([Waiter](), 0)
            for _ in 0..<160 {
                bench.pass(Int64(random.below(40_000)))
                if waiting.isEmpty || random.chance(55) {
                    var submission = Submission.sample(priority: random.pick(Priority.allCases) ?? .low)
                    submission.kind = random.pick(["quick", "long", nil]) ?? nil
                    let number = try bench.submit(submission)
                    waiting.append(Self.model(submission, number, bench.now))
                    continue
                }
                if random.chance(10) { try Self.restart(&bench) }
                let granted = try Self.take(&bench, node)
                let index = try #require(
                    waiting.indices.min {
                        (Self.key(waiting[$0], line), waiting[$0].number)
                            < (Self.key(waiting[$1], line), waiting[$1].number)
                    })
                let taken = waiting.remove(at: index)
                try #require(granted == taken.number, "seed \(seed)")
                for other in waiting where other.since < taken.since {
                    overtakings += 1
                    guard let bound = settings.overtakingBound(of: other.priority, on: line) else { continue }
                    #expect(taken.since - other.since < bound, "\(taken) overtakes \(other), seed \(seed)")
                }
            }
            #expect((overtakings > 0) == (line.policy != .fifo && line.ageingMilliseconds != 0))
        }
    }

    /// The broker comes back with a snapshot.
    private static func restart(_ bench: inout Bench) throws {
        let desk = try #require(Desk(restoring: bench.desk.parts, settings: bench.settings))
        bench.exchange = Exchange(desk: desk, now: bench.now)
    }

    /// One seat takes the first ticket, and solves it.
    private static func take(_ bench: inout Bench, _ node: SessionID) throws -> TicketNumber {
        bench.turn([bench.hello(node, "n1")])
        let granted = try #require(bench.grants(to: node).first)
        bench.turn([.seats(node, 0)])
        let seen = bench.ticket(granted.ticket)?.lastMessage ?? 1
        try bench.ask(.resolve(granted.ticket, granted.token, seen: seen, text: nil), from: node)
        return granted.ticket
    }

    // Bounds of low, normal, high, urgent in minutes.
    @Test(arguments: [
        (LinePolicy.priority, Int64?.none, [12, 11, 8, 0] as [Int64]?),
        (.priority, 9, [9, 9, 8, 0]),
        (.fifo, nil, [0, 0, 0, 0]),
        (.deadline, 5, [5, 5, 5, 5]),
        (.deadline, nil, nil),
        // 3 × 10 minutes, less 3 × 1.
        (.shortestFirst, nil, [27, 27, 27, 27]),
        (.shortestFirst, 7, [4, 4, 4, 4]),
    ])
    func `the bound of each priority follows from the settings`(
        _ policy: LinePolicy, _ ageing: Int64?, _ minutes: [Int64]?
    ) {
        let settings = Self.settings {
            ($0.policy, $0.ageingMilliseconds) = (policy, ageing.map { $0 * Self.minute })
        }
        #expect(settings.flaws.isEmpty)
        let bounds = Priority.allCases.map { settings.overtakingBound(of: $0, on: settings.lines[0]) }
        #expect(bounds == minutes?.map { $0 * Self.minute } ?? [nil, nil, nil, nil])
    }

    @Test func `a message that is owed an answer brings a waiting ticket forward`() throws {
        var bench = try Self.bench(Self.settings { $0.policy = .deadline })
        let ann = bench.person("ann")
        try bench.submit(.sample(priority: .urgent))
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.reply(1, token, seen: 1, text: "We look into it."), from: ann)
        try bench.ask(.release(1, token, reason: "no time", failed: false), from: ann)
        try bench.submit(.sample(priority: .normal))
        // Nothing is promised for the first any more, so it is last.
        #expect(bench.exchange.standing(of: 1)?.ahead == 1)
        try bench.followUp(1)
        #expect(bench.exchange.standing(of: 1)?.ahead == 0)
        #expect(bench.exchange.standing(of: 2)?.ahead == 1)
        let node = bench.newSession()
        #expect(try [Self.take(&bench, node), Self.take(&bench, node)] == [1, 2])
    }

    @Test func `a ticket whose kind turns out to be another takes another place, and has no second one`()
        throws
    {
        var bench = try Self.bench(Self.settings { $0.policy = .shortestFirst })
        let ann = bench.person("ann")
        for _ in 1...3 {
            var submission = Submission.sample()
            submission.kind = "quick"
            try bench.submit(submission)
        }
        try bench.ask(.amend(1, nil, .kind("long")), from: ann)
        #expect([1, 2, 3].map { bench.exchange.standing(of: $0)?.ahead } == [2, 0, 1])
        try bench.ask(.amend(1, nil, .kind("quick")), from: ann)
        try bench.ask(.amend(2, nil, .kind(nil)), from: ann)
        let node = bench.newSession()
        #expect(try (1...3).map { _ in try Self.take(&bench, node) } == [1, 3, 2])
        bench.turn([bench.hello(node, "n1")])
        #expect(bench.grants(to: node).isEmpty)
    }

    @Test(arguments: LinePolicy.allCases)
    func `each priority's longest wait is told with its bound`(_ policy: LinePolicy) throws {
        var bench = try Self.bench(
            Self.settings { ($0.policy, $0.ageingMilliseconds) = (policy, 5 * Self.minute) })
        for kind in ["long", "quick", "long"] {
            var submission = Submission.sample(priority: .high)
            submission.kind = kind
            try bench.submit(submission)
            bench.pass(1_000)
        }
        let node = bench.newSession()
        let taken = try Self.take(&bench, node)
        try bench.submit(.sample(priority: .low))
        bench.pass(500)
        let waits = try #require(bench.exchange.lineFigures().first).waits
        #expect(waits.map(\.oldestMilliseconds) == [500, 0, taken == 1 ? 2_500 : 3_500, 0])
        #expect((taken == 2) == (policy == .shortestFirst))
        let bounds: [Int64?] =
            switch policy {
            case .priority: [5, 5, 5, 0]
            case .fifo: [0, 0, 0, 0]
            case .deadline: [5, 5, 5, 5]
            case .shortestFirst: [2, 2, 2, 2]
            }
        #expect(waits.map(\.boundMilliseconds) == bounds.map { $0.map { $0 * Self.minute } })
    }

    @Test func `a policy that lacks what it goes by is no policy`() {
        var settings = DeskSettings()
        settings.lines[0].policy = .deadline
        settings.lines[1].policy = .shortestFirst
        settings.lines[1].ageingMilliseconds = -1
        settings.lines[1].effortFactor = 0
        #expect(
            settings.flaws.map(\.place)
                == ["lines.0.policy", "lines.1.ageing", "lines.1.effort-factor", "lines.1.policy"])
    }
}
