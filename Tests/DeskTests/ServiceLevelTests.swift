import Desk
import Promises
import Testing
import Tickets

/// How many of a line's answers came in time lately.
@Suite struct ServiceLevelTests {
    private static let minute: Int64 = 60_000

    private static func bench(_ targets: PromiseTargets) throws -> Bench {
        var bench = Bench(at: Moment(milliseconds: 1_773_388_800_000))
        try bench.configure {
            $0.promises = PromisePolicy(rules: [PromisePolicy.Rule(name: "all", targets: targets)])
            $0.keepsPromises = true
        }
        return bench
    }

    private static func share(_ bench: inout Bench, _ line: Int = 0) -> Int64? {
        bench.exchange.lineFigures()[line].inTimePerMille
    }

    @Test func `three of four answers in time are 750 of a thousand, for a quarter of an hour`() throws {
        var bench = try Self.bench(PromiseTargets(firstResponse: 5 * Self.minute))
        let node = bench.node("n1", seats: 9)
        for _ in 1...4 { try bench.submit() }
        #expect(Self.share(&bench) == nil, "nothing is answered yet")
        for number in 1...3 as ClosedRange<UInt64> {
            try bench.ask(.reply(TicketNumber(number), 1, seen: 1, text: "Soon."), from: node)
        }
        #expect(Self.share(&bench) == 1_000)
        bench.pass(6 * Self.minute, pinging: [node: bench.held(by: "n1")])
        try bench.ask(.resolve(4, 1, seen: 1, text: "Done."), from: node)
        #expect(Self.share(&bench) == 750)
        #expect(Self.share(&bench, 1) == nil, "the second line gave none")
        // A second answer to the same message was promised to nobody.
        try bench.ask(.reply(1, 1, seen: 1, text: "Still at it."), from: node)
        #expect(Self.share(&bench) == 750)
        bench.pass(10 * Self.minute)
        #expect(Self.share(&bench) == 0, "the three were longer ago")
        bench.pass(10 * Self.minute)
        #expect(Self.share(&bench) == nil)
    }

    @Test func `where no answer is promised there is no level`() throws {
        var bench = try Self.bench(PromiseTargets(resolution: 5 * Self.minute))
        let node = bench.node("n1")
        try bench.submit()
        try bench.ask(.resolve(1, 1, seen: 1, text: "Done."), from: node)
        #expect(Self.share(&bench) == nil)
    }
}
