import Desk
import Testing
import Tickets

@Suite struct BoundTests {
    @Test func `each text has its bound, to the byte`() throws {
        var bench = Bench(
            .sample {
                $0.limits.textBytesMax = 100
                $0.limits.lineBytesMax = 10
            })
        let ann = bench.person("ann")
        let line = String(repeating: "é", count: 5)
        let text = String(repeating: "é", count: 50)
        func submission(_ change: (inout Submission) -> Void) -> Submission {
            var submission = Submission(channel: "mail", customer: "ann", subject: "s", body: "b")
            change(&submission)
            return submission
        }
        let changes: [((inout Submission, String) -> Void, String)] = [
            ({ $0.customer = $1 }, line), ({ $0.subject = $1 }, line), ({ $0.body = $1 }, text),
            ({ $0.kind = $1 }, line), ({ $0.tags = [$1] }, line),
            ({ $0.fields = [Field(name: $1, value: "v")] }, line),
            ({ $0.fields = [Field(name: "n", value: $1)] }, line),
        ]
        for (change, fits) in changes {
            try bench.ask(.submit(submission { change(&$0, fits) }), from: ann)
            let refusal = try bench.refusal(.submit(submission { change(&$0, fits + "x") }), from: ann)
            #expect(refusal.code == .textTooLong)
            #expect(!refusal.reason.contains("é"), "a reason must not contain ticket text")
        }
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        let tooLong: [Action] = [
            .followUp(1, body: text + "x"), .note(1, nil, text: text + "x"), .note(1, 1, text: text + "x"),
            .reply(1, 1, seen: 1, text: text + "x"), .escalate(1, 1, to: nil, note: text + "x"),
            .resolve(1, 1, seen: 1, text: text + "x"),
            .pend(1, 1, onHold: false, until: nil, reason: line + "x"),
            .release(1, 1, reason: line + "x", failed: false), .decline(1, 1, reason: line + "x"),
        ]
        for action in tooLong { #expect(try bench.refusal(action, from: ann).code == .textTooLong) }
        try bench.ask(.escalate(1, 1, to: nil, note: text), from: ann)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        #expect(try bench.refusal(.handBack(1, 2, note: text + "x"), from: ann).code == .textTooLong)
    }

    @Test func `texts that must be there must not be blank`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        let blank = " \t\r\n"
        let actions: [Action] = [
            .submit(Submission(channel: "mail", customer: blank, subject: "s", body: "b")),
            .submit(Submission(channel: "mail", customer: "ann", subject: blank, body: blank)),
            .followUp(1, body: blank), .note(1, nil, text: blank), .reply(1, 1, seen: 1, text: blank),
            .resolve(1, 1, seen: 1, text: blank),
        ]
        for action in actions { #expect(try bench.refusal(action, from: ann).code == .textRequired) }
    }

    @Test func `tags and fields are bounded in number`() throws {
        var bench = Bench(.sample { $0.limits.tagsMax = 2 })
        let ann = bench.person("ann")
        var submission = Submission.sample()
        submission.tags = ["a", "b"]
        submission.fields = [Field(name: "a", value: "1"), Field(name: "b", value: "2")]
        try bench.ask(.submit(submission), from: ann)
        submission.tags.append("c")
        #expect(try bench.refusal(.submit(submission), from: ann).code == .tooManyValues)
        submission.tags = []
        submission.fields.append(Field(name: "c", value: "3"))
        #expect(try bench.refusal(.submit(submission), from: ann).code == .tooManyValues)
    }

    @Test func `a full desk refuses new tickets with a time to retry, and finishing makes room`() throws {
        var bench = Bench(.sample { $0.limits.openTicketsMax = 2 })
        let ann = bench.person("ann")
        try bench.submit()
        try bench.submit()
        let refusal = try bench.refusal(.submit(.sample()), from: ann)
        #expect(refusal.code == .deskFull)
        #expect(refusal.retryAfterMilliseconds != nil)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: ann)
        #expect(try bench.submit() == 3)
        // The customer's answer is work that was taken on, so it is admitted beyond the bound.
        try bench.followUp(1)
        #expect(bench.desk.census.open == 3)
    }

    @Test func `a conversation is bounded, and finishing it is always admitted`() throws {
        var bench = Bench(
            .sample {
                $0.limits.entriesMax = 5
                $0.limits.entriesReserved = 40
            })
        let one = bench.node("n1")
        let two = bench.node("t1", on: "line-two")
        let ann = bench.person("ann")
        let channel = bench.connect(.channel)
        try bench.submit()
        for _ in 0..<4 { try bench.followUp(1) }
        #expect(try bench.refusal(.followUp(1, body: "more"), from: channel).code == .conversationFull)
        #expect(try bench.refusal(.note(1, nil, text: "more"), from: ann).code == .conversationFull)
        var token = Token(1)
        // Replies, then escalations, as many as are let in: then a hand-back and the answer must still fit.
        while case .answered = bench.send(.reply(1, token, seen: 5, text: "on it"), from: one) {}
        while case .answered = bench.send(.escalate(1, token, to: nil, note: "hard"), from: one) {
            token = try #require(bench.held(by: "t1").first?.token)
            try bench.ask(.handBack(1, token, note: "easy"), from: two)
            token = try #require(bench.held(by: "n1").first?.token)
        }
        try bench.ask(.resolve(1, token, seen: 5, text: "done"), from: one)
        #expect(Int(bench.ticket(1)?.entries ?? 0) <= 45)
    }

    @Test func `line two can hand back from a conversation that is full`() throws {
        var bench = Bench(
            .sample {
                $0.limits.entriesMax = 1
                $0.limits.entriesReserved = 40
            })
        let one = bench.node("n1")
        let two = bench.node("t1", on: "line-two")
        try bench.submit()
        let limit = 41
        while let entries = bench.ticket(1)?.entries, entries < limit - 1,
            case .answered = bench.send(.reply(1, 1, seen: 1, text: "on it"), from: one)
        {}
        guard case .answered = bench.send(.escalate(1, 1, to: nil, note: "hard"), from: one) else { return }
        try bench.ask(.handBack(1, 2, note: "easy"), from: two)
        try bench.ask(.resolve(1, 3, seen: 1, text: "done"), from: one)
    }

    @Test(arguments: [Circumstances.Intake.draining, .diskNearlyFull])
    func `an intake that is shut refuses new tickets only`(_ state: Circumstances.Intake) throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<3 { try bench.submit() }
        bench.turn([.intake(state)])
        let refusal = try bench.refusal(.submit(.sample()), from: ann)
        #expect(refusal.code == (state == .draining ? .draining : .diskNearlyFull))
        #expect(refusal.retryAfterMilliseconds != nil)
        #expect(refusal.code.isRetryable)
        for ticket in [TicketNumber(1), 2, 3] {
            try bench.ask(.claim(ticket, leaseMilliseconds: 60_000), from: ann)
            try bench.ask(.note(ticket, 1, text: "n"), from: ann)
            try bench.ask(.reply(ticket, 1, seen: 1, text: "r"), from: ann)
        }
        try bench.ask(.followUp(1, body: "again"), from: ann)
        try bench.ask(.resolve(1, 1, seen: 4, text: "done"), from: ann)
        try bench.ask(.pend(2, 1, onHold: false, until: nil, reason: ""), from: ann)
        try bench.ask(.escalate(3, 1, to: nil, note: "hard"), from: ann)
        try bench.ask(.claim(3, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.handBack(3, 2, note: "easy"), from: ann)
        let node = bench.node("n1", seats: 3)
        bench.pass(120_000, pinging: [node: []])
        #expect(bench.held(by: "n1").map(\.ticket) == [3])
        bench.turn([.intake(.open)])
        try bench.ask(.submit(.sample()), from: ann)
    }

    @Test func `numbers of tickets and of the outbox are without gaps, whatever is refused between`() throws {
        var bench = Bench()
        let node = bench.node("n1", seats: 10)
        let ann = bench.person("ann")
        for round in 1...5 as ClosedRange<UInt64> {
            _ = try bench.refusal(
                .submit(Submission(channel: "mail", customer: "", subject: "s", body: "b")), from: ann)
            #expect(try bench.submit() == TicketNumber(round))
            _ = try bench.refusal(.reply(TicketNumber(round), 9, seen: 1, text: "r"), from: node)
            try bench.ask(.reply(TicketNumber(round), 1, seen: 1, text: "r"), from: node)
            #expect(bench.desk.lastOutbox == round)
            if round == 3 { bench.restart() }
            if round == 3 { bench.turn([bench.hello(node, "n1", seats: 10)]) }
        }
        let outbox = bench.records.compactMap { record -> UInt64? in
            guard case .replied(_, _, let reply) = record.event else { return nil }
            return reply.outbox
        }
        #expect(outbox == [1, 2, 3, 4, 5])
    }
}
