import Desk
import Testing
import Tickets

@Suite struct ClaimTests {
    @Test func `of two people who take the same ticket in one turn, one has it and the other learns who`()
        throws
    {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        let ben = bench.person("ben")
        let (first, second) = (bench.newCommand(), bench.newCommand())
        bench.turn([
            .command(ann, Command(id: first, action: .claim(1, leaseMilliseconds: 60_000))),
            .command(ben, Command(id: second, action: .claim(1, leaseMilliseconds: 60_000))),
        ])
        guard case .answered(let answer) = bench.outcome(of: first, for: ann),
            case .refused(let refusal) = bench.outcome(of: second, for: ben)
        else {
            Issue.record("one answer and one refusal expected: \(bench.last.directives)")
            return
        }
        #expect(answer.token == 1)
        #expect(refusal.code == .heldByAnother)
        #expect(refusal.holder?.displayName == "ann")
        #expect(bench.desk.claims.count == 1)
    }

    @Test func `a ticket that comes to a free seat is granted in the same turn`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        #expect(bench.grants(to: node) == [Held(ticket: 1, token: 1)])
    }

    @Test func `a seat that comes to waiting tickets is filled in the same turn, and only the seats`() throws
    {
        var bench = Bench()
        for _ in 0..<5 { try bench.submit() }
        let node = bench.node("n1", seats: 3)
        #expect(bench.grants(to: node).map(\.ticket) == [1, 2, 3])
        #expect(bench.desk.census.waiting == 2)
    }

    @Test func `a seat that becomes free is filled in the same turn`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.submit()
        try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: node)
        #expect(bench.grants(to: node) == [Held(ticket: 2, token: 1)])
    }

    @Test func `the node that has been idle longest is first`() throws {
        var bench = Bench()
        let first = bench.node("n1", seats: 2)
        let second = bench.node("n2", seats: 2)
        let third = bench.node("n3", seats: 2)
        for (round, expected) in [first, second, third, first, second, third].enumerated() {
            try bench.submit()
            #expect(bench.grants(to: expected).count == 1, "round \(round)")
        }
        try bench.submit()
        #expect(bench.desk.census.waiting == 1)
    }

    @Test func `seats can fall to none, which takes nothing away, and rise again, which is filled at once`()
        throws
    {
        var bench = Bench()
        let node = bench.node("n1", seats: 2)
        try bench.submit()
        bench.turn([.seats(node, 0)])
        #expect(bench.held(by: "n1").count == 1)
        try bench.submit()
        #expect(bench.desk.census.waiting == 1)
        bench.turn([.seats(node, 2)])
        #expect(bench.grants(to: node).map(\.ticket) == [2])
    }

    @Test func `fewer seats than claims means nothing new until enough has ended`() throws {
        var bench = Bench()
        let node = bench.node("n1", seats: 3)
        for _ in 0..<5 { try bench.submit() }
        bench.turn([.seats(node, 1)])
        try bench.ask(.resolve(1, 1, seen: 1, text: nil), from: node)
        try bench.ask(.resolve(2, 1, seen: 1, text: nil), from: node)
        #expect(bench.held(by: "n1").map(\.ticket) == [3])
        try bench.ask(.resolve(3, 1, seen: 1, text: nil), from: node)
        #expect(bench.grants(to: node).map(\.ticket) == [4])
    }

    @Test func `a node gets only tickets of its line`() throws {
        var bench = Bench()
        let two = bench.node("t1", on: "line-two", seats: 5)
        try bench.submit()
        #expect(bench.grants(to: two).isEmpty)
        let one = bench.node("n1")
        try bench.ask(.escalate(1, 1, to: nil, note: "for you"), from: one)
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 2)])
    }

    @Test func `every claim of a ticket has a larger token, also across a restart of the broker`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        var last = Token(0)
        for round in 0..<6 {
            if round == 3 { bench.restart() }
            let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
            #expect(token > last)
            last = token
            try bench.ask(.release(1, token, reason: "later", failed: false), from: ann)
        }
        #expect(last == 6)
    }

    @Test func `a person who claims what they hold is told the token again, and the lease begins anew`()
        throws
    {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let first = try bench.ask(.claim(1, leaseMilliseconds: 10_000), from: ann)
        bench.pass(9_000)
        let second = try bench.ask(.claim(1, leaseMilliseconds: 10_000), from: ann)
        #expect(second.token == first.token)
        bench.pass(9_000)
        #expect(bench.desk.claims[1]?.token == first.token)
        bench.pass(1_000)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test func `a solved ticket cannot be claimed`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: ann)
        #expect(try bench.refusal(.claim(1, leaseMilliseconds: 60_000), from: ann).code == .notOpen)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func `a lease from the network is brought into bounds`(_ lease: Int64) throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: lease), from: ann)
        let milliseconds = bench.desk.claims[1]?.leaseMilliseconds ?? 0
        #expect((1_000...bench.settings.personLeaseMillisecondsMax).contains(milliseconds))
    }
}
