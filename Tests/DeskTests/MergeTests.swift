import Desk
import Testing
import Tickets

@Suite struct MergeTests {
    @Test func `a merged ticket ends, and its customer is heard in the other`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.submit()
        let answer = try bench.ask(.merge(2, nil, into: 1), from: ann)
        #expect(answer.ticket == 1)
        #expect(bench.ticket(2) == nil)
        let refusal = try bench.refusal(.claim(2, leaseMilliseconds: 60_000), from: ann)
        #expect(refusal.code == .merged)
        #expect(refusal.reason.contains("ticket 1"))
        let channel = bench.connect(.channel)
        #expect(try bench.ask(.followUp(2, body: "Hello?"), from: channel).ticket == 1)
        #expect(bench.ticket(1)?.entries == 3, "the request, that another ended here, and the message")
        let node = bench.node("n1", seats: 5)
        #expect(bench.grants(to: node).map(\.ticket) == [1])
    }

    @Test func `what somebody waits for in a ticket is waited for where it ends`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.reply(1, 1, seen: 1, text: "Which model?"), from: ann)
        try bench.ask(.pend(1, 1, onHold: false, until: nil, reason: ""), from: ann)
        // The customer answers with a request of their own.
        try bench.submit()
        try bench.ask(.merge(2, nil, into: 1), from: ann)
        #expect(bench.ticket(1)?.place == .waiting)
        #expect(bench.records.last?.author == .desk)

        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.submit()
        try bench.ask(.merge(3, nil, into: 1), from: ann)
        let late = Action.reply(1, 2, seen: 3, text: "It is on its way.")
        #expect(try bench.refusal(late, from: ann).code == .newerMessage)
        try bench.ask(.reply(1, 2, seen: 4, text: "Stopped."), from: ann)
    }

    @Test func `what was answered wakes nothing where it ends`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for number in 1...2 as ClosedRange<UInt64> {
            try bench.submit()
            try bench.ask(.claim(TicketNumber(number), leaseMilliseconds: 60_000), from: ann)
            try bench.ask(
                .pend(TicketNumber(number), 1, onHold: false, until: nil, reason: ""), from: ann)
        }
        try bench.ask(.merge(2, nil, into: 1), from: ann)
        #expect(bench.ticket(1)?.place == .aside)
        #expect(bench.ticket(1)?.entries == 1)
    }

    @Test func `a chain of merges leads to its end`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<4 { try bench.submit() }
        for number in 1...3 as ClosedRange<UInt64> {
            try bench.ask(.merge(TicketNumber(number), nil, into: TicketNumber(number + 1)), from: ann)
        }
        let channel = bench.connect(.channel)
        #expect(try bench.ask(.followUp(1, body: "Hello?"), from: channel).ticket == 4)
        bench.restart()
        #expect(bench.desk.merges == [1: 2, 2: 3, 3: 4])
    }

    /// Who writes about a ticket that is not theirs, has one of their own.
    @Test func `a stranger does not write into a ticket, and whose ticket ended in it does`() throws {
        var bench = Bench()
        let (ann, channel) = (bench.person("ann"), bench.connect(.channel))
        func message(from customer: String, about number: TicketNumber) -> Submission {
            var message = Submission.sample(customer: customer, body: "Send it to another address.")
            message.origin = Origin(ticket: number, cause: .follows)
            return message
        }
        try bench.submit(.sample(customer: "eve@example.org"))
        try bench.submit(.sample(customer: "bob@example.org"))
        #expect(try bench.ask(.submit(message(from: "Eve@Example.org", about: 1)), from: channel).ticket == 1)
        #expect(try bench.ask(.submit(message(from: "bob@example.org", about: 1)), from: channel).ticket == 3)
        #expect(bench.ticket(1)?.entries == 2)
        try bench.ask(.merge(2, nil, into: 1), from: ann)
        bench.restart()
        let again = bench.connect(.channel)
        #expect(try bench.ask(.submit(message(from: "bob@example.org", about: 2)), from: again).ticket == 1)
        // Of the other number they were never told.
        #expect(try bench.ask(.submit(message(from: "bob@example.org", about: 1)), from: again).ticket == 4)
        #expect(
            try bench.ask(.submit(message(from: "mallory@example.org", about: 2)), from: again).ticket == 5)
    }

    /// The one in the middle has the same customer as the first, and the last has another.
    @Test func `whose ticket was merged twice is heard at the end of the way`() throws {
        var bench = Bench()
        let (ann, channel) = (bench.person("ann"), bench.connect(.channel))
        for customer in ["eve@example.org", "eve@example.org", "bob@example.org"] {
            try bench.submit(.sample(customer: customer))
        }
        try bench.ask(.merge(1, nil, into: 2), from: ann)
        try bench.ask(.merge(2, nil, into: 3), from: ann)
        for cited in [1, 2] as [TicketNumber] {
            var message = Submission.sample(customer: "eve@example.org")
            message.origin = Origin(ticket: cited, cause: .follows)
            #expect(try bench.ask(.submit(message), from: channel).ticket == 3)
        }
    }

    @Test func `a message keeps its subject, unless that is of an answer`() throws {
        var bench = Bench()
        let channel = bench.connect(.channel)
        try bench.submit()
        for (subject, text) in [
            ("Another matter", "Another matter\n\nIt is late."), (" RE: Help", "It is late."),
            ("", "It is late."),
        ] {
            var message = Submission.sample(body: "It is late.")
            (message.subject, message.origin) = (subject, Origin(ticket: 1, cause: .follows))
            try bench.ask(.submit(message), from: channel)
            guard case .followedUp(1, _, let body, _)? = bench.records.last?.event, body == text else {
                Issue.record("\(String(describing: bench.records.last))")
                continue
            }
        }
    }

    /// Complaint 12: two agents merge two tickets into each other and nobody answers (zammad #1216).
    @Test func `complaint 12: of two merges in opposite directions one is done, and the other is told so`()
        throws
    {
        var bench = Bench()
        let (ann, ben) = (bench.person("ann"), bench.person("ben"))
        try bench.submit()
        try bench.submit()
        let (there, back) = (bench.newCommand(), bench.newCommand())
        bench.turn([
            .command(ann, Command(id: there, action: .merge(1, nil, into: 2))),
            .command(ben, Command(id: back, action: .merge(2, nil, into: 1))),
        ])
        guard case .answered(let answer) = bench.outcome(of: there, for: ann),
            case .refused(let refusal) = bench.outcome(of: back, for: ben)
        else { throw Bench.Unexpected(outcome: bench.outcome(of: back, for: ben)) }
        #expect(answer.ticket == 2)
        #expect(refusal.code == .merged)
        #expect(bench.desk.census.open == 1)
        let node = bench.node("n1", seats: 2)
        #expect(bench.grants(to: node).map(\.ticket) == [2])
    }

    @Test func `a ticket is merged by whoever holds it, and the claim is over with it`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        try bench.submit()
        let ann = bench.person("ann")
        #expect(try bench.refusal(.merge(1, nil, into: 2), from: ann).code == .heldByAnother)
        try bench.ask(.merge(1, 1, into: 2), from: node)
        #expect(bench.desk.claims[1] == nil)
        // Its seat is free, and takes the ticket that goes on.
        #expect(bench.held(by: "n1") == [Held(ticket: 2, token: 1)])
        #expect(try bench.refusal(.resolve(1, 1, seen: 1, text: "done"), from: node).code == .merged)
    }

    @Test func `it goes only into another ticket that is open`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        try bench.submit()
        #expect(try bench.refusal(.merge(1, nil, into: 1), from: ann).code == .wouldBeCycle)
        #expect(try bench.refusal(.merge(1, nil, into: 9), from: ann).code == .unknownTicket)
        let token = try bench.ask(.claim(2, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.resolve(2, token, seen: 1, text: "done"), from: ann)
        #expect(try bench.refusal(.merge(1, nil, into: 2), from: ann).code == .notOpen)
        // The other way round it goes: a solved one may end in an open one.
        try bench.ask(.merge(2, nil, into: 1), from: ann)
        #expect(bench.desk.census.solved == 0)
    }
}

