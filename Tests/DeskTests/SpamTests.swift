import Desk
import Testing
import Tickets

/// Spam is nobody's work and in no count, until somebody says that it is none.
@Suite struct SpamTests {
    @Test func `spam leaves its line, is granted to nobody, and comes back to its place`() throws {
        var bench = Bench()
        try bench.submit()
        try bench.submit()
        let ann = bench.person("ann")
        try bench.ask(.amend(1, nil, .spam(true, reason: "sells pills")), from: ann)
        #expect(bench.ticket(1)?.place == .spam)
        let census = bench.desk.census
        #expect(census.spam == 1 && census.waiting == 1 && census.open == 1 && census.present == 2)
        #expect(try bench.refusal(.claim(1, leaseMilliseconds: 60_000), from: ann).code == .notOpen)
        #expect(try bench.refusal(.merge(2, nil, into: 1), from: ann).code == .notOpen)
        #expect(try bench.refusal(.amend(1, nil, .spam(true, reason: "")), from: ann).code == .notOpen)

        // Its sender goes on writing, and wakes nobody.
        try bench.followUp(1)
        #expect(bench.ticket(1)?.place == .spam)
        bench.node("n1", seats: 2)
        #expect(bench.held(by: "n1").map(\.ticket) == [2])

        try bench.ask(.amend(1, nil, .spam(false, reason: "a real pharmacy")), from: ann)
        #expect(bench.desk.census.spam == 0)
        #expect(bench.held(by: "n1").map(\.ticket).contains(1))
        #expect(DeskImage(bench.desk).differences(from: DeskImage(bench.folded())) == [])
    }

    @Test func `whoever holds spam puts it away, and others may not`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.submit()
        let ann = bench.person("ann")
        let refusal = try bench.refusal(.amend(1, nil, .spam(true, reason: "")), from: ann)
        #expect(refusal.code == .heldByAnother && refusal.holder?.node == "n1")
        try bench.ask(.amend(1, 1, .spam(true, reason: "")), from: node)
        #expect(bench.desk.claim(of: 1) == nil)
        #expect(bench.held(by: "n1").map(\.ticket) == [2], "its seat is free for the next")
        // It comes back to whoever it belonged to.
        try bench.ask(.amend(1, nil, .spam(false, reason: "")), from: ann)
        #expect(bench.ticket(1)?.isForOwner == true)
    }

    @Test func `spam closes by itself like what is solved`() throws {
        var bench = Bench()
        try bench.submit()
        try bench.submit()
        let ann = bench.person("ann")
        for isOn in [true, false, true] {
            try bench.ask(.amend(1, nil, .spam(isOn, reason: "")), from: ann)
            bench.pass(60_000)
        }
        bench.pass(bench.desk.settings.life.closesAfterMilliseconds - 60_001)
        #expect(bench.ticket(1) != nil, "its time began when it was called spam the second time")
        bench.pass(2)
        #expect(bench.ticket(1) == nil && bench.ticket(2) != nil)
        #expect(bench.desk.census.closed == 1 && bench.desk.census.spam == 0)
    }

    @Test func `what was solved, reopened and then spam closes once`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.ask(.resolve(1, 1, seen: 1, text: "Done."), from: node)
        try bench.followUp(1)
        try bench.ask(.amend(1, 2, .spam(true, reason: "")), from: node)
        bench.pass(bench.desk.settings.life.closesAfterMilliseconds + 1_000)
        #expect(bench.ticket(1) == nil && bench.desk.census.closed == 1)
    }

    @Test(arguments: [false, true])
    func `what was solved and then spam goes to its owner, if its customer wrote meanwhile`(
        _ wrote: Bool
    )
        throws
    {
        var bench = Bench()
        let ann = bench.person("ann", role: .lead)
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.resolve(1, 1, seen: 1, text: "Done."), from: ann)
        try bench.ask(.amend(1, nil, .spam(true, reason: "by mistake")), from: ann)
        if wrote { try bench.followUp(1, "You refunded the wrong one!") }
        #expect(bench.ticket(1)?.place == .spam)
        bench.restart()
        let lead = bench.person("ann", role: .lead)
        try bench.ask(.amend(1, nil, .spam(false, reason: "")), from: lead)
        #expect(bench.ticket(1)?.place == (wrote ? .waiting : .aside))
        #expect(bench.ticket(1)?.status == (wrote ? .open : .solved))
    }

    @Test func `what waited for its customer waits for somebody to look at it when it was no spam`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.ask(.pend(1, 1, onHold: false, until: nil, reason: "asked"), from: node)
        let ann = bench.person("ann")
        try bench.ask(.amend(1, nil, .spam(true, reason: "")), from: ann)
        #expect(bench.ticket(1)?.status == .pending && bench.ticket(1)?.place == .spam)
        try bench.ask(.amend(1, nil, .spam(false, reason: "")), from: ann)
        #expect(bench.held(by: "n1").map(\.ticket) == [1])
    }

    @Test func `a rule says what is spam, whose sender is told nothing, and who has a ticket first`() throws {
        var bench = Bench()
        try bench.configure {
            var pills = RoutingRule("pills")
            (pills.conditions.words, pills.isSpam) = ([WordPattern("pills")], true)
            var wholesale = RoutingRule("wholesale")
            (wholesale.conditions.customers, wholesale.agent) = (["@shop.example"], "n2")
            $0.rules = [pills, wholesale]
        }
        try bench.submit(.sample(body: "Buy pills"))
        #expect(bench.ticket(1)?.place == .spam)
        #expect(bench.last.records.map(\.event.word) == ["submitted", "spam"])
        bench.node("n1")
        bench.node("n2")
        try bench.submit(.sample(customer: "ann@shop.example"))
        #expect(bench.held(by: "n2").map(\.ticket) == [2], "n1 was free for longer")
    }
}
