import Desk
import Testing
import Tickets

@Suite struct EscalationTests {
    @Test(arguments: ["", " ", "\n\t \r\n"])
    func `an escalation and a hand-back need a note`(_ note: String) throws {
        var bench = Bench()
        let (one, two) = try escalated(&bench)
        #expect(try bench.refusal(.handBack(1, 2, note: note), from: two).code == .textRequired)
        try bench.submit()
        #expect(try bench.refusal(.escalate(2, 1, to: nil, note: note), from: one).code == .textRequired)
    }

    @Test func `the note is one entry, in the same event as the change of line`() throws {
        var bench = Bench()
        _ = try escalated(&bench)
        let events = bench.records.map(\.event)
        #expect(events.contains(.escalated(1, 1, to: "line-two", entry: 2, note: "too hard")))
        #expect(bench.ticket(1)?.entries == 2)
        #expect(bench.ticket(1)?.frames == ["line-one"])
    }

    @Test func `through three lines and back the frames are a stack, and the owner stays`() throws {
        var bench = Bench()
        let (one, two) = try escalated(&bench)
        let three = bench.node("h1", on: "line-three")
        try bench.ask(.escalate(1, 2, to: nil, note: "harder"), from: two)
        #expect(bench.ticket(1)?.frames == ["line-one", "line-two"])
        #expect(bench.grants(to: three) == [Held(ticket: 1, token: 3)])
        try bench.ask(.handBack(1, 3, note: "a fuse"), from: three)
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 4)])
        try bench.ask(.handBack(1, 4, note: "tell them it was a fuse"), from: two)
        #expect(bench.grants(to: one) == [Held(ticket: 1, token: 5)])
        #expect(bench.ticket(1)?.frames == [])
        #expect(bench.ticket(1)?.owner == "n1")
        try bench.ask(.resolve(1, 5, seen: 1, text: "It was a fuse."), from: one)
        #expect(bench.ticket(1)?.status == .solved)
    }

    @Test func `the last line has nowhere to escalate to`() throws {
        var bench = Bench()
        let (_, two) = try escalated(&bench)
        let three = bench.node("h1", on: "line-three")
        try bench.ask(.escalate(1, 2, to: "line-three", note: "harder"), from: two)
        #expect(try bench.refusal(.escalate(1, 3, to: nil, note: "?"), from: three).code == .noFurtherLine)
    }

    @Test(arguments: ["line-two", "line-nine"] as [Name])
    func `a ticket cannot be escalated to its own line or to none`(_ line: Name) throws {
        var bench = Bench()
        let (_, two) = try escalated(&bench)
        #expect(try bench.refusal(.escalate(1, 2, to: line, note: "?"), from: two).code == .noSuchLine)
    }

    @Test func `the way down is the hand-back: a ticket is not escalated to a line it came from`() throws {
        var bench = Bench()
        let (_, two) = try escalated(&bench)
        let refusal = try bench.refusal(.escalate(1, 2, to: "line-one", note: "yours"), from: two)
        #expect(refusal.code == .handBackFirst)
    }

    @Test func `what was not escalated cannot be handed back`() throws {
        var bench = Bench()
        let one = bench.node("n1")
        try bench.submit()
        #expect(try bench.refusal(.handBack(1, 1, note: "?"), from: one).code == .nothingToHandBack)
    }

    @Test func `line two does not answer the customer itself, unless the desk allows it`() throws {
        var bench = Bench()
        let (_, two) = try escalated(&bench)
        for action in [
            Action.reply(1, 2, seen: 1, text: "hi"), .resolve(1, 2, seen: 1, text: "hi"),
            .resolve(1, 2, seen: 1, text: nil),
        ] {
            #expect(try bench.refusal(action, from: two).code == .handBackFirst)
        }
        var free = Bench(.sample { $0.lines[1].answersEscalated = true })
        let (_, other) = try escalated(&free)
        try free.ask(.reply(1, 2, seen: 1, text: "hi"), from: other)
        try free.ask(.resolve(1, 2, seen: 1, text: "done"), from: other)
        #expect(free.ticket(1)?.status == .solved)
    }

    @Test func `what line two solved itself is line two's at once when it is reopened, and it may answer`()
        throws
    {
        var bench = Bench(.sample { $0.lines[1].answersEscalated = true })
        let (_, two) = try escalated(&bench)
        try bench.ask(.resolve(1, 2, seen: 1, text: "done"), from: two)
        try bench.followUp(1, "Still broken.")
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 3)])
        try bench.ask(.resolve(1, 3, seen: 4, text: "done"), from: two)
    }

    @Test func `an escalated ticket that wakes is for its line at once, not for its owner in another`() throws
    {
        var bench = Bench()
        let (_, two) = try escalated(&bench)
        let until = bench.now.advanced(byMilliseconds: 5_000)
        try bench.ask(.pend(1, 2, onHold: true, until: until, reason: "parts"), from: two)
        bench.pass(5_000)
        #expect(bench.grants(to: two) == [Held(ticket: 1, token: 3)])
    }

    // Owner n1 (seat 1)                        Others
    // takes 1, escalates it, takes 2
    //                                          line two hands 1 back: it waits for n1
    @Test func `a ticket that was handed back waits for its owner even when others are free`() throws {
        var bench = Bench()
        let (one, other) = try handedBack(&bench)
        #expect(bench.grants(to: other).isEmpty)
        try bench.ask(.resolve(2, 1, seen: 1, text: "done"), from: one)
        #expect(bench.grants(to: one) == [Held(ticket: 1, token: 3)])
    }

    @Test func `an owner who stays busy loses the ticket to the line after the wait of the line`() throws {
        var bench = Bench()
        let (one, other) = try handedBack(&bench)
        let pings = [one: [Held(ticket: 2, token: 1)], other: []]
        bench.pass(119_999, pinging: pings)
        #expect(bench.ticket(1)?.place == .waiting)
        bench.pass(1)
        #expect(bench.grants(to: other) == [Held(ticket: 1, token: 3)])
        #expect(bench.ticket(1)?.owner == "n1")
    }

    @Test func `an owner who leaves loses it at once`() throws {
        var bench = Bench()
        let (one, other) = try handedBack(&bench)
        bench.turn([.goodbye(one)])
        #expect(bench.grants(to: other).map(\.ticket) == [1])
    }

    @Test func `an owner who is not here when it is handed back has the wait of the line to come`() throws {
        var bench = Bench()
        let one = bench.node("n1")
        let two = bench.node("t1", on: "line-two")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "too hard"), from: one)
        bench.pass(16_000, pinging: [two: [Held(ticket: 1, token: 2)]])
        #expect(!bench.exchange.isConnected(one))
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        let other = bench.node("n2")
        #expect(bench.grants(to: other).isEmpty)
        bench.pass(60_000, pinging: [other: []])
        let back = bench.node("n1", incarnation: 2)
        #expect(bench.grants(to: back) == [Held(ticket: 1, token: 3)])
    }

    @Test func `an owner who now serves another line does not hold up the ticket`() throws {
        var bench = Bench()
        let one = bench.node("n1")
        let two = bench.node("t1", on: "line-two")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "too hard"), from: one)
        bench.node("n1", on: "line-three", incarnation: 2)
        let other = bench.node("n2")
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        #expect(bench.grants(to: other) == [Held(ticket: 1, token: 3)])
    }

    // Ready in line-one: n2, n3; n1 is busy and ticket 1 waits for it. In one turn n1's seat becomes free and an
    // urgent ticket comes, which n2 takes; n3 has nothing to do, and n1 behind it must still get its own.
    @Test
    func `a reserved ticket is granted in the turn that frees its owner's seat, whoever stands before it`()
        throws
    {
        var bench = Bench()
        let (one, second) = try handedBack(&bench)
        let third = bench.node("n3")
        bench.turn([
            .command(one, Command(id: bench.newCommand(), action: .resolve(2, 1, seen: 1, text: nil))),
            .hello(SessionID(900), .channel, nil),
            .command(
                SessionID(900),
                Command(id: bench.newCommand(), action: .submit(.sample(priority: .urgent)))),
        ])
        #expect(bench.grants(to: second).map(\.ticket) == [3])
        #expect(bench.grants(to: third).isEmpty)
        #expect(bench.grants(to: one).map(\.ticket) == [1])
    }

    @Test func `two lines cannot play ping-pong for ever`() throws {
        var bench = Bench(
            .sample {
                $0.limits.framesMax = 3
                $0.limits.escalationsMax = 5
            })
        let (one, two) = try escalated(&bench)
        for round in 1..<5 as Range<UInt64> {
            try bench.ask(.handBack(1, Token(2 * round), note: "no"), from: two)
            try bench.ask(.escalate(1, Token(2 * round + 1), to: nil, note: "yes"), from: one)
        }
        try bench.ask(.handBack(1, 10, note: "no"), from: two)
        let refusal = try bench.refusal(.escalate(1, 11, to: nil, note: "yes"), from: one)
        #expect(refusal.code == .escalationBound)
        try bench.ask(.resolve(1, 11, seen: 1, text: "Sorry."), from: one)
    }

    /// Ticket 1, taken by n1 of line one and escalated to t1 of line two, who has it under token 2.
    private func escalated(_ bench: inout Bench) throws -> (SessionID, SessionID) {
        let one = bench.node("n1")
        let two = bench.node("t1", on: "line-two")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "too hard"), from: one)
        return (one, two)
    }

    /// Ticket 1 waits for its owner n1, who is busy with ticket 2; n2 is free.
    private func handedBack(_ bench: inout Bench) throws -> (SessionID, SessionID) {
        let (one, two) = try escalated(&bench)
        try bench.submit()
        try bench.ask(.handBack(1, 2, note: "a fuse"), from: two)
        let other = bench.node("n2")
        return (one, other)
    }
}

