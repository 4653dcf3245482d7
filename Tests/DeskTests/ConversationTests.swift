import Desk
import Testing
import Tickets

@Suite struct ConversationTests {
    @Test func `a reply states the last message its author saw; if there is a newer one they get that first`()
        throws
    {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.followUp(1)
        for action in [
            Action.reply(1, 1, seen: 1, text: "hi"), .resolve(1, 1, seen: 1, text: "hi"),
            .resolve(1, 1, seen: 1, text: nil),
        ] {
            let refusal = try bench.refusal(action, from: node)
            #expect(refusal.code == .newerMessage)
            #expect(refusal.entry == 2)
        }
        #expect(bench.desk.lastOutbox == 0)
        try bench.ask(.reply(1, 1, seen: 2, text: "hi"), from: node)
        #expect(bench.desk.lastOutbox == 1)
    }

    @Test(arguments: [UInt32.max, 3])
    func `nobody has seen what is not there yet`(_ seen: UInt32) throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        #expect(try bench.refusal(.reply(1, 1, seen: seen, text: "hi"), from: node).code == .newerMessage)
    }

    @Test func `notes and replies between do not make an answer stale`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.note(1, 1, text: "hm"), from: node)
        try bench.ask(.note(1, nil, text: "ask ben"), from: ann)
        try bench.ask(.reply(1, 1, seen: 1, text: "a moment"), from: node)
        try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: node)
        #expect(bench.ticket(1)?.entries == 5)
    }

    @Test func `pending wakes at its time, for its owner, and not before`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let until = bench.now.advanced(byMilliseconds: 60_000)
        try bench.ask(.pend(1, 1, onHold: false, until: until, reason: "call back"), from: node)
        #expect(bench.ticket(1)?.status == .pending)
        #expect(bench.desk.census.pending == 1)
        bench.pass(59_999, pinging: [node: []])
        #expect(bench.ticket(1)?.place == .aside)
        bench.pass(1)
        #expect(bench.grants(to: node) == [Held(ticket: 1, token: 2)])
    }

    @Test func `a time to wake that is past wakes in the same turn`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let past = Moment(milliseconds: .min)
        try bench.ask(.pend(1, 1, onHold: true, until: past, reason: ""), from: node)
        #expect(bench.grants(to: node) == [Held(ticket: 1, token: 2)])
    }

    @Test func `the customer wakes a pending ticket at once, and the timer that was set means nothing then`()
        throws
    {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let until = bench.now.advanced(byMilliseconds: 60_000)
        try bench.ask(.pend(1, 1, onHold: false, until: until, reason: "call back"), from: node)
        try bench.followUp(1)
        #expect(bench.grants(to: node) == [Held(ticket: 1, token: 2)])
        try bench.ask(.pend(1, 2, onHold: false, until: nil, reason: "waits"), from: node)
        bench.pass(3_600_000)
        #expect(bench.ticket(1)?.status == .pending)
    }

    @Test func `pending wakes after a restart of the broker too`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let until = bench.now.advanced(byMilliseconds: 60_000)
        try bench.ask(.pend(1, 1, onHold: true, until: until, reason: "parts"), from: node)
        bench.restart(downMilliseconds: 100_000)
        bench.turn()
        #expect(bench.ticket(1)?.place == .waiting)
    }

    @Test func `a person may take a pending ticket by number`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.pend(1, 1, onHold: false, until: nil, reason: "waits"), from: node)
        #expect(try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token == 2)
        #expect(bench.ticket(1)?.status == .open)
    }

    @Test func `a customer who writes to a parked ticket does not pull it from the person who must look`()
        throws
    {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        for token in 1...3 as ClosedRange<UInt64> {
            try bench.ask(.release(1, Token(token), reason: "crash", failed: true), from: node)
        }
        try bench.followUp(1)
        #expect(bench.ticket(1)?.place == .parked)
        #expect(bench.ticket(1)?.lastMessage == 2)
    }

    @Test func `a solved ticket is reopened by its customer, at its owner`() throws {
        var bench = Bench()
        let first = bench.node("n1")
        try bench.submit()
        let second = bench.node("n2")
        try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: first)
        bench.turn([.ping(second, [])])
        try bench.followUp(1, "No.")
        #expect(bench.grants(to: first) == [Held(ticket: 1, token: 2)])
        #expect(bench.desk.census.solved == 0)
    }

    @Test func `the oldest solved tickets are closed beyond the bound, those reopened meanwhile are not`()
        throws
    {
        var bench = Bench(
            .sample {
                $0.limits.solvedKept = 4
                $0.limits.closedPerEvent = 2
            })
        let node = bench.node("n1", seats: 20)
        for _ in 0..<5 { try bench.submit() }
        for number in 1...5 as ClosedRange<UInt64> {
            try bench.ask(.resolve(TicketNumber(number), 1, seen: 1, text: nil), from: node)
        }
        try bench.followUp(1)
        try bench.submit()
        try bench.ask(.resolve(6, 1, seen: 1, text: nil), from: node)
        #expect(bench.desk.census.closed == 0)
        try bench.ask(.resolve(1, 2, seen: 2, text: nil), from: node)
        #expect(bench.last.records.last?.event == .closed([2, 3]))
        let channel = bench.connect(.channel)
        #expect(try bench.refusal(.followUp(2, body: "?"), from: channel).code == .closed)
        #expect(bench.desk.tickets[1] != nil)
        #expect(bench.desk.census.closed == 2)
        #expect(bench.desk.census.present == 6)
    }
}
