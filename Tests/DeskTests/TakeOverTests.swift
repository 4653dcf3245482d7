import Desk
import Testing
import Tickets

@Suite struct TakeOverTests {
    @Test func `a lead takes a ticket over: the holder is told, and what it still does is refused`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let lea = bench.person("lea", role: .lead)
        let token = try bench.ask(takeOver, from: lea).token
        #expect(token == 2)
        #expect(bench.revokes(to: node) == [Held(ticket: 1, token: 1)])
        for action in fencedActions(1, 1) {
            #expect(try bench.refusal(action, from: node).code == .staleToken)
        }
        try bench.ask(.resolve(1, token, seen: 1, text: "done"), from: lea)
        #expect(bench.ticket(1)?.status == .solved)
    }

    @Test func `the seat that it leaves is free at once`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.submit()
        let lea = bench.person("lea", role: .lead)
        try bench.ask(takeOver, from: lea)
        #expect(bench.grants(to: node) == [Held(ticket: 2, token: 1)])
    }

    @Test func `it needs a reason and a holder, and whoever holds it already just keeps it`() throws {
        var bench = Bench()
        let lea = bench.person("lea", role: .lead)
        try bench.submit()
        #expect(try bench.refusal(takeOver, from: lea).code == .notHeld)
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: lea).token
        #expect(try bench.ask(takeOver, from: lea).token == token)
        let max = bench.person("max", role: .lead)
        let silent = Action.takeOver(1, leaseMilliseconds: 60_000, reason: "\t")
        #expect(try bench.refusal(silent, from: max).code == .textRequired)
    }

    /// Complaint 6: a lock that nobody can free (osTicket #2504, #1434).
    @Test
    func `complaint 6: the lock of somebody who is gone for the day is freed, with a reason, by a lead`()
        throws
    {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let old = try bench.ask(.claim(1, leaseMilliseconds: .max), from: ann).token
        bench.turn([.lost(ann)])
        bench.pass(3_600_000)
        #expect(bench.desk.claims[1]?.holder.agent == "ann")
        let ben = bench.person("ben")
        #expect(try bench.refusal(.claim(1, leaseMilliseconds: 60_000), from: ben).code == .heldByAnother)
        #expect(try bench.refusal(takeOver, from: ben).code == .notAuthorised)
        let lea = bench.person("lea", role: .lead)
        let token = try bench.ask(takeOver, from: lea).token
        try bench.ask(.release(1, token, reason: "for ben", failed: false), from: lea)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ben)
        // And it would have been freed without a lead: no lease is longer than twelve hours.
        let back = bench.person("ann")
        #expect(
            try bench.refusal(.release(1, old, reason: "", failed: false), from: back).code == .staleToken)
    }

    @Test func `a lock that no lead looks after ends by itself after twelve hours at most`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: .max), from: ann)
        bench.pass(12 * 3_600_000)
        #expect(bench.ticket(1)?.place == .waiting)
    }

    private var takeOver: Action { .takeOver(1, leaseMilliseconds: 60_000, reason: "it takes too long") }
}
