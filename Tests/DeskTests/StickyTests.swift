import Desk
import Testing
import Tickets

/// A customer's new ticket goes to whoever solved their last one, if they have room.
@Suite struct StickyTests {
    private static let hour: Int64 = 3_600_000

    /// A desk on which `knows` has solved ann's last ticket, and `early` idles for longer.
    private struct Scene {
        var bench: Bench
        let knows: SessionID
        let early: SessionID

        init(_ change: (inout DeskSettings) -> Void = { _ in }) throws {
            bench = Bench()
            try bench.configure {
                $0.stickyMilliseconds = 24 * hour
                change(&$0)
            }
            knows = bench.node("knows", seats: 2)
            try bench.solve(bench.submit(.sample(customer: "ann")), at: knows)
            early = bench.node("early", seats: 2)
            try bench.solve(bench.submit(.sample(customer: "zed")), at: knows)
        }

        /// Who gets a new ticket of a customer.
        mutating func taker(_ customer: String) throws -> Name? {
            // First the one, then the other: written as one, `holder` would look at the desk of before.
            let number = try bench.submit(.sample(customer: customer))
            return bench.holder(of: number)
        }
    }

    @Test func `who solved the last one gets it, and the longest idle what nobody knows`() throws {
        var scene = try Scene()
        #expect(try scene.taker("ANN") == "knows")
        #expect(try scene.taker("ben") == "early")
    }

    @Test func `nobody waits for who knows the customer when they are full, away or on another line`() throws
    {
        var scene = try Scene()
        #expect(try scene.taker("ann") == "knows")
        #expect(try scene.taker("ann") == "knows")
        #expect(try scene.taker("ann") == "early")
        scene = try Scene()
        scene.bench.turn([.goodbye(scene.knows)])
        #expect(try scene.taker("ann") == "early")
        scene = try Scene()
        scene.bench.turn([.goodbye(scene.knows)])
        scene.bench.node("knows", on: "line-two")
        #expect(try scene.taker("ann") == "early")
    }

    @Test func `a deputy has it before the line has`() throws {
        var scene = try Scene { $0.life.deputies = [Deputy(owner: "knows", deputy: "deputy")] }
        scene.bench.node("deputy", seats: 1)
        scene.bench.turn([.seats(scene.knows, 0)])
        #expect(try scene.taker("ann") == "deputy")
        #expect(try scene.taker("ann") == "early")
    }

    @Test func `who has declined it, or knows too little for it, does not get it`() throws {
        var scene = try Scene()
        let number = try scene.bench.submit(.sample(customer: "ann"))
        #expect(scene.bench.holder(of: number) == "knows")
        try scene.bench.ask(.decline(number, 1, reason: "not again"), from: scene.knows)
        #expect(scene.bench.holder(of: number) == "early")
        scene = try Scene {
            $0.expertise = [Expertise(nodes: "early", skills: [Skill("maths", 1)])]
            var rule = RoutingRule("all")
            rule.conditions.words = [WordPattern("maths")]
            rule.demands = Demands(required: [Skill("maths", 1)])
            $0.rules = [rule]
        }
        let asking = try scene.bench.submit(.sample(customer: "ann", body: "maths"))
        #expect(scene.bench.holder(of: asking) == "early")
    }

    @Test func `nobody is overtaken for it`() throws {
        var scene = try Scene()
        scene.bench.turn([.seats(scene.early, 0), .seats(scene.knows, 0)])
        for customer in ["ben", "ann", "cat"] { try scene.bench.submit(.sample(customer: customer)) }
        scene.bench.turn([.seats(scene.knows, 1)])
        #expect(scene.bench.grants(to: scene.knows).map(\.ticket) == [3])
        scene.bench.turn([.seats(scene.early, 2), .seats(scene.knows, 2)])
        #expect(scene.bench.grants(to: scene.knows).map(\.ticket) == [4])
        #expect(scene.bench.grants(to: scene.early).map(\.ticket) == [5])
    }

    @Test func `it is forgotten after its time`() throws {
        var scene = try Scene()
        scene.bench.pass(24 * Self.hour, pinging: [scene.knows: [], scene.early: []])
        #expect(try scene.taker("ann") == "knows")
        scene = try Scene()
        scene.bench.pass(24 * Self.hour + 1, pinging: [scene.knows: [], scene.early: []])
        #expect(try scene.taker("ann") == "early")
    }

    @Test func `a restart and a snapshot forget nothing, and a desk without it keeps nothing`() throws {
        var scene = try Scene()
        scene.bench.turn([.seats(scene.knows, 0), .seats(scene.early, 0)])
        try scene.bench.submit(.sample(customer: "ann"))
        let desk = try #require(Desk(restoring: scene.bench.desk.parts, settings: scene.bench.settings))
        #expect(DeskImage(desk).differences(from: DeskImage(scene.bench.desk)) == [])
        scene.bench.exchange = Exchange(desk: desk, now: scene.bench.now)
        scene.bench.node("early", seats: 2)
        let back = scene.bench.node("knows", seats: 3)
        #expect(scene.bench.exchange.standing(of: 3)?.familiar == nil, "it is granted")
        #expect(try scene.taker("ann") == "knows")
        #expect(scene.bench.held(by: "knows").count + scene.bench.held(by: "early").count == 2)
        scene.bench.turn([.goodbye(back)])
        try scene.bench.configure { $0.stickyMilliseconds = nil }
        #expect(scene.bench.desk.customers == nil)
    }

    @Test func `why says for whom it is`() throws {
        var scene = try Scene()
        scene.bench.turn([.seats(scene.knows, 0), .seats(scene.early, 0)])
        let number = try scene.bench.submit(.sample(customer: "ann"))
        #expect(scene.bench.exchange.standing(of: number)?.familiar == "knows")
        let detail = scene.bench.records.last { $0.event.ticket == number }?.event.detail
        #expect(detail?.contains(", for knows first") == true)
    }

    @Test func `what is out of bounds is no setting`() {
        #expect(DeskSettings.sample { $0.stickyMilliseconds = 59_999 }.flaws.map(\.place) == ["sticky"])
        #expect(DeskSettings.sample { $0.stickyMilliseconds = 60_000 }.flaws.isEmpty)
    }
}

extension Bench {
    fileprivate mutating func solve(_ number: TicketNumber, at session: SessionID) throws {
        let token = try #require(ticket(number)?.token)
        try ask(.resolve(number, token, seen: 1, text: nil), from: session)
    }

    fileprivate func holder(of number: TicketNumber) -> Name? { desk.claims[number]?.holder.node }
}
