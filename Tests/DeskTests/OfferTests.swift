import Desk
import Testing
import Tickets

/// What a node is granted on a line with offers, it has to accept in time.
@Suite struct OfferTests {
    private static func bench(_ offers: Offers = Offers()) throws -> Bench {
        let settings = DeskSettings.sample { $0.lines[0].offers = offers }
        var bench = Bench(settings)
        let admin = bench.person("root", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: admin)
        return bench
    }

    private static func submit(_ bench: inout Bench, _ channel: Name = "mail") throws {
        var submission = Submission.sample()
        submission.channel = channel
        try bench.submit(submission)
    }

    private static let held = [Held(ticket: 1, token: 1)]

    @Test(arguments: [("mail", 120_000), ("chat", 30_000)] as [(Name, Int64)])
    func `an offer ends after the time of its channel, whatever pings the node sends`(
        _ channel: Name, _ milliseconds: Int64
    ) throws {
        var bench = try Self.bench()
        try Self.submit(&bench, channel)
        let node = bench.node("n1")
        #expect(bench.desk.claims[1]?.offerMilliseconds == milliseconds)
        bench.pass(milliseconds - 1, pinging: [node: Self.held])
        #expect(bench.desk.claims[1] != nil)
        bench.pass(1)
        #expect(bench.desk.claims[1] == nil)
        #expect(bench.revokes(to: node) == Self.held)
        #expect(bench.ticket(1)?.place == .waiting)
    }

    @Test func `an accepted offer is a claim like any other`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let node = bench.node("n1")
        bench.pass(119_999, pinging: [node: Self.held])
        try bench.ask(.amend(1, 1, .accepted), from: node)
        #expect(bench.desk.claims[1]?.offerMilliseconds == nil)
        bench.pass(300_000, pinging: [node: Self.held])
        #expect(bench.held(by: "n1") == Self.held)
        bench.pass(30_000)
        #expect(bench.desk.census.expired == 1)
    }

    @Test func `a lease that ends before its offer would have is judged when it ends`() throws {
        var bench = try Self.bench(Offers(terms: [], others: 600_000))
        try Self.submit(&bench)
        let node = bench.node("n1")
        bench.pass(60_000, pinging: [node: Self.held])
        try bench.ask(.amend(1, 1, .accepted), from: node)
        bench.pass(29_999)
        #expect(bench.held(by: "n1") == Self.held)
        bench.pass(1)
        #expect(bench.desk.claims[1] == nil)
        #expect(bench.desk.census.expired == 1)
    }

    @Test func `whatever is done under the token accepts an offer`() throws {
        for action in [
            Action.note(1, 1, text: "at it"), .reply(1, 1, seen: 1, text: "hello"),
            .amend(1, 1, .priority(.high)),
        ] {
            var bench = try Self.bench()
            try Self.submit(&bench)
            let node = bench.node("n1")
            try bench.ask(action, from: node)
            #expect(bench.desk.claims[1]?.offerMilliseconds == nil, "\(action)")
        }
    }

    @Test func `who misses an offer gets nothing until they send their seats`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let node = bench.node("n1", seats: 2)
        bench.pass(120_000, pinging: [node: Self.held])
        try Self.submit(&bench)
        #expect(bench.desk.holdings["n1", default: []].isEmpty)
        let standing = try #require(bench.exchange.standing(of: 1))
        #expect(bench.exchange.obstacles(between: "n1", and: standing).map(\.word) == ["away"])
        bench.turn([.seats(node, 2)])
        #expect(bench.grants(to: node).map(\.ticket) == [1, 2])
    }

    @Test func `a node that connects anew is back`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let node = bench.node("n1")
        bench.pass(120_000, pinging: [node: Self.held])
        #expect(bench.desk.claims[1] == nil)
        bench.turn([bench.hello(node, "n1")])
        #expect(bench.grants(to: node).map(\.ticket) == [1])
    }

    @Test func `a node that says that nobody is there gets nothing, from another broker too`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        bench.restart()
        let node = bench.newSession()
        let presence = Presence(name: "n1", incarnation: 1, line: "line-one", seats: 1, isAway: true)
        bench.turn([.hello(node, .nodeKey, Hello(presence: presence, held: []))])
        #expect(bench.exchange.presence(named: "n1")?.isAway == true)
        #expect(bench.desk.claims[1] == nil)
        bench.turn([.seats(node, 1)])
        #expect(bench.grants(to: node).map(\.ticket) == [1])
    }

    @Test func `a missed offer goes to the next at its old place, and counts as no failure`() throws {
        var bench = try Self.bench()
        for _ in 0..<2 { try Self.submit(&bench) }
        let (one, two) = (bench.node("n1"), bench.node("n2"))
        try bench.ask(.amend(2, 1, .accepted), from: two)
        try Self.submit(&bench)
        bench.pass(120_000, pinging: [one: Self.held, two: [Held(ticket: 2, token: 1)]])
        #expect(bench.ticket(1)?.failures == 0)
        #expect(bench.ticket(1)?.owner == nil, "who missed it does not answer to its customer")
        try bench.ask(.resolve(2, 1, seen: 1, text: "done"), from: two)
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 2)])
    }

    @Test func `a declined offer is not made again to who declined it`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let (one, two) = (bench.node("n1"), bench.node("n2"))
        try bench.ask(.decline(1, 1, reason: "not my subject"), from: one)
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 2)])
        bench.pass(120_000, pinging: [one: [], two: [Held(ticket: 1, token: 2)]])
        #expect(bench.desk.claims[1] == nil, "one declined it, two is away")
    }

    @Test func `an offer that its node did not hear of begins anew, one that it knows does not`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let node = bench.node("n1")
        bench.pass(100_000, pinging: [node: Self.held])
        bench.turn([bench.hello(node, "n1", held: Self.held)])
        bench.pass(20_000, pinging: [node: Self.held])
        #expect(bench.desk.claims[1] == nil)
        bench.turn([.seats(node, 1)])
        bench.pass(100_000, pinging: [node: []])
        bench.turn([bench.hello(node, "n1")])
        bench.pass(119_999, pinging: [node: [Held(ticket: 1, token: 2)]])
        #expect(bench.held(by: "n1") == [Held(ticket: 1, token: 2)])
    }

    @Test func `an offer outlives a restart of the broker, and its time begins anew`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        bench.node("n1")
        bench.pass(10_000)
        bench.restart()
        let node = bench.newSession()
        bench.turn([bench.hello(node, "n1", held: Self.held)])
        bench.pass(119_999, pinging: [node: Self.held])
        #expect(bench.held(by: "n1") == Self.held)
        bench.pass(1)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test func `nobody accepts what is not offered, and nobody but the desk offers`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let node = bench.node("n1")
        #expect(try bench.refusal(.amend(1, 1, .offered(milliseconds: 9)), from: node).code == .notAuthorised)
        try bench.ask(.amend(1, 1, .accepted), from: node)
        #expect(try bench.refusal(.amend(1, 1, .accepted), from: node).code == .notHeld)
        let ann = bench.person("ann")
        #expect(try bench.refusal(.amend(1, nil, .accepted), from: ann).code == .notHeld)
    }

    @Test func `people who take a ticket by number have accepted it`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench)
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 600_000), from: ann)
        #expect(bench.desk.claims[1]?.offerMilliseconds == nil)
    }

    @Test func `a line without offers makes none`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        #expect(bench.desk.claims[1]?.offerMilliseconds == nil)
        #expect(try bench.refusal(.amend(1, 1, .accepted), from: node).code == .notHeld)
    }
}
