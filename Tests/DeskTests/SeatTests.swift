import Desk
import Testing
import Tickets

/// How much of a seat tickets take, where a desk's channels differ in that.
@Suite struct SeatTests {
    private static func bench(_ costs: SeatCosts? = SeatCosts()) throws -> Bench {
        let settings = DeskSettings.sample { $0.seatCosts = costs }
        var bench = Bench(settings)
        try configure(&bench, costs)
        return bench
    }

    private static func configure(_ bench: inout Bench, _ costs: SeatCosts?) throws {
        var settings = bench.desk.settings
        settings.seatCosts = costs
        let admin = bench.person("root", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: admin)
    }

    private static func submit(_ bench: inout Bench, _ channels: [Name]) throws {
        for channel in channels {
            var submission = Submission.sample()
            submission.channel = channel
            try bench.submit(submission)
        }
    }

    @Test(arguments: [
        // What waits, in order; seats; how many are granted.
        (["chat", "chat", "chat", "chat", "chat"] as [Name], 1, 4),
        (["mail", "mail", "mail"], 1, 2),
        (["call", "call"], 1, 1),
        (["chat", "mail", "chat", "chat"], 1, 3),
        (["mail", "chat", "mail", "chat"], 1, 2),
        (["chat", "call", "chat"], 1, 1),
        (["call", "chat", "mail", "call", "mail"], 3, 4),
        (["mail", "mail"], 0, 0),
    ])
    func `a node is granted what its seats have room for, in order, and nothing past what has none`(
        _ channels: [Name], _ seats: Int, _ count: Int
    ) throws {
        var bench = try Self.bench()
        try Self.submit(&bench, channels)
        let node = bench.node("n1", seats: seats)
        #expect(bench.grants(to: node).map(\.ticket.rawValue) == (1...5).prefix(count).map { UInt64($0) })
    }

    @Test func `what has no room with one goes to another who has`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, ["chat"])
        let (one, two) = (bench.node("n1"), bench.newSession())
        try Self.submit(&bench, ["call", "chat"])
        #expect(bench.grants(to: one).isEmpty)
        bench.turn([bench.hello(two, "n2")])
        #expect(bench.grants(to: two).map(\.ticket) == [2])
        #expect(bench.grants(to: one).map(\.ticket) == [3])
    }

    @Test func `the first that has no room is next as soon as it has`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, ["chat", "call", "chat"])
        let node = bench.node("n1")
        let standing = try #require(bench.exchange.standing(of: 2))
        #expect(bench.exchange.obstacles(between: "n1", and: standing) == [.noRoom(perSeat: 1)])
        try bench.ask(.resolve(1, 1, seen: 1, text: nil), from: node)
        #expect(bench.grants(to: node).map(\.ticket) == [2])
        try bench.ask(.resolve(2, 1, seen: 1, text: nil), from: node)
        #expect(bench.grants(to: node).map(\.ticket) == [3])
    }

    @Test func `a reconnect, a restart and a snapshot forget nothing of what is held`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, ["chat", "mail", "call", "chat"])
        let node = bench.node("n1")
        let held = bench.held(by: "n1")
        #expect(held.map(\.ticket) == [1, 2])
        bench.turn([bench.hello(node, "n1", held: held)])
        #expect(bench.grants(to: node).isEmpty)
        bench.restart()
        #expect(bench.desk.channels.count == 4)
        bench.turn([bench.hello(node, "n1", held: held)])
        #expect(bench.grants(to: node).isEmpty)
        let desk = try #require(Desk(restoring: bench.desk.parts, settings: bench.settings))
        #expect(DeskImage(desk).differences(from: DeskImage(bench.desk)) == [])
        bench.exchange = Exchange(desk: desk, now: bench.now)
        bench.turn([bench.hello(node, "n1", held: held)])
        #expect(bench.grants(to: node).isEmpty)
        #expect(
            bench.exchange.presence(named: "n1").map { bench.exchange.desk.freePoints(of: $0) } == SeatCosts
                .seat
                / 4)
    }

    @Test func `nothing is taken away by other settings, and nothing is granted until it fits`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, ["chat", "chat", "chat", "chat", "chat"])
        let node = bench.node("n1")
        #expect(bench.held(by: "n1").count == 4)
        try Self.configure(&bench, nil)
        #expect(bench.held(by: "n1").count == 4)
        for number in 1...3 as ClosedRange<UInt64> {
            let number = TicketNumber(number)
            try bench.ask(.resolve(number, 1, seen: 1, text: nil), from: node)
            #expect(bench.grants(to: node).isEmpty)
        }
        try bench.ask(.resolve(4, 1, seen: 1, text: nil), from: node)
        #expect(bench.grants(to: node).map(\.ticket) == [5])
    }

    @Test func `what came before the desk told channels apart takes a whole seat until it is solved`() throws
    {
        var bench = try Self.bench(nil)
        try Self.submit(&bench, ["call", "chat"])
        let node = bench.node("n1")
        try Self.configure(&bench, SeatCosts())
        try Self.submit(&bench, ["mail", "mail"])
        #expect(bench.held(by: "n1").map(\.ticket) == [1])
        let standing = try #require(bench.exchange.standing(of: 3))
        #expect(
            bench.exchange.obstacles(between: "n1", and: standing) == [
                .seatsTaken(1), .behind(1, orMore: false),
            ])
        try bench.ask(.resolve(1, 1, seen: 1, text: nil), from: node)
        #expect(bench.held(by: "n1").map(\.ticket) == [2])
        bench.restart()
        bench.turn([bench.hello(node, "n1", held: bench.held(by: "n1"))])
        #expect(bench.held(by: "n1").map(\.ticket) == [2])
        try bench.ask(.resolve(2, 1, seen: 1, text: nil), from: node)
        #expect(bench.held(by: "n1").map(\.ticket) == [3, 4])
        // So does what came before it told them apart anew: what it knew is gone.
        try Self.configure(&bench, nil)
        try Self.configure(&bench, SeatCosts())
        try Self.submit(&bench, ["chat"])
        for (number, held) in [(3, [4]), (4, [5])] as [(TicketNumber, [TicketNumber])] {
            try bench.ask(.resolve(number, 1, seen: 1, text: nil), from: node)
            #expect(bench.held(by: "n1").map(\.ticket) == held)
        }
    }

    @Test func `a call that a node takes over leaves it no room`() throws {
        var bench = try Self.bench()
        try Self.submit(&bench, ["call"])
        let person = bench.person("n1", role: .lead)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: person)
        let node = bench.node("n1")
        try Self.submit(&bench, ["chat"])
        #expect(bench.grants(to: node).isEmpty)
    }

    @Test func `a desk that tells no channels apart keeps none`() throws {
        var bench = try Self.bench(nil)
        try Self.submit(&bench, ["chat", "call"])
        let node = bench.node("n1", seats: 2)
        #expect(bench.grants(to: node).count == 2)
        #expect(bench.desk.channels.isEmpty)
    }

    @Test func `a share that is none is no setting`() {
        var settings = DeskSettings()
        settings.seatCosts = SeatCosts(
            shares: [SeatCosts.Share("chat", perSeat: 17), SeatCosts.Share("chat", perSeat: 1)], others: 0)
        #expect(settings.flaws.map(\.place) == ["seats.chat", "seats.ticket", "seats.chat"])
    }
}
