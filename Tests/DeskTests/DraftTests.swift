import Desk
import Testing
import Tickets

@Suite struct DraftTests {
    @Test func `a draft survives a new owner, a lost connection and a restart, and ends with the reply`()
        throws
    {
        var bench = Bench()
        let ann = bench.person("ann")
        let lea = bench.person("lea", role: .lead)
        try bench.submit()
        let token = try bench.ask(.claim(1, leaseMilliseconds: 3_600_000), from: ann).token
        try bench.ask(.amend(1, nil, .draft("Dear cust")), from: ann)
        try bench.ask(.amend(1, nil, .draft("Dear customer")), from: ann)
        try bench.ask(.amend(1, nil, .draft("Hello")), from: lea)
        try bench.ask(.amend(1, nil, .owner("ben", reason: "knows better")), from: lea)
        bench.turn([.lost(ann)])
        bench.restart()
        #expect(bench.desk.drafters(of: 1) == ["ann", "lea"])
        let back = bench.person("ann")
        try bench.ask(.reply(1, token, seen: 1, text: "Dear customer, done."), from: back)
        #expect(bench.desk.drafters(of: 1) == ["lea"])
        let other = bench.person("lea", role: .lead)
        try bench.ask(.amend(1, nil, .draft("")), from: other)
        #expect(bench.desk.drafters(of: 1) == [])
    }

    @Test func `drafts are bounded in number and in length`() throws {
        var bench = Bench(
            .sample {
                $0.limits.draftersMax = 2
                $0.limits.draftBytesMax = 10
            })
        try bench.submit()
        let people = (["a", "b", "c"] as [Name]).map { bench.person($0) }
        let long = Action.amend(1, nil, .draft("12345678901"))
        #expect(try bench.refusal(long, from: people[0]).code == .textTooLong)
        for id in people.prefix(2) { try bench.ask(.amend(1, nil, .draft("1234567890")), from: id) }
        #expect(try bench.refusal(.amend(1, nil, .draft("x")), from: people[2]).code == .tooManyValues)
        try bench.ask(.amend(1, nil, .draft("again")), from: people[0])
        try bench.ask(.amend(1, nil, .draft("")), from: people[1])
        try bench.ask(.amend(1, nil, .draft("x")), from: people[2])
    }

    /// Complaint 7: after a reconnect the agent does not see the colleague's reply and answers again
    /// (chatwoot #14934).
    @Test
    func `complaint 7: who comes back after a colleague's reply cannot answer before they have seen it`()
        throws
    {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let first = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.amend(1, nil, .draft("Dear customer, ")), from: ann)
        bench.turn([.lost(ann)])
        bench.pass(60_000)
        let ben = bench.person("ben")
        let second = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ben).token
        try bench.ask(.reply(1, second, seen: 1, text: "It is on its way."), from: ben)
        try bench.ask(.release(1, second, reason: "lunch", failed: false), from: ben)
        // Ann is back, with her draft, her old claim and no idea of what Ben wrote.
        let back = bench.person("ann")
        let stale = Action.reply(1, first, seen: 1, text: "Dear customer, it is on its way.")
        #expect(try bench.refusal(stale, from: back).code == .staleToken)
        // With a new claim she has to have seen what Ben wrote, too, not only the customer's last words.
        let third = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: back).token
        let blind = try bench.refusal(.reply(1, third, seen: 1, text: "It is on its way."), from: back)
        #expect(blind.code == .newerMessage)
        #expect(blind.entry == 2)
        try bench.ask(.reply(1, third, seen: 2, text: "Anything else?"), from: back)
        // Her own replies she has seen.
        try bench.ask(.resolve(1, third, seen: 2, text: "Good bye."), from: back)
    }
}

@Suite struct PresenceTests {
    @Test func `others see who looks and who writes, for 25 seconds`() throws {
        var bench = Bench()
        let (ann, ben) = (bench.person("ann"), bench.person("ben"))
        try bench.submit()
        bench.turn([.look(ann, 1), .look(ben, 1)])
        #expect(bench.exchange.onlookers(of: 1, besides: "ben").map(\.name) == ["ann"])
        try bench.ask(.amend(1, nil, .draft("Dear")), from: ben)
        #expect(bench.exchange.onlookers(of: 1, besides: "ann").map(\.isWriting) == [true])
        bench.pass(24_999)
        #expect(bench.exchange.onlookers(of: 1).map(\.name) == ["ann", "ben"])
        bench.pass(1)
        #expect(bench.exchange.onlookers(of: 1).isEmpty)
    }

    @Test func `who has answered writes no more, and nothing of it is stored`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let token = try bench.ask(.claim(1, leaseMilliseconds: 600_000), from: ann).token
        try bench.ask(.amend(1, token, .draft("Dear")), from: ann)
        let records = bench.records.count
        bench.turn([.look(ann, 1)])
        #expect(bench.records.count == records)
        try bench.ask(.reply(1, token, seen: 1, text: "Dear customer"), from: ann)
        #expect(bench.exchange.onlookers(of: 1).map(\.isWriting) == [false])
    }

    @Test func `who looks at many tickets leaves no trace of them`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<1_100 { try bench.submit() }
        for number in 1...1_100 as ClosedRange<UInt64> {
            bench.turn([.hello(ann, .person("ann"), nil), .look(ann, TicketNumber(number))])
            bench.now = bench.now.advanced(byMilliseconds: 1_000)
        }
        #expect(bench.exchange.onlookedTickets <= 1_024)
        #expect(bench.exchange.onlookers(of: 1_100).count == 1)
    }
}
