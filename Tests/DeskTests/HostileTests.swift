import Desk
import Testing
import Tickets

/// What a broken or hostile peer can send; the broker must neither stop nor grow.
@Suite struct HostileTests {
    @Test(arguments: [Int.min, -1, 0, .max])
    func `seats from the network are brought into bounds`(_ seats: Int) throws {
        var bench = Bench()
        let ann = bench.person("n1")
        try bench.submit()
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        let node = bench.node("n1", seats: seats)
        #expect((0...bench.settings.limits.seatsMax).contains(bench.exchange.presences()[0].seats))
        #expect(bench.grants(to: node).count == (seats > 0 ? 1 : 0))
        bench.turn([.seats(node, seats)])
        #expect((0...bench.settings.limits.seatsMax).contains(bench.exchange.presences()[0].seats))
    }

    @Test func `numbers at their ends do not stop the broker`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        let node = bench.node("n1", incarnation: .max)
        try bench.submit()
        let most = TicketNumber(.max)
        let tokens = [Token(0), Token(.max)]
        for token in tokens {
            for action in fencedActions(most, token, seen: .max) + fencedActions(0, token, seen: 0) {
                #expect(try bench.refusal(action, from: ann).code == .unknownTicket)
            }
            for action in fencedActions(1, token, seen: .max) {
                #expect(try bench.refusal(action, from: node).code == .staleToken)
            }
        }
        bench.turn([.ping(node, [Held(ticket: most, token: Token(.max)), Held(ticket: 0, token: 0)])])
        #expect(bench.revokes(to: node).count == 2)
        for until in [Int64.min, .max, 0, -1] {
            let held = try #require(bench.held(by: "n1").first)
            let action = Action.pend(
                1, held.token, onHold: true, until: Moment(milliseconds: until), reason: "")
            try bench.ask(action, from: node)
            if until == .max { try bench.followUp(1) }
        }
        bench.restart()
        bench.turn()
    }

    @Test func `a hello with a very long list of what it holds is dealt with in a moment`() throws {
        var bench = Bench()
        for _ in 0..<200 { try bench.submit() }
        bench.node("n1", seats: 200)
        let held = (1...100_000 as ClosedRange<UInt64>).map { Held(ticket: TicketNumber($0), token: 9) }
        let back = bench.node("n1", seats: 200, held: held)
        #expect(bench.revokes(to: back).count <= bench.settings.limits.seatsMax)
        #expect(bench.grants(to: back).count == 200)
    }

    @Test func `a shift's name is bounded`() {
        var bench = Bench()
        let id = bench.newSession()
        let presence = Presence(
            name: "n1", incarnation: 1, line: "line-one", seats: 1,
            shift: String(repeating: "x", count: 2_000))
        bench.turn([.hello(id, .nodeKey, Hello(presence: presence, held: []))])
        guard case .dismiss(id, let refusal)? = bench.last.directives.first else {
            Issue.record("\(bench.last.directives)")
            return
        }
        #expect(refusal.code == .textTooLong)
    }

    @Test func `a node that says hello over and over is one node with its seats`() throws {
        var bench = Bench()
        let loud = bench.node("n1")
        for _ in 0..<50 { bench.turn([bench.hello(loud, "n1")]) }
        let quiet = bench.node("n2")
        for _ in 0..<3 { try bench.submit() }
        #expect(bench.held(by: "n1").count == 1)
        #expect(bench.held(by: "n2").count == 1)
        _ = quiet
    }
}
