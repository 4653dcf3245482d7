import Desk
import Testing
import Tickets

@Suite struct OwnerTests {
    @Test func `a new owner needs a reason, and the history has it`() throws {
        var bench = Bench()
        let lea = bench.person("lea", role: .lead)
        try bench.submit()
        #expect(
            try bench.refusal(.amend(1, nil, .owner("ben", reason: " ")), from: lea).code == .textRequired)
        try bench.ask(.amend(1, nil, .owner("ben", reason: "knows the customer")), from: lea)
        #expect(bench.ticket(1)?.owner == "ben")
        let event = try #require(bench.records.last?.event)
        #expect(event.word == "owner-changed")
        #expect(event.detail == "to ben: knows the customer")
    }

    @Test func `an agent gives away what they hold, and nothing else`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let give = Amendment.owner("ben", reason: "goes home")
        #expect(try bench.refusal(.amend(1, nil, give), from: ann).code == .notAuthorised)
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.amend(1, token, give), from: ann)
        #expect(bench.ticket(1)?.owner == "ben")
        #expect(bench.ticket(1)?.place == .claimed)
    }

    @Test func `a ticket that comes back to an owner who said goodbye is for the line at once`() throws {
        var bench = Bench()
        let (one, two) = try escalated(&bench)
        bench.turn([.goodbye(one)])
        let other = bench.node("n2")
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        #expect(bench.grants(to: other) == [Held(ticket: 1, token: 3)])
        // Whoever has it answers from now on.
        #expect(bench.ticket(1)?.owner == "n2")
        let changes = bench.records.compactMap { record in
            if case .amended(_, _, .owner(_, let reason), _) = record.event { reason } else { nil }
        }
        #expect(changes == ["n1 has left"])
    }

    @Test func `a ticket that comes back to an owner who is only disconnected is kept for them`() throws {
        var bench = Bench()
        let (one, two) = try escalated(&bench)
        bench.turn([.lost(one)])
        let other = bench.node("n2")
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        #expect(bench.grants(to: other).isEmpty)
        let back = bench.newSession()
        bench.turn([bench.hello(back, "n1")])
        #expect(bench.grants(to: back) == [Held(ticket: 1, token: 3)])
        #expect(bench.ticket(1)?.owner == "n1")
    }

    @Test func `it goes to the deputy of an owner who is gone, if the deputy is here`() throws {
        var bench = Bench(.sample { $0.life.deputies = [Deputy(owner: "n1", deputy: "n3")] })
        let (one, two) = try escalated(&bench)
        bench.turn([.goodbye(one)])
        let other = bench.node("n2")
        let deputy = bench.node("n3")
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        #expect(bench.grants(to: deputy) == [Held(ticket: 1, token: 3)])
        #expect(bench.grants(to: other).isEmpty)
        #expect(bench.ticket(1)?.owner == "n3")
        let before = bench.records.suffix(3).map(\.event.word)
        #expect(before == ["owner-changed", "handed-back", "claimed"])
    }

    @Test func `an owner who comes back is here again`() throws {
        var bench = Bench()
        let (one, two) = try escalated(&bench)
        bench.turn([.goodbye(one)])
        let other = bench.node("n2")
        let back = bench.node("n1", incarnation: 2)
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        #expect(bench.grants(to: back) == [Held(ticket: 1, token: 3)])
        #expect(bench.grants(to: other).isEmpty)
    }

    @Test func `who claims a ticket first and declines it is not its owner`() throws {
        var bench = Bench()
        let one = bench.node("n1")
        try bench.submit()
        let two = bench.node("n2")
        try bench.ask(.decline(1, 1, reason: "not mine"), from: one)
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 2)])
        #expect(bench.ticket(1)?.owner == "n2")
    }

    @Test func `nor who declines it second, or puts it back without an answer`() throws {
        var bench = Bench()
        try bench.submit()
        let (one, two) = (bench.node("n1"), bench.node("n2"))
        try bench.ask(.decline(1, 1, reason: "not mine"), from: one)
        #expect(bench.ticket(1)?.owner == "n2")
        try bench.ask(.decline(1, 2, reason: "nor mine"), from: two)
        #expect(bench.ticket(1)?.owner == nil)

        bench.restart()
        let (ann, ben) = (bench.person("ann"), bench.person("ben"))
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        #expect(bench.ticket(1)?.owner == "ann")
        try bench.ask(.release(1, 3, reason: "not mine", failed: false), from: ann)
        #expect(bench.ticket(1)?.owner == nil)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ben)
        try bench.ask(.reply(1, 4, seen: 1, text: "Hello."), from: ben)
        try bench.ask(.release(1, 4, reason: "lunch", failed: false), from: ben)
        #expect(bench.ticket(1)?.owner == "ben", "who has answered goes on to")
    }

    @Test func `a ticket that is kept for its owner is kept for the new one`() throws {
        var bench = Bench()
        let (one, two) = try escalated(&bench)
        bench.turn([.lost(one)])
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        let lea = bench.person("lea", role: .lead)
        try bench.ask(.amend(1, nil, .owner("n3", reason: "n1 is ill")), from: lea)
        let other = bench.node("n2")
        #expect(bench.grants(to: other).isEmpty)
        let new = bench.node("n3")
        #expect(bench.grants(to: new) == [Held(ticket: 1, token: 3)])
        bench.pass(1_000_000)
    }

    @Test func `a ticket with another priority has another place, and is granted once`() throws {
        var bench = Bench()
        let lea = bench.person("lea", role: .lead)
        for _ in 0..<3 { try bench.submit() }
        try bench.ask(.amend(3, nil, .priority(.urgent)), from: lea)
        try bench.ask(.amend(1, nil, .priority(.low)), from: lea)
        try bench.ask(.amend(1, nil, .priority(.normal)), from: lea)
        try bench.ask(.amend(1, nil, .priority(.low)), from: lea)
        let node = bench.node("n1", seats: 3)
        #expect(bench.grants(to: node).map(\.ticket) == [3, 2, 1])
    }

    /// Ticket 1 is with line two, `n1` of line one owns it.
    private func escalated(_ bench: inout Bench) throws -> (one: SessionID, two: SessionID) {
        let one = bench.node("n1")
        let two = bench.node("s1", on: "line-two")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "too hard"), from: one)
        return (one, two)
    }
}
