import Desk
import Testing
import Tickets

@Suite struct DeclineTests {
    @Test func `a declined ticket goes to another node, at its place, and not to the same one again`() throws
    {
        var bench = Bench()
        let first = bench.node("n1")
        try bench.submit()
        try bench.submit()
        let second = bench.node("n2", seats: 0)
        try bench.ask(.decline(1, 1, reason: "not mine"), from: first)
        #expect(bench.grants(to: first).map(\.ticket) == [2])
        #expect(bench.ticket(1)?.place == .waiting)
        try bench.ask(.resolve(2, 1, seen: 1, text: nil), from: first)
        #expect(bench.grants(to: first).isEmpty)
        bench.turn([.seats(second, 1)])
        #expect(bench.grants(to: second) == [Held(ticket: 1, token: 2)])
        #expect(bench.ticket(1)?.failures == 0)
    }

    @Test func `a ticket that every node of its line has declined is parked for a person`() throws {
        var bench = Bench()
        let first = bench.node("n1")
        let second = bench.node("n2")
        try bench.submit()
        try bench.ask(.decline(1, 1, reason: "no"), from: first)
        try bench.ask(.decline(1, 2, reason: "no"), from: second)
        #expect(bench.ticket(1)?.place == .parked)
    }

    @Test func `a node that has not seen the ticket is asked before it is parked`() throws {
        // n1 declines and leaves; n2 declines; n3 is there and has not been asked.
        var bench = Bench()
        let first = bench.node("n1")
        try bench.submit()
        let second = bench.node("n2")
        try bench.ask(.decline(1, 1, reason: "no"), from: first)
        bench.turn([.goodbye(first)])
        let third = bench.node("n3")
        try bench.ask(.decline(1, 2, reason: "no"), from: second)
        #expect(bench.grants(to: third).map(\.ticket) == [1])
    }

    @Test func `three declines park it, however many nodes there are`() throws {
        var bench = Bench()
        let nodes = (1...6).map { bench.node(Name("n\($0)") ?? "n") }
        try bench.submit()
        for token in 1...3 as ClosedRange<UInt64> {
            let id = try #require(nodes.first { bench.grants(to: $0).count == 1 })
            try bench.ask(.decline(1, Token(token), reason: "no"), from: id)
        }
        #expect(bench.ticket(1)?.place == .parked)
    }

    @Test func `when all who have not declined it are gone for a while, it is parked and not forgotten`()
        throws
    {
        var bench = Bench()
        let first = bench.node("n1")
        try bench.submit()
        let second = bench.node("n2", seats: 0)
        try bench.ask(.decline(1, 1, reason: "not mine"), from: first)
        bench.turn([.goodbye(second)])
        #expect(bench.ticket(1)?.place == .waiting)
        bench.pass(240_000, pinging: [first: []])
        #expect(bench.ticket(1)?.place == .parked)
        #expect(bench.desk.census.parkings == 1)
    }

    @Test func `a node that has not declined it and comes back in time gets it`() throws {
        var bench = Bench()
        let first = bench.node("n1")
        try bench.submit()
        let second = bench.node("n2", seats: 0)
        try bench.ask(.decline(1, 1, reason: "not mine"), from: first)
        bench.turn([.goodbye(second)])
        bench.pass(60_000, pinging: [first: []])
        let back = bench.node("n2", incarnation: 2)
        #expect(bench.grants(to: back) == [Held(ticket: 1, token: 2)])
    }

    @Test func `release puts a ticket back with its reason, and the next in the line may have it`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.ask(.release(1, 1, reason: "shift over", failed: false), from: node)
        #expect(
            bench.last.records.first?.event
                == .released(
                    1, 1, .released, reason: "shift over", failures: 0, parks: false))
        #expect(bench.grants(to: node) == [Held(ticket: 1, token: 2)])
    }

    @Test func `a ticket that changes its line may be had by whoever declined it before`() throws {
        var bench = Bench()
        let first = bench.node("n1")
        try bench.submit()
        let second = bench.node("n2")
        let two = bench.node("t1", on: "line-two")
        try bench.ask(.decline(1, 1, reason: "no"), from: first)
        try bench.ask(.escalate(1, 2, to: nil, note: "hard"), from: second)
        bench.turn([.goodbye(second)])
        try bench.ask(.handBack(1, 3, note: "easy"), from: two)
        #expect(bench.grants(to: first) == [Held(ticket: 1, token: 4)])
    }
}
