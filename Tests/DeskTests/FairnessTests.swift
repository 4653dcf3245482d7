import Desk
import Testing
import Tickets

/// One customer's flood does not delay the others.
@Suite struct FairnessTests {
    private static let minute: Int64 = 60_000

    private static func bench() throws -> Bench {
        var bench = Bench()
        try configure(&bench, Fairness(free: 2, stepMilliseconds: 10 * minute, mostMilliseconds: 30 * minute))
        return bench
    }

    private static func configure(_ bench: inout Bench, _ fairness: Fairness?) throws {
        let boss = bench.connect(.person(Name("boss-\(bench.desk.version)") ?? "boss", role: .admin))
        try bench.ask(
            .configure(.sample(basis: bench.desk.version, .sample { $0.fairness = fairness })), from: boss)
    }

    private static func submit(_ bench: inout Bench, _ customers: String...) throws {
        for customer in customers {
            try bench.submit(.sample(customer: customer))
            bench.pass(minute)
        }
    }

    private static func lags(_ bench: Bench, _ numbers: ClosedRange<UInt64>) -> [Int64?] {
        numbers.map {
            bench.exchange.standing(of: TicketNumber($0)).map { -$0.headStartMilliseconds / minute }
        }
    }

    /// A normal ticket counts as if it had come an hour earlier.
    private static let head: Int64 = -60

    @Test func `so many wait as they came, each further one so much later, and none later than the most`()
        throws
    {
        var bench = try Self.bench()
        try Self.submit(&bench, "flood", "flood", "flood", "flood", "flood", "flood", "ann")
        #expect(Self.lags(bench, 1...7) == [0, 0, 10, 20, 30, 30, 0].map { $0 + Self.head })
    }

    @Test func `others come before the flood`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, "flood", "flood", "flood", "flood", "ann", "ben")
        let one = bench.node("n1", seats: 6)
        #expect(bench.grants(to: one).map(\.ticket) == [1, 2, 5, 6, 3, 4])
    }

    @Test func `and the flood comes before who is later than that`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, "flood", "flood", "flood")
        bench.pass(20 * Self.minute)
        try Self.submit(&bench, "ann")
        let one = bench.node("n1", seats: 6)
        #expect(bench.grants(to: one).map(\.ticket) == [1, 2, 3, 4])
    }

    @Test func `what is solved does not count, and counts again when it is opened again`() throws {
        var bench = try Self.bench()
        let ann = bench.person("ann")
        try Self.submit(&bench, "flood", "Flood")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.resolve(1, 1, seen: 1, text: nil), from: ann)
        try Self.submit(&bench, "FLOOD")
        #expect(Self.lags(bench, 3...3) == [Self.head])
        try bench.followUp(1)
        try Self.submit(&bench, "flood")
        #expect(Self.lags(bench, 4...4) == [20 + Self.head])
        try bench.ask(.merge(4, nil, into: 3), from: bench.connect(.person("lea", role: .lead)))
        try Self.submit(&bench, "flood")
        #expect(Self.lags(bench, 5...5) == [20 + Self.head])
    }

    @Test func `a ticket that comes back has the place that it had`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, "flood", "flood", "flood", "ann")
        let ann = bench.person("ann")
        try bench.ask(.claim(3, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.release(3, 1, reason: "r", failed: false), from: ann)
        let one = bench.node("n1", seats: 6)
        #expect(bench.grants(to: one).map(\.ticket) == [1, 2, 4, 3])
    }

    @Test func `a restart and a snapshot forget nothing, and a desk that is not fair keeps nothing`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, "flood", "flood", "flood")
        bench.restart()
        #expect(Self.lags(bench, 3...3) == [10 + Self.head])
        let desk = try #require(Desk(restoring: bench.desk.parts, settings: bench.settings))
        #expect(DeskImage(desk).differences(from: DeskImage(bench.desk)) == [])
        bench.exchange = Exchange(desk: desk, now: bench.now)
        try Self.submit(&bench, "flood")
        #expect(Self.lags(bench, 3...4) == [10 + Self.head, 20 + Self.head])
        try Self.configure(&bench, nil)
        #expect(bench.desk.customers == nil)
        #expect(Self.lags(bench, 3...4) == [Self.head, Self.head])
    }

    @Test func `what it adds to the time for which one is overtaken is in the bound`() {
        let settings = DeskSettings.sample {
            $0.fairness = Fairness(free: 1, stepMilliseconds: 1_000, mostMilliseconds: 7_000)
            $0.lines[1].policy = .fifo
        }
        #expect(settings.overtakingBound(of: .urgent, on: settings.lines[0]) == 7_000)
        #expect(settings.overtakingBound(of: .low, on: settings.lines[1]) == 7_000)
        #expect(Fairness(free: 1, stepMilliseconds: .max, mostMilliseconds: 5).lag(behind: .max) == 5)
    }

    @Test func `what is out of bounds is no setting`() {
        let settings = DeskSettings.sample {
            $0.fairness = Fairness(free: 0, stepMilliseconds: 999, mostMilliseconds: 31_536_000_001)
        }
        #expect(settings.flaws.map(\.place) == ["fairness.free", "fairness.step", "fairness.most"])
    }
}
