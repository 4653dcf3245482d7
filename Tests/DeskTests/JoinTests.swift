import Desk
import Promises
import Testing
import Tickets

/// Three reminders are one ticket, not four.
@Suite struct JoinTests {
    private static let hour: Int64 = 3_600_000

    private static func bench(_ change: (inout DeskSettings) -> Void = { _ in }) throws -> Bench {
        var bench = Bench()
        try bench.configure {
            $0.joinWithinMilliseconds = 24 * hour
            change(&$0)
        }
        return bench
    }

    private static func request(
        _ subject: String, _ body: String = "I wait.", _ customer: String = "eve@example.org",
        kind: String? = nil, tags: [String] = [], fields: [Field] = []
    ) -> Submission {
        Submission(
            channel: "mail", customer: customer, subject: subject, body: body, kind: kind, tags: tags,
            fields: fields)
    }

    @Test func `reminders join their ticket as messages, and are answered with its number`() throws {
        var bench = try Self.bench()
        let first = try bench.submit(Self.request("Where is my order?", "It is late."))
        for subject in ["Re: Where is my order?", "RE: Fwd:  where is my ORDER? ", "отв: Where is my order?"]
        {
            let number = try bench.submit(Self.request(subject))
            #expect(number == first)
        }
        #expect(bench.desk.census.submitted == 1)
        #expect(bench.ticket(1)?.entries == 4)
        #expect(bench.ticket(1)?.lastMessage == 4)
    }

    @Test(arguments: [
        request("Another matter"), request("Where?", "I wait.", "bob@example.org"),
        request("Where?", kind: "refund"), request("", "It is late, too."),
    ])
    func `what is of another customer, about something else or of another kind is a ticket of its own`(
        _ other: Submission
    ) throws {
        var bench = try Self.bench()
        try bench.submit(Self.request("Where?", "It is late."))
        let number = try bench.submit(other)
        #expect(number == 2)
        #expect(bench.desk.census.submitted == 2)
    }

    @Test func `without a subject and a kind, the same text is the same matter, and with a kind that is`()
        throws
    {
        var bench = try Self.bench()
        for _ in 1...2 { try bench.submit(Self.request("", "Hello?")) }
        #expect(bench.desk.census.submitted == 1)
        for text in ["Give it back", "At once"] {
            let number = try bench.submit(Self.request("", text, kind: "refund"))
            #expect(number == 2)
        }
    }

    @Test func `a request joins for so long after its customer's last message, wherever its ticket is`()
        throws
    {
        var bench = try Self.bench()
        try bench.submit(Self.request("a"))
        let node = bench.node("n1")
        bench.turn([.ping(node, [])])
        try bench.ask(.pend(1, 1, onHold: true, until: nil, reason: "r"), from: node)
        bench.pass(24 * Self.hour)
        #expect(bench.desk.census.submitted == 1)
        let second = try bench.submit(Self.request("a"))
        #expect(second == 1)
        #expect(bench.ticket(1)?.status == .open)
        bench.pass(24 * Self.hour + 1)
        let third = try bench.submit(Self.request("a"))
        #expect(third == 2)
    }

    @Test func `answers to what is closed are one ticket, too`() throws {
        var bench = try Self.bench()
        let (ann, channel) = (bench.person("ann"), bench.connect(.channel))
        try bench.submit()
        try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann)
        try bench.ask(.resolve(1, 1, seen: 1, text: "Done."), from: ann)
        bench.pass(bench.settings.life.closesAfterMilliseconds + 1)
        #expect(bench.ticket(1) == nil)
        var late = Submission.sample()
        late.origin = Origin(ticket: 1, cause: .follows)
        for text in ["It is not.", "Hello?", "Is anybody there?"] {
            late.body = text
            #expect(try bench.ask(.submit(late), from: channel).ticket == 2)
        }
    }

    @Test func `what is solved is joined no more, and what is open again is`() throws {
        var bench = try Self.bench()
        let node = bench.node("n1")
        try bench.submit(Self.request("a"))
        try bench.ask(.resolve(1, 1, seen: 1, text: "done"), from: node)
        let second = try bench.submit(Self.request("a"))
        #expect(second == 2)
        try bench.ask(.resolve(2, 1, seen: 1, text: "done"), from: node)
        try bench.followUp(1)
        let third = try bench.submit(Self.request("a"))
        #expect(third == 1)
    }

    @Test func `fields and tags that come with a reminder are kept`() throws {
        var bench = try Self.bench {
            $0.life.kinds = [KindSettings(name: "refund", fields: ["order"])]
        }
        try bench.submit(Self.request("a", kind: "refund"))
        #expect(bench.desk.dossiers[1]?.lacking == ["order"])
        try bench.submit(
            Self.request("a", kind: "refund", tags: ["again"], fields: [Field(name: "order", value: "17")]))
        #expect(bench.desk.dossiers[1]?.lacking == [])
        #expect(bench.records.suffix(2).map(\.event.word) == ["field-set", "tagged"])
        #expect(bench.records.last?.author.role == .client)
    }

    @Test func `the same command joins once, and the desk is the same after a restart`() throws {
        var bench = try Self.bench()
        try bench.submit(Self.request("a"))
        let customer = bench.connect(.channel)
        let command = Command(id: bench.newCommand(), action: .submit(Self.request("a")))
        for _ in 1...2 { bench.turn([.command(customer, command)]) }
        #expect(bench.ticket(1)?.entries == 2)
        bench.restart()
        let third = try bench.submit(Self.request("a"))
        #expect(third == 1)
    }

    /// The notice takes the next number of the conversation, and the message the one after it.
    @Test func `what is due of the ticket is said before a request joins it`() throws {
        var bench = try Self.bench {
            $0.keepsPromises = true
            $0.promises = PromisePolicy(
                rules: [
                    PromisePolicy.Rule(name: "all", targets: PromiseTargets(firstResponse: Self.hour))
                ], warnings: [60_000])
            $0.delayNotice = DelayNotice(texts: [DelayNotice.Text(nil, "Late.")], channels: ["mail"])
        }
        try bench.submit(Self.request("a"))
        bench.pass(Self.hour - 60_000)
        bench.now = bench.now.advanced(byMilliseconds: 1)
        try bench.submit(Self.request("a"))
        #expect(bench.records.suffix(2).map(\.event.word) == ["warned", "followed-up"])
        #expect(bench.ticket(1)?.entries == 3)
        #expect(bench.ticket(1)?.lastMessage == 3)
    }

    @Test func `a desk that does not say so joins nothing`() throws {
        var bench = Bench()
        for _ in 1...2 { try bench.submit(Self.request("a")) }
        #expect(bench.desk.census.submitted == 2)
    }

    @Test func `a conversation that is full is not joined`() throws {
        var bench = try Self.bench()
        try bench.submit(Self.request("a"))
        for _ in 2...bench.settings.limits.entriesMax { try bench.followUp(1) }
        let next = try bench.submit(Self.request("a"))
        #expect(next == 2)
    }
}
