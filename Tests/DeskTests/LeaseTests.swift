import Desk
import Testing
import Tickets

@Suite struct LeaseTests {
    @Test func `a ping that names a claim renews it, for as long as the pings come`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        bench.pass(300_000, pinging: [node: [Held(ticket: 1, token: 1)]])
        #expect(bench.held(by: "n1") == [Held(ticket: 1, token: 1)])
        #expect(bench.desk.census.expired == 0)
    }

    @Test func `a ping that does not name a claim does not renew it, and the node is told when it lapses`()
        throws
    {
        var bench = Bench()
        try bench.submit()
        try bench.submit()
        let node = bench.node("n1", seats: 2)
        bench.turn([.ping(node, [Held(ticket: 2, token: 1)])])
        bench.pass(29_999, pinging: [node: [Held(ticket: 2, token: 1)]])
        #expect(bench.held(by: "n1").count == 2)
        bench.pass(1)
        #expect(bench.revokes(to: node) == [Held(ticket: 1, token: 1)])
        #expect(bench.desk.claims[2]?.token == 1)
    }

    @Test func `a lapsed ticket waits at its old place, its failure is counted, and its seat is free`() throws
    {
        var bench = Bench()
        for _ in 0..<2 { try bench.submit() }
        bench.node("n1")
        bench.pass(29_999)
        #expect(bench.desk.claims[1] != nil)
        bench.pass(1)
        #expect(bench.ticket(1)?.place == .waiting)
        #expect(bench.ticket(1)?.failures == 1)
        #expect(bench.desk.census.expired == 1)
        let other = bench.node("n2")
        #expect(bench.grants(to: other) == [Held(ticket: 1, token: 2)])
    }

    @Test func `a command under the claim is a sign of life`() throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 10_000), from: ann)
        for _ in 0..<5 {
            bench.pass(9_999)
            try bench.ask(.note(1, 1, text: "still at it"), from: ann)
        }
        #expect(bench.desk.claims[1] != nil)
        bench.pass(10_000)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test func `a note without a claim, and the customer's message, renew nothing`() throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        let ben = bench.person("ben")
        try bench.ask(.claim(1, leaseMilliseconds: 10_000), from: ann)
        bench.pass(9_000)
        try bench.ask(.note(1, nil, text: "I know them"), from: ben)
        try bench.followUp(1)
        bench.pass(1_000)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test func `a stall of the broker is forgiven, whatever it lasted`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        bench.pass(10_000, pinging: [node: [Held(ticket: 1, token: 1)]])
        bench.now = bench.now.advanced(byMilliseconds: 600_000)
        bench.turn([.stalled(milliseconds: 600_000)])
        #expect(bench.desk.claims[1] != nil)
        #expect(bench.exchange.presences().count == 1)
        bench.pass(29_999)
        #expect(bench.desk.claims[1] != nil)
        bench.pass(1)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test func `while unread frames wait nobody is judged, and a ping among them comes in time`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        bench.now = bench.now.advanced(byMilliseconds: 40_000)
        bench.turn([], judges: false)
        #expect(bench.desk.claims[1] != nil)
        bench.turn([.ping(node, [Held(ticket: 1, token: 1)])])
        #expect(bench.desk.claims[1] != nil)
        #expect(bench.last.directives == [.pong(node)])
    }

    @Test func `after a restart of the broker every lease has its full time again`() throws {
        var bench = Bench()
        try bench.submit()
        try bench.submit()
        let ann = bench.person("ann")
        bench.node("n1")
        try bench.ask(.claim(2, leaseMilliseconds: 20_000), from: ann)
        bench.pass(19_000)
        bench.restart(downMilliseconds: 3_600_000)
        bench.turn()
        bench.pass(19_999)
        #expect(bench.desk.claims.count == 2)
        bench.pass(1)
        #expect(bench.desk.claims[2] == nil)
        bench.pass(9_999)
        #expect(bench.desk.claims[1] != nil)
        bench.pass(1)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test func `three claims that fail park the ticket, and nobody is granted it`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        for token in 1...3 as ClosedRange<UInt64> {
            #expect(bench.held(by: "n1") == [Held(ticket: 1, token: Token(token))])
            try bench.ask(.release(1, Token(token), reason: "crashed", failed: true), from: node)
        }
        #expect(bench.ticket(1)?.place == .parked)
        #expect(bench.desk.census.parkings == 1)
        bench.node("n2")
        #expect(bench.desk.claims.isEmpty)
    }

    @Test func `a person who takes a parked ticket gives it a new start`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        for token in 1...3 as ClosedRange<UInt64> {
            try bench.ask(.release(1, Token(token), reason: "crashed", failed: true), from: node)
        }
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        #expect(bench.ticket(1)?.failures == 0)
        try bench.ask(.release(1, 4, reason: "try again", failed: false), from: ann)
        #expect(bench.grants(to: node) == [Held(ticket: 1, token: 5)])
    }
}