@Suite struct FiveLineTests {
    @Test func `through five lines and back the stack is kept, and the owner answers`() throws {
        let names: [Name] = ["one", "two", "three", "four", "five"]
        var settings = DeskSettings(
            lines: names.enumerated().map { index, name in
                LineSettings(name: name, next: index + 1 < names.count ? names[index + 1] : nil)
            })
        settings.heartbeatMilliseconds = 5_000
        var bench = Bench(settings)
        let nodes = names.map { bench.node($0, on: $0) }
        try bench.submit()
        for step in 0..<4 {
            let token = Token(UInt64(step) + 1)
            try bench.ask(.escalate(1, token, to: nil, note: "harder"), from: nodes[step])
            #expect(bench.ticket(1)?.frames == Array(names.prefix(step + 1)))
        }
        #expect(try bench.refusal(.resolve(1, 5, seen: 1, text: "x"), from: nodes[4]).code == .handBackFirst)
        for step in (1...4).reversed() {
            let token = Token(UInt64(9 - step))
            try bench.ask(.handBack(1, token, note: "so and so"), from: nodes[step])
            #expect(bench.ticket(1)?.line == names[step - 1])
        }
        #expect(bench.ticket(1)?.owner == "one")
        try bench.ask(.resolve(1, 9, seen: 1, text: "so and so"), from: nodes[0])
    }

