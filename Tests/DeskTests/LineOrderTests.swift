import Desk
import Testing
import Tickets

@Suite struct LineOrderTests {
    @Test func `tickets of equal priority are granted first come, first served`() throws {
        var bench = Bench()
        for _ in 0..<20 {
            try bench.submit()
            bench.pass(7)
        }
        #expect(try grantedInTurn(&bench, 20) == (1...20).map { TicketNumber($0) })
    }

    @Test func `tickets of the same millisecond are granted in order of number`() throws {
        var bench = Bench()
        for _ in 0..<10 { try bench.submit() }
        #expect(try grantedInTurn(&bench, 10) == (1...10).map { TicketNumber($0) })
    }

    @Test func `of tickets that came together, the more urgent is first`() throws {
        var bench = Bench()
        for priority in [Priority.low, .normal, .high, .urgent] {
            try bench.submit(.sample(priority: priority))
        }
        #expect(try grantedInTurn(&bench, 4) == [4, 3, 2, 1])
    }

    @Test func `those that come next are known before anybody takes them`() throws {
        var bench = Bench()
        for _ in 0..<10 { try bench.submit() }
        try bench.submit(.sample(priority: .urgent))
        #expect(Set(bench.exchange.upcoming(3)) == [1, 2, 3, 11])
        _ = try grantedInTurn(&bench, 2)
        // Those that were just granted may still be named.
        #expect(Set(bench.exchange.upcoming(3)).isSuperset(of: [2, 3]))
        #expect(bench.exchange.upcoming(0).isEmpty)
    }

    // Head starts: low 0, normal 1 h, high 4 h, urgent 12 h.
    @Test(arguments: [
        (Priority.low, Priority.normal, Int64(3_600_000)),
        (.low, .high, 14_400_000),
        (.low, .urgent, 43_200_000),
        (.normal, .urgent, 39_600_000),
        (.high, .urgent, 28_800_000),
    ])
    func `a ticket is overtaken only within the difference of the head starts`(
        _ lower: Priority, _ higher: Priority, _ bound: Int64
    ) throws {
        var bench = Bench()
        try bench.submit(.sample(priority: lower))
        bench.pass(bound - 1)
        try bench.submit(.sample(priority: higher))
        bench.pass(1)
        try bench.submit(.sample(priority: higher))
        bench.pass(1)
        try bench.submit(.sample(priority: higher))
        #expect(try grantedInTurn(&bench, 4) == [2, 1, 3, 4])
    }

    @Test func `a permanent stream of urgent tickets cannot starve a low one`() throws {
        var bench = Bench(
            .sample {
                $0.lines[0].headStartMilliseconds = [0, 1_000, 2_000, 10_000]
                $0.lines[0].leaseMilliseconds = 3_600_000
            })
        try bench.submit(.sample(priority: .low))
        let began = bench.now
        let node = bench.node("n1", seats: 0)
        for _ in 0..<5 { try bench.submit(.sample(priority: .urgent)) }
        bench.turn([.seats(node, 1)])
        while bench.desk.claims[1] == nil {
            let held = try #require(bench.held(by: "n1").first)
            bench.pass(1_000)
            try bench.submit(.sample(priority: .urgent))
            try bench.ask(.resolve(held.ticket, held.token, seen: 1, text: nil), from: node)
            try #require(bench.now.milliseconds(since: began) < 60_000, "starved")
        }
        // 10 s of head start and the five urgent ones that were there, a second each.
        #expect(bench.now.milliseconds(since: began) <= 16_000)
    }

    @Test func `a ticket that comes back keeps its place`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<3 {
            try bench.submit()
            bench.pass(10)
        }
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.submit()
        bench.pass(10)
        try bench.ask(.release(1, token, reason: "no time", failed: false), from: ann)
        #expect(try grantedInTurn(&bench, 4) == [1, 2, 3, 4])
    }

    @Test func `an escalated ticket stands in the next line where its wait from the beginning puts it`()
        throws
    {
        var bench = Bench()
        let one = bench.node("n1", seats: 3)
        for _ in 0..<3 {
            try bench.submit()
            bench.pass(10)
        }
        for ticket in [TicketNumber(3), 1, 2] {
            try bench.ask(.escalate(ticket, 1, to: nil, note: "hard"), from: one)
        }
        let two = bench.node("t1", on: "line-two", seats: 3)
        #expect(bench.grants(to: two).map(\.ticket) == [1, 2, 3])
    }

    @Test func `a ticket claimed by number and put back is granted once and in order`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<4 { try bench.submit() }
        for round in 1...3 as ClosedRange<UInt64> {
            try bench.ask(.claim(2, leaseMilliseconds: 60_000), from: ann)
            try bench.ask(.release(2, Token(round), reason: "no", failed: false), from: ann)
        }
        #expect(try grantedInTurn(&bench, 4) == [1, 2, 3, 4])
    }

    /// Lets one seat work everything, and gives the order in which it was granted.
    private func grantedInTurn(_ bench: inout Bench, _ count: Int) throws -> [TicketNumber] {
        let node = bench.node("worker")
        var granted = bench.grants(to: node)
        while granted.count < count {
            let held = try #require(granted.last)
            try bench.ask(.resolve(held.ticket, held.token, seen: 1, text: nil), from: node)
            granted += bench.grants(to: node)
        }
        return granted.map(\.ticket)
    }
}