@Suite struct PartTests {
    @Test func `a ticket is solved after its parts`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        var part = Submission.sample(body: "The second half of it.")
        part.origin = Origin(ticket: 1, cause: .child)
        #expect(try bench.ask(.submit(part), from: ann).ticket == 2)
        let (one, two) = (try claim(1, &bench, ann), try claim(2, &bench, ann))
        let refusal = try bench.refusal(.resolve(1, one, seen: 1, text: "done"), from: ann)
        #expect(refusal.code == .openChildren)
        #expect(refusal.reason.contains("2"))
        try bench.ask(.resolve(2, two, seen: 1, text: "done"), from: ann)
        try bench.ask(.resolve(1, one, seen: 1, text: "done"), from: ann)
    }

    @Test func `a part can be taken off, and be put under another`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<3 { try bench.submit() }
        try bench.ask(.amend(3, nil, .parent(1)), from: ann)
        try bench.ask(.amend(3, nil, .parent(2)), from: ann)
        let one = try claim(1, &bench, ann)
        try bench.ask(.resolve(1, one, seen: 1, text: nil), from: ann)
        let two = try claim(2, &bench, ann)
        #expect(try bench.refusal(.resolve(2, two, seen: 1, text: nil), from: ann).code == .openChildren)
        try bench.ask(.amend(3, nil, .parent(nil)), from: ann)
        try bench.ask(.resolve(2, two, seen: 1, text: nil), from: ann)
    }

    @Test func `nothing is a part of itself, however long the way`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        for _ in 0..<3 { try bench.submit() }
        #expect(try bench.refusal(.amend(1, nil, .parent(1)), from: ann).code == .wouldBeCycle)
        try bench.ask(.amend(2, nil, .parent(1)), from: ann)
        try bench.ask(.amend(3, nil, .parent(2)), from: ann)
        #expect(try bench.refusal(.amend(1, nil, .parent(3)), from: ann).code == .wouldBeCycle)
    }

    @Test func `a ticket that is split off stands for itself`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        var second = Submission.sample(body: "And my invoice is wrong.")
        second.origin = Origin(ticket: 1, cause: .split)
        #expect(try bench.ask(.submit(second), from: ann).ticket == 2)
        #expect(try bench.refusal(.submit(second), from: bench.connect(.channel)).code == .notAuthorised)
        let token = try claim(1, &bench, ann)
        try bench.ask(.resolve(1, token, seen: 1, text: "done"), from: ann)
        second.origin = Origin(ticket: 9, cause: .split)
        #expect(try bench.refusal(.submit(second), from: ann).code == .unknownTicket)
    }

    private func claim(_ ticket: TicketNumber, _ bench: inout Bench, _ id: SessionID) throws -> Token {
        try bench.ask(.claim(ticket, leaseMilliseconds: 600_000), from: id).token
    }
}
