import Desk
import Testing
import Tickets

/// How long a ticket will wait, by how fast its line was taken from.
@Suite struct PaceTests {
    private static let minute: Int64 = 60_000

    private static func bench(_ givesEstimates: Bool = true) throws -> (Bench, SessionID) {
        var bench = Bench(at: Moment(milliseconds: 1_773_388_800_000))
        let boss = bench.person("boss", role: .admin)
        try bench.ask(
            .configure(.sample(basis: 0, .sample { $0.givesEstimates = givesEstimates })), from: boss)
        let ann = bench.person("ann", role: .lead)
        return (bench, ann)
    }

    private static func wait(_ number: TicketNumber, in bench: inout Bench) throws -> Int64? {
        let standing = try #require(bench.exchange.standing(of: number))
        return bench.exchange.expectedWait(of: standing)
    }

    @Test func `one each four minutes, and the third from here waits for twelve`() throws {
        var (bench, ann) = try Self.bench()
        for _ in 1...7 { try bench.submit() }
        for number in 1...4 as ClosedRange<UInt64> {
            #expect(try Self.wait(5, in: &bench) == nil, "too few were taken to tell")
            // The first is where measuring begins.
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 3_600_000), from: ann)
            if number < 4 { bench.pass(4 * Self.minute) }
        }
        #expect(try Self.wait(5, in: &bench) == 4 * Self.minute)
        #expect(try Self.wait(6, in: &bench) == 8 * Self.minute)
        #expect(try Self.wait(7, in: &bench) == 12 * Self.minute)
        #expect(try Self.wait(1, in: &bench) == nil, "it waits no longer")
    }

    @Test func `what was longer ago than a quarter of an hour counts no more`() throws {
        var (bench, ann) = try Self.bench()
        for _ in 1...9 { try bench.submit() }
        for number in 1...4 as ClosedRange<UInt64> {
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 36_000_000), from: ann)
        }
        bench.pass(10 * Self.minute)
        #expect(try Self.wait(5, in: &bench) == 200_000)
        bench.pass(10 * Self.minute)
        #expect(try Self.wait(5, in: &bench) == nil)
        for number in 5...8 as ClosedRange<UInt64> {
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 36_000_000), from: ann)
        }
        // The window begins with the minute fourteen minutes ago.
        #expect(try Self.wait(9, in: &bench) == 14 * Self.minute / 4)
    }

    @Test func `somebody who is free and may not have what waits is no promise of no wait`() throws {
        var bench = Bench()
        try bench.configure {
            $0.givesEstimates = true
            $0.expertise = [Expertise(nodes: "euler", skills: [Skill("maths", 5)])]
            var rule = RoutingRule("sums")
            rule.demands = Demands(required: [Skill("maths", 2)])
            $0.rules = [rule]
        }
        bench.node("ann")
        #expect(bench.exchange.lineFigures()[0].expectedWaitMilliseconds == 0)
        try bench.submit()
        #expect(bench.exchange.lineFigures()[0].expectedWaitMilliseconds == nil)
    }

    @Test func `a desk that gives no estimates measures nothing`() throws {
        var (bench, ann) = try Self.bench(false)
        for _ in 1...5 { try bench.submit() }
        for number in 1...4 as ClosedRange<UInt64> {
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 3_600_000), from: ann)
        }
        bench.pass(Self.minute)
        #expect(try Self.wait(5, in: &bench) == nil)
    }

    @Test func `what comes before a new ticket is counted once, whatever was set on it`() throws {
        var (bench, ann) = try Self.bench()
        for _ in 1...5 { try bench.submit() }
        for number in 1...4 as ClosedRange<UInt64> {
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 3_600_000), from: ann)
            if number < 4 { bench.pass(4 * Self.minute) }
        }
        for _ in 1...3 { try bench.submit(.sample(priority: .low)) }
        for priority in [Priority.high, .normal, .high, .normal] {
            try bench.ask(.amend(5, nil, .priority(priority)), from: ann)
        }
        try bench.submit()
        guard case .submitted(9, _, let submission) = bench.last.records.first?.event else {
            return #expect(Bool(false), "it was not submitted")
        }
        #expect(submission.expectedWaitMilliseconds == 8 * Self.minute, "only the fifth comes before it")
    }

    @Test func `a new ticket says for how long it is expected to wait`() throws {
        var (bench, ann) = try Self.bench()
        func expected(_ number: UInt64) -> Int64? {
            for record in bench.records {
                if case .submitted(TicketNumber(number), _, let submission) = record.event {
                    return submission.expectedWaitMilliseconds
                }
            }
            return nil
        }
        for _ in 1...5 { try bench.submit() }
        #expect(expected(5) == nil, "nobody has taken any")
        for number in 1...4 as ClosedRange<UInt64> {
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 3_600_000), from: ann)
            if number < 4 { bench.pass(4 * Self.minute) }
        }
        #expect(bench.exchange.lineFigures()[0].expectedWaitMilliseconds == 8 * Self.minute)
        let channel = bench.connect(.channel)
        let id = CommandID(high: 1_000, low: 1)
        let answer = try bench.ask(.submit(.sample()), from: channel, as: id)
        #expect(expected(6) == 8 * Self.minute && answer.expectedWaitMilliseconds == 8 * Self.minute)
        let again = try bench.ask(.submit(.sample()), from: channel, as: id)
        #expect(again.ticket == 6 && again.expectedWaitMilliseconds == nil, "it is of its moment")
        try bench.submit(.sample(priority: .urgent))
        #expect(expected(7) == 4 * Self.minute, "nothing as urgent waits")
        try bench.submit(.sample(priority: .low))
        #expect(expected(8) == 16 * Self.minute)
        bench.node("n1", seats: 9)
        try bench.submit()
        #expect(expected(9) == 0, "somebody is free")
    }
}
