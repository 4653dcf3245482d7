import Desk
import Testing
import Tickets

/// Every command under a claim is compare-and-set on the token; what is stale changes nothing at all.
@Suite struct FenceTests {
    @Test(arguments: fencedActions(1, 1))
    func `a command under a token that is over changes nothing`(_ action: Action) throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        let ben = bench.person("ben")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.release(1, 1, reason: "later", failed: false), from: ann)
        try expectNothingChanges(&bench, action, from: ann, .staleToken)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ben)
        let refusal = try expectNothingChanges(&bench, action, from: ann, .staleToken)
        #expect(refusal.token == 2)
        #expect(refusal.holder?.displayName == "ben")
    }

    @Test(arguments: fencedActions(1, 1))
    func `a command under another's token changes nothing and does not renew the lease`(
        _ action: Action
    ) throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        let ben = bench.person("ben")
        bench.pass(59_000)
        let refusal = try expectNothingChanges(&bench, action, from: ben, .heldByAnother)
        #expect(refusal.holder?.displayName == "ann")
        bench.pass(1_000)
        #expect(bench.desk.claims[1] == nil)
    }

    @Test(arguments: fencedActions(1, 9))
    func `a command under a token of the future changes nothing`(_ action: Action) throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try expectNothingChanges(&bench, action, from: ann, .staleToken)
    }

    @Test(arguments: fencedActions(1, 1))
    func `a command after the ticket was solved, or closed for good, changes nothing`(_ action: Action) throws
    {
        var bench = Bench(
            .sample {
                $0.limits.solvedKept = 1
                $0.limits.closedPerEvent = 1
            })
        let ann = bench.person("ann")
        for number in 1...2 as ClosedRange<UInt64> {
            try bench.submit()
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 60_000), from: ann)
            if number == 2 { try expectNothingChanges(&bench, action, from: ann, .staleToken) }
            try bench.ask(.resolve(TicketNumber(number), 1, seen: 1, text: "done"), from: ann)
        }
        #expect(bench.desk.census.closed == 1)
        try expectNothingChanges(&bench, action, from: ann, .closed)
    }

    @Test(arguments: fencedActions(99, 1) + [.claim(99, leaseMilliseconds: 1), .followUp(99, body: "?")])
    func `a command about a ticket that never was changes nothing`(_ action: Action) throws {
        var bench = Bench()
        try bench.submit()
        let ann = bench.person("ann")
        try expectNothingChanges(&bench, action, from: ann, .unknownTicket)
    }

    @Test(arguments: fencedActions(1, 1))
    func `what an older run of a node sends changes nothing`(_ action: Action) throws {
        var bench = Bench()
        try bench.submit()
        let old = bench.node("n1", incarnation: 1)
        #expect(bench.grants(to: old).count == 1)
        bench.node("n1", incarnation: 2)
        let before = bench.records.count
        bench.turn([.command(old, Command(id: bench.newCommand(), action: action))])
        #expect(bench.last.directives == [.unknownSession(old)])
        #expect(bench.records.count == before)
    }

    @Test(arguments: fencedActions(1, 1))
    func `a node that slept through its lease finds its commands refused`(_ action: Action) throws {
        // n1 takes ticket 1, is stopped, its lease ends, n2 takes the ticket; then n1 goes on.
        var bench = Bench()
        try bench.submit()
        let sleeper = bench.node("n1")
        let other = bench.node("n2", seats: 0)
        bench.pass(30_000, pinging: [other: []])
        #expect(bench.desk.claims[1] == nil)
        bench.turn([.seats(other, 1)])
        #expect(bench.grants(to: other) == [Held(ticket: 1, token: 2)])
        bench.turn([bench.hello(sleeper, "n1", seats: 0, held: [Held(ticket: 1, token: 1)])])
        #expect(bench.revokes(to: sleeper) == [Held(ticket: 1, token: 1)])
        try expectNothingChanges(&bench, action, from: sleeper, .staleToken)
    }

    @discardableResult
    private func expectNothingChanges(
        _ bench: inout Bench, _ action: Action, from id: SessionID, _ code: ErrorCode
    ) throws -> Refusal {
        let before = DeskImage(bench.desk)
        let deadline = bench.exchange.nextDeadline
        let refusal = try bench.refusal(action, from: id)
        #expect(refusal.code == code, "\(refusal)")
        #expect(DeskImage(bench.desk).differences(from: before) == [])
        #expect(bench.last.records.isEmpty)
        #expect(bench.exchange.nextDeadline == deadline)
        return refusal
    }
}