    @Test func `a line that may answer does, and the owner stays who they were`() throws {
        var bench = Bench(.sample { $0.lines[1].answersEscalated = true })
        let one = bench.node("n1")
        let two = bench.node("s1", on: "line-two")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "yours"), from: one)
        try bench.ask(.reply(1, 2, seen: 1, text: "It is a fuse."), from: two)
        try bench.ask(.handBack(1, 2, note: "told them"), from: two)
        // The owner has to have read what line two told the customer.
        #expect(bench.grants(to: one) == [Held(ticket: 1, token: 3)])
        #expect(bench.ticket(1)?.owner == "n1")
        #expect(try bench.refusal(.resolve(1, 3, seen: 1, text: "x"), from: one).entry == 3)
        try bench.ask(.resolve(1, 3, seen: 3, text: "Good bye."), from: one)
    }

    @Test func `who is asked without moving the ticket writes a note, and the claim stays`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let token = try bench.ask(.claim(1, leaseMilliseconds: 600_000), from: ann).token
        try bench.ask(.note(1, token, text: "Warehouse: is it there?"), from: ann)
        try bench.ask(.amend(1, token, .participant("warehouse", isOn: true)), from: ann)
        let warehouse = bench.connect(Author(role: .colleague, key: "warehouse"))
        try bench.ask(.note(1, nil, text: "It is."), from: warehouse)
        #expect(bench.desk.claims[1]?.token == token)
        #expect(bench.ticket(1)?.frames == [])
        try bench.ask(.resolve(1, token, seen: 1, text: "It is there."), from: ann)
    }
}
