import Desk
import Testing
import Tickets

@Suite struct WhyTests {
    @Test func `a waiting ticket says its place in its line, with its head start`() throws {
        var bench = Bench(.sample { $0.lines[0].headStartMilliseconds = [0, 0, 0, 60_000] })
        for priority in [Priority.normal, .normal, .urgent, .normal] {
            try bench.submit(.sample(priority: priority))
            bench.pass(1_000)
        }
        let standings = try (1...4).map { try #require(bench.exchange.standing(of: TicketNumber($0))) }
        #expect(standings.map(\.ahead) == [1, 2, 0, 3])
        #expect(standings.map(\.headStartMilliseconds) == [0, 0, 60_000, 0])
        #expect(standings.allSatisfy { !$0.hasMoreAhead && !$0.isReserved && $0.holder == nil })
        #expect(bench.exchange.standing(of: 5) == nil)
        // One that was taken by number is not before the others any more.
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: bench.person("ann"))
        #expect(bench.exchange.standing(of: 2)?.ahead == 1)
    }

    @Test func `a ticket that is moved and moved back counts once`() throws {
        var bench = Bench()
        for _ in 1...3 { try bench.submit() }
        let ann = bench.person("ann", role: .lead)
        for number in [1, 2] as [TicketNumber] {
            for _ in 1...2 {
                for priority in [Priority.high, .normal] {
                    try bench.ask(.amend(number, nil, .priority(priority)), from: ann)
                    #expect(bench.exchange.standing(of: 3)?.ahead == 2)
                }
                for isOn in [true, false] {
                    try bench.ask(.amend(number, nil, .spam(isOn, reason: "odd")), from: ann)
                }
                #expect(bench.exchange.standing(of: 3)?.ahead == 2)
            }
        }
    }

    @Test func `a ticket that asks for less by now counts once, whatever was set on it`() throws {
        var bench = Bench(
            .sample {
                var rule = RoutingRule("ear")
                rule.demands = Demands(preferred: [Skill("music", 1)])
                $0.rules = [rule]
                $0.expertise = [Expertise(nodes: "bach", skills: [Skill("music", 1)])]
                $0.lines[0].preferredForMilliseconds = 60_000
            })
        for _ in 1...3 { try bench.submit() }
        let ann = bench.person("ann", role: .lead)
        for priority in [Priority.high, .normal, .high, .normal] {
            try bench.ask(.amend(1, nil, .priority(priority)), from: ann)
        }
        for _ in 1...3 {
            #expect(bench.exchange.standing(of: 3)?.ahead == 2)
            bench.pass(60_000)
        }
    }

    @Test func `only so many tickets are counted`() throws {
        var bench = Bench()
        bench.isWitnessed = false
        for _ in 0...10_001 { try bench.submit() }
        #expect(bench.exchange.standing(of: 9_000)?.ahead == 8_999)
        let last = try #require(bench.exchange.standing(of: 10_002))
        #expect(last.ahead == 10_000 && last.hasMoreAhead)
    }

    @Test func `each obstacle is told`() throws {
        var bench = Bench()
        func obstacles(_ number: TicketNumber, _ node: Name) throws -> [Obstacle] {
            let standing = try #require(bench.exchange.standing(of: number))
            return bench.exchange.obstacles(between: node, and: standing)
        }
        bench.node("busy")
        bench.node("two", on: "line-two")
        try bench.submit()
        try bench.submit()
        try bench.submit()
        #expect(try obstacles(1, "busy").isEmpty)
        #expect(try obstacles(1, "two") == [.held(by: "busy"), .otherLine("line-two")])
        #expect(try obstacles(2, "busy") == [.seatsTaken(1)])
        #expect(try obstacles(3, "busy") == [.seatsTaken(1), .behind(1, orMore: false)])
        #expect(try obstacles(2, "two") == [.otherLine("line-two")])
        #expect(try obstacles(2, "nobody") == [.absent])
        bench.node("drains", seats: 0)
        #expect(try obstacles(2, "drains") == [.draining])
        let ann = bench.person("ann")
        let token = try bench.ask(.claim(2, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.pend(2, token, onHold: false, until: nil, reason: "r"), from: ann)
        #expect(try obstacles(2, "busy") == [.aside(.pending)])
        #expect(try #require(bench.exchange.standing(of: 2)).ahead == 0)
    }

    @Test func `of a ticket that is held, who has it is told, whether they accepted it, and who could not`()
        throws
    {
        var bench = Bench()
        try bench.configure {
            $0.expertise = [Expertise(nodes: "euler", skills: [Skill("maths", 5)])]
            var rule = RoutingRule("sums")
            rule.demands = Demands(required: [Skill("maths", 2)])
            $0.rules = [rule]
            $0.lines[0].offers = Offers(terms: [], others: 30_000)
        }
        let (euler, _, _) = (bench.node("euler"), bench.node("ann"), bench.node("gauss"))
        try bench.submit()
        let offered = try #require(bench.exchange.standing(of: 1))
        #expect((offered.holderNode, offered.selection) == ("euler", .longestIdle))
        #expect(offered.offeredUntil == bench.now.advanced(byMilliseconds: 30_000))
        #expect(bench.exchange.obstacles(between: "euler", and: offered) == [])
        #expect(
            bench.exchange.obstacles(between: "ann", and: offered) == [
                .held(by: "euler"), .lacks(Skill("maths", 2), until: nil),
            ])
        try bench.ask(.amend(1, 1, .accepted), from: euler)
        #expect(try #require(bench.exchange.standing(of: 1)).offeredUntil == nil)
    }

    @Test func `what was declined, what is parked, and what waits for its owner say so`() throws {
        var bench = Bench()
        let (one, other) = (bench.node("one"), bench.node("other"))
        try bench.submit()
        try bench.submit()
        try bench.ask(.decline(1, 1, reason: "not mine"), from: one)
        let standing = try #require(bench.exchange.standing(of: 1))
        #expect(standing.ticket.declined == ["one"])
        #expect(bench.exchange.obstacles(between: "one", and: standing) == [.declined])
        #expect(bench.exchange.obstacles(between: "other", and: standing) == [.seatsTaken(1)])
        // Escalated and handed back while its owner is busy: for the owner alone.
        try bench.ask(.escalate(2, 1, to: nil, note: "hard"), from: other)
        #expect(bench.desk.claims[1]?.holder.node == "other")
        let two = bench.node("two", on: "line-two")
        try bench.ask(.handBack(2, 2, note: "so"), from: two)
        let back = try #require(bench.exchange.standing(of: 2))
        #expect(back.isReserved && back.ticket.owner == "other")
        #expect(bench.exchange.obstacles(between: "one", and: back) == [.reserved(for: "other")])
        #expect(bench.exchange.obstacles(between: "other", and: back) == [.seatsTaken(1)])
        try bench.ask(.release(1, 2, reason: "", failed: true), from: other)
        bench.pass(1)
        for _ in 0..<3 {
            guard let claim = bench.desk.claims[1] else { break }
            let id = claim.holder.node == "one" ? one : other
            try bench.ask(.release(1, claim.token, reason: "", failed: true), from: id)
        }
        let parked = try #require(bench.exchange.standing(of: 1))
        #expect(parked.ticket.place == .parked)
        #expect(bench.exchange.obstacles(between: "one", and: parked) == [.parked(failures: 3)])
    }
}
