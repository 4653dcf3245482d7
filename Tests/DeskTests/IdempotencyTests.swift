import Desk
import Testing
import Tickets

@Suite struct IdempotencyTests {
    @Test func `the same submission twice is one ticket, and the answers are equal`() throws {
        var bench = Bench()
        let channel = bench.connect(.channel)
        let id = CommandID.number(500)
        let first = try bench.ask(.submit(.sample()), from: channel, as: id)
        let second = try bench.ask(.submit(.sample()), from: channel, as: id)
        #expect(first == second)
        #expect(bench.desk.census.submitted == 1)
    }

    @Test func `the same command twice in one turn has one effect`() throws {
        var bench = Bench()
        let channel = bench.connect(.channel)
        let command = Command(id: .number(500), action: .submit(.sample()))
        bench.turn([.command(channel, command), .command(channel, command)])
        #expect(bench.last.directives.count == 2)
        #expect(bench.last.directives[0] == bench.last.directives[1])
        #expect(bench.last.records.count == 1)
    }

    @Test(arguments: fencedActions(1, 1).filter { if case .handBack = $0 { false } else { true } })
    func
        `each command under a claim has one effect, also when the ticket has moved on and the broker restarted`(
            _ action: Action
        ) throws
    {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let id = CommandID.number(500)
        let first = try bench.ask(action, from: node, as: id)
        try bench.followUp(1)
        #expect(try bench.ask(action, from: node, as: id) == first)
        bench.restart()
        let ann = bench.person("ann")
        if bench.desk.claims[1] == nil, bench.ticket(1)?.status != .solved {
            try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        }
        let back = bench.node("n1", seats: 0)
        let before = DeskImage(bench.desk)
        #expect(try bench.ask(action, from: back, as: id) == first)
        #expect(DeskImage(bench.desk) == before)
    }

    // Ann                                      Node
    //                                          holds 1
    // claims 1, hears nothing, sends it again
    // refuse: the node holds it
    //                                          releases 1, drains
    // the copy arrives: refused as well, because Ann was told so
    @Test func `a second copy of a refused command is refused, though it could be carried out by now`() throws
    {
        var bench = Bench()
        let node = bench.node("n1")
        let ann = bench.person("ann")
        try bench.submit()
        let claim = Command(id: .number(500), action: .claim(1, leaseMilliseconds: 60_000))
        bench.turn([.command(ann, claim)])
        let first = bench.last.directives
        bench.turn([.seats(node, 0)])
        try bench.ask(.release(1, 1, reason: "", failed: false), from: node)
        bench.turn([.command(ann, claim)])
        #expect(bench.last.directives == first)
        #expect(bench.desk.claims[1] == nil)
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
    }

    @Test func `a refusal that asks for a retry is not the last word`() throws {
        var bench = Bench()
        let channel = bench.connect(.channel)
        let command = Command(id: .number(500), action: .submit(.sample()))
        bench.turn([.intake(.diskNearlyFull), .command(channel, command)])
        #expect(bench.last.records.isEmpty)
        bench.turn([.intake(.open), .command(channel, command)])
        #expect(bench.last.records.count == 1)
    }

    @Test func `a claim that is retried after it ended gets its old answer and takes nothing`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        let ben = bench.person("ben")
        try bench.submit()
        let id = CommandID.number(500)
        let action = Action.claim(1, leaseMilliseconds: 60_000)
        let first = try bench.ask(action, from: ann, as: id)
        try bench.ask(.release(1, 1, reason: "no", failed: false), from: ann)
        try bench.ask(action, from: ben)
        #expect(try bench.ask(action, from: ann, as: id) == first)
        #expect(bench.desk.claims[1]?.holder.displayName == "ben")
    }

    @Test func `a retry of the answer does not make a second reply`() throws {
        var bench = Bench()
        let node = bench.node("n1")
        try bench.submit()
        let id = CommandID.number(500)
        for _ in 0..<3 { try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: node, as: id) }
        #expect(bench.desk.lastOutbox == 1)
        #expect(bench.desk.census.resolutions == 1)
    }

    @Test func `a refused command may be sent again once the reason is gone`() throws {
        var bench = Bench()
        let channel = bench.connect(.channel)
        bench.turn([.intake(.draining)])
        let id = CommandID.number(500)
        #expect(try bench.refusal(.submit(.sample()), from: channel, as: id).code == .draining)
        bench.turn([.intake(.open)])
        #expect(try bench.ask(.submit(.sample()), from: channel, as: id).ticket == 1)
    }

    @Test(arguments: [
        Action.submit(.sample(body: "something else")),
        .submit(.sample(customer: "bob@example.org")),
        .submit(.sample(priority: .urgent)),
        .followUp(1, body: "It does not work."),
    ])
    func `the same id with other content is refused`(_ other: Action) throws {
        var bench = Bench()
        let channel = bench.connect(.channel)
        let id = CommandID.number(500)
        try bench.ask(.submit(.sample()), from: channel, as: id)
        #expect(try bench.refusal(other, from: channel, as: id).code == .conflictingCommand)
    }

    @Test func `another sender cannot fetch an answer by its id`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        let ben = bench.person("ben")
        let id = CommandID.number(500)
        try bench.ask(.submit(.sample()), from: ann, as: id)
        #expect(try bench.refusal(.submit(.sample()), from: ben, as: id).code == .conflictingCommand)
    }

    @Test func `answers are kept up to the bound, the oldest are forgotten first`() throws {
        var bench = Bench(.sample { $0.limits.answersKept = 3 })
        let channel = bench.connect(.channel)
        for number in 1...4 as ClosedRange<UInt64> {
            try bench.ask(.submit(.sample()), from: channel, as: .number(500 + number))
        }
        #expect(bench.desk.answers.entries.map(\.stamp.id.low) == [502, 503, 504])
        #expect(try bench.ask(.submit(.sample()), from: channel, as: .number(502)).ticket == 2)
        #expect(try bench.ask(.submit(.sample()), from: channel, as: .number(501)).ticket == 5)
    }

    @Test func `commands that differ in anything have different fingerprints`() {
        func tagged(_ tags: [String], _ fields: [Field]) -> Action {
            var submission = Submission.sample()
            submission.tags = tags
            submission.fields = fields
            return .submit(submission)
        }
        let until = Moment(milliseconds: -1)
        let actions =
            everyAction + [
                tagged(["a", "b", "c"], []), tagged(["a"], [Field(name: "b", value: "c")]),
                tagged(["ab", "c"], []), tagged([], [Field(name: "a", value: "b")]), tagged(["a", "b"], []),
                .pend(1, 1, onHold: false, until: until, reason: "waits"),
                .pend(1, 1, onHold: true, until: nil, reason: "waits"),
                .reply(1, 1, seen: 2, text: "a reply"), .reply(1, 2, seen: 1, text: "a reply"),
                .reply(2, 1, seen: 1, text: "a reply"), .resolve(1, 1, seen: 1, text: ""),
                .escalate(1, 1, to: "line-two", note: "too hard"), .note(1, nil, text: "a note"),
                .note(1, 0, text: "a note"), .claim(1, leaseMilliseconds: -1),
            ]
        let values = actions.map { Fingerprint($0, author: .person("ann")).value }
        #expect(Set(values).count == actions.count)
        let other = actions.map { Fingerprint($0, author: .person("ben")).value }
        #expect(Set(values).isDisjoint(with: other))
    }
}
