import Desk
import Testing
import Tickets

@Suite struct SessionTests {
    @Test func `a node that restarts is another incarnation: what the old one held is released, and counted`()
        throws
    {
        var bench = Bench()
        try bench.submit()
        let old = bench.node("n1", incarnation: 1)
        let new = bench.node("n1", incarnation: 2)
        #expect(bench.last.records.map(\.event.word) == ["restarted", "claimed"])
        #expect(bench.grants(to: new) == [Held(ticket: 1, token: 2)])
        #expect(bench.ticket(1)?.failures == 1)
        guard case .dismiss(old, let refusal)? = bench.last.directives.first else {
            Issue.record("the old session is not dismissed: \(bench.last.directives)")
            return
        }
        #expect(refusal.code == .superseded)
    }

    @Test func `an older incarnation is refused while the newer one is here or holds something`() throws {
        var bench = Bench()
        try bench.submit()
        let new = bench.node("n1", incarnation: 5)
        let late = bench.node("n1", incarnation: 4)
        #expect(dismissal(bench, late) == .superseded)
        bench.pass(16_000)
        #expect(bench.exchange.presences().isEmpty)
        let later = bench.node("n1", incarnation: 4)
        #expect(dismissal(bench, later) == .superseded)
        #expect(bench.held(by: "n1").count == 1)
        _ = new
    }

    @Test
    func `a node that reconnects keeps its claims; a grant that was lost is sent again with a new lease`()
        throws
    {
        var bench = Bench()
        try bench.submit()
        try bench.submit()
        bench.node("n1", seats: 2)
        bench.pass(29_000)
        let back = bench.node("n1", seats: 2, held: [Held(ticket: 1, token: 1)])
        #expect(bench.grants(to: back) == [Held(ticket: 2, token: 1)])
        #expect(bench.last.records.isEmpty)
        bench.pass(29_999)
        #expect(bench.held(by: "n1").count == 2)
        bench.pass(1)
        #expect(bench.held(by: "n1").isEmpty)
    }

    @Test func `a reconnecting node is told which of its claims are over`() throws {
        var bench = Bench()
        try bench.submit()
        bench.node("n1")
        bench.pass(30_000)
        let back = bench.node("n1", seats: 0, held: [Held(ticket: 1, token: 1), Held(ticket: 77, token: 3)])
        #expect(bench.revokes(to: back) == [Held(ticket: 1, token: 1), Held(ticket: 77, token: 3)])
    }

    @Test func `a ping about claims that are over is answered by revoking them`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        bench.turn([.ping(node, [Held(ticket: 1, token: 1), Held(ticket: 1, token: 7)])])
        #expect(bench.revokes(to: node) == [Held(ticket: 1, token: 7)])
        #expect(bench.last.directives.last == .pong(node))
    }

    @Test func `goodbye gives everything back without a failure`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1")
        bench.turn([.goodbye(node)])
        #expect(bench.ticket(1)?.place == .waiting)
        #expect(bench.ticket(1)?.failures == 0)
        #expect(bench.exchange.presences().isEmpty)
        bench.turn([.goodbye(node)])
        #expect(bench.last.isEmpty)
    }

    @Test func `goodbye on a connection that was replaced takes nothing from its successor`() throws {
        var bench = Bench()
        try bench.submit()
        let old = bench.node("n1")
        bench.node("n1", held: [Held(ticket: 1, token: 1)])
        bench.turn([.goodbye(old)])
        #expect(bench.held(by: "n1").count == 1)
        #expect(bench.exchange.presences().count == 1)
    }

    @Test func `three heartbeats of silence end a session, and its claims stay until the lease`() throws {
        var bench = Bench()
        try bench.submit()
        let node = bench.node("n1", seats: 2)
        bench.pass(14_999)
        #expect(bench.exchange.presences().count == 1)
        bench.pass(1)
        #expect(bench.exchange.presences().isEmpty)
        #expect(bench.held(by: "n1").count == 1)
        try bench.submit()
        #expect(bench.ticket(2)?.place == .waiting)
        bench.turn([.ping(node, [])])
        #expect(bench.last.directives == [.unknownSession(node)])
    }

    @Test func `whoever did not say hello is asked to, whatever they send`() throws {
        var bench = Bench()
        let stranger = bench.newSession()
        let command = Command(id: bench.newCommand(), action: .submit(.sample()))
        for input in [Input.command(stranger, command), .seats(stranger, 3), .ping(stranger, [])] {
            bench.turn([input])
            #expect(bench.last.directives == [.unknownSession(stranger)])
            #expect(bench.last.records.isEmpty)
        }
        bench.turn([.goodbye(stranger)])
        #expect(bench.last.isEmpty)
    }

    @Test(arguments: [Role.client, .agent, .admin, .coordinator, .desk])
    func `only a key of role node may be a node`(_ role: Role) {
        var bench = Bench()
        let presence = Presence(name: "n1", incarnation: 1, line: "line-one", seats: 1)
        let id = bench.newSession()
        bench.turn([.hello(id, .person("eve", role: role), Hello(presence: presence, held: []))])
        #expect(dismissal(bench, id) == .notAuthorised)
        #expect(bench.exchange.presences().isEmpty)
    }

    @Test func `a node on a line that the desk does not have is sent away`() {
        var bench = Bench()
        let id = bench.node("n1", on: "line-nine")
        #expect(dismissal(bench, id) == .noSuchLine)
    }

    @Test func `incarnation 0 stands for people, so a node may not say that it is one`() throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.connect(Author(role: .agent, key: "ann"))
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        let impostor = bench.node("ann", incarnation: 0, held: [Held(ticket: 1, token: 1)])
        #expect(dismissal(bench, impostor) == .notAuthorised)
    }

    @Test func `a node that has the name of a person's key does not end the person's claims`() throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        let node = bench.node("ann", incarnation: 3)
        #expect(bench.desk.claims[1]?.token == 1)
        bench.turn([.goodbye(node)])
        #expect(bench.desk.claims[1]?.token == 1)
    }

    @Test func `a session that says hello under another name is no longer the first node`() throws {
        var bench = Bench()
        let id = bench.node("n1")
        bench.turn([bench.hello(id, "n2", on: "line-two")])
        #expect(bench.exchange.presences().map(\.name) == ["n2"])
        try bench.submit()
        #expect(bench.grants(to: id).isEmpty)
    }

    private func dismissal(_ bench: Bench, _ id: SessionID) -> ErrorCode? {
        for case .dismiss(id, let refusal) in bench.last.directives { return refusal.code }
        return nil
    }
}
