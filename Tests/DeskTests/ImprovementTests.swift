import Desk
import Testing
import Tickets

/// Who asked for something of the product is told once when it is there.
@Suite struct ImprovementTests {
    private static let settings = DeskSettings.sample {
        $0.acknowledgement = Acknowledgement(
            texts: [DelayNotice.Text(nil, "Request {number} is here.")], channels: ["mail"],
            exceptTags: ["machine"])
        $0.life.closesAfterMilliseconds = 60_000
    }

    private static func bench(_ settings: DeskSettings = Self.settings) throws -> (Bench, SessionID) {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: boss)
        let ann = bench.person("ann")
        return (bench, ann)
    }

    /// Tickets of these customers with a topic each.
    private static func ask(
        _ customers: [String], _ topic: String = "export", channel: Name = "mail", tags: [String] = [],
        on bench: inout Bench, by person: SessionID
    ) throws {
        for customer in customers {
            let number = try bench.submit(
                Submission(channel: channel, customer: customer, subject: "", body: "b", tags: tags))
            try bench.ask(.amend(number, nil, .feedback(topic: topic)), from: person)
        }
    }

    private static func told(_ bench: Bench) -> [Improvement] {
        bench.records.compactMap { record in
            guard case .improved(let improvement) = record.event else { return nil }
            return improvement
        }
    }

    private static let close = Action.improve(topic: "export", text: "You can export now.")

    @Test func `each customer who asked is told once, in their newest ticket, and nothing else changes`()
        throws
    {
        var (bench, ann) = try Self.bench()
        try Self.ask(["eve@x.org", "Eve@X.org", "bob@x.org"], on: &bench, by: ann)
        try Self.ask(["kim@x.org"], "size", on: &bench, by: ann)
        let before = try #require(bench.ticket(2))
        let command = bench.newCommand()
        let answer = try bench.ask(Self.close, from: ann, as: command)
        #expect(answer.told == 2)
        #expect(answer.ticket == TicketNumber(0))
        let improvement = try #require(Self.told(bench).first)
        #expect(improvement.letters.map(\.ticket) == [2, 3])
        #expect(improvement.letters.map(\.entry) == [3, 3])
        #expect(improvement.outbox == 5 && bench.desk.lastOutbox == 6)
        var after = try #require(bench.ticket(2))
        #expect(after.entries == 3 && after.revision == before.revision + 1)
        (after.entries, after.revision) = (before.entries, before.revision)
        #expect(after == before)
        #expect(bench.desk.census.replies == 0)
        // Sent again it is done already; and nobody asks any more.
        try bench.ask(Self.close, from: ann, as: command)
        #expect(Self.told(bench).count == 1)
        #expect(try bench.refusal(Self.close, from: ann).code == .nobodyAsked)
        #expect(bench.desk.wishes.all.map(\.topic) == ["size"])
        #expect(DeskImage(bench.desk).differences(from: DeskImage(bench.folded())) == [])
    }

    @Test func `those whose ticket is closed are told too, and it stays closed`() throws {
        var (bench, ann) = try Self.bench()
        try Self.ask(["eve@x.org", "bob@x.org"], on: &bench, by: ann)
        let node = bench.node("n1")
        try bench.ask(.resolve(1, 1, seen: 1, text: "Not yet."), from: node)
        bench.pass(60_001)
        #expect(bench.ticket(1) == nil)
        #expect(bench.desk.wishes.all.map(\.entries) == [3, nil])
        bench.restart()
        try bench.ask(Self.close, from: bench.person("ann"))
        let improvement = try #require(Self.told(bench).first)
        #expect(improvement.letters == [.init(ticket: 1, entry: 4), .init(ticket: 2, entry: 3)])
        #expect(bench.ticket(1) == nil)
        #expect(bench.desk.census.closed == 1)
    }

    @Test func `a merged ticket's customer asked all the same, in their own ticket`() throws {
        var (bench, ann) = try Self.bench()
        try Self.ask(["eve@x.org"], on: &bench, by: ann)
        try bench.submit(Submission(channel: "mail", customer: "bob@x.org", subject: "", body: "b"))
        try bench.ask(.merge(1, nil, into: 2), from: ann)
        try bench.ask(Self.close, from: ann)
        #expect(Self.told(bench).first?.letters == [.init(ticket: 1, entry: 3)])
    }

    @Test func `spam asks for nothing until it is none again`() throws {
        var (bench, ann) = try Self.bench()
        try Self.ask(["eve@x.org", "bob@x.org"], on: &bench, by: ann)
        try bench.ask(.amend(1, nil, .spam(true, reason: "ads")), from: ann)
        #expect(try bench.ask(Self.close, from: ann).told == 1)
        try bench.ask(.amend(1, nil, .spam(false, reason: "a customer")), from: ann)
        #expect(try bench.ask(Self.close, from: ann).told == 1)
        #expect(Self.told(bench).map { $0.letters.map(\.ticket) } == [[2], [1]])
        // What closes as spam never asks again.
        try Self.ask(["kim@x.org"], on: &bench, by: ann)
        try bench.ask(.amend(3, nil, .spam(true, reason: "ads")), from: ann)
        bench.pass(60_001)
        #expect(bench.ticket(3) == nil)
        #expect(bench.desk.wishes.all.isEmpty)
    }

    @Test func `nobody is told whom the desk may not write to, or who no longer asks`() throws {
        var (bench, ann) = try Self.bench()
        try Self.ask(["eve@x.org"], channel: "call", on: &bench, by: ann)
        try Self.ask(["bot@x.org"], tags: ["machine"], on: &bench, by: ann)
        try Self.ask(["bob@x.org"], on: &bench, by: ann)
        try bench.ask(.amend(3, nil, .feedback(topic: "")), from: ann)
        #expect(try bench.refusal(Self.close, from: ann).code == .nobodyAsked)
        try bench.ask(.amend(3, nil, .feedback(topic: "export")), from: ann)
        try bench.ask(.amend(3, nil, .feedback(topic: "size")), from: ann)
        #expect(try bench.refusal(Self.close, from: ann).code == .nobodyAsked)
        // A desk that writes to nobody by itself says so.
        var bare = Bench()
        let ben = bare.person("ben")
        try Self.ask(["bob@x.org"], on: &bare, by: ben)
        let refusal = try bare.refusal(Self.close, from: ben)
        #expect(refusal.code == .nobodyAsked && refusal.reason.contains("acknowledgement"))
        #expect(bare.desk.wishes.isEmpty)
    }

    @Test func `an improvement has a topic and a text within bounds`() throws {
        var (bench, ann) = try Self.bench(
            .sample {
                $0.acknowledgement = Self.settings.acknowledgement
            })
        try Self.ask(["eve@x.org", "bob@x.org"], on: &bench, by: ann)
        let limits = bench.settings.limits
        let long = String(repeating: "x", count: limits.textBytesMax + 1)
        for (topic, text, code) in [
            ("", "Done.", ErrorCode.textRequired), ("export", " ", .textRequired),
            ("export", long, .textTooLong),
            (String(long.prefix(limits.lineBytesMax + 1)), "Done.", .textTooLong),
            ("other", "Done.", .nobodyAsked),
        ] {
            #expect(try bench.refusal(.improve(topic: topic, text: text), from: ann).code == code)
        }
        let client = bench.connect(Author(role: .client, key: "shop"))
        #expect(try bench.refusal(Self.close, from: client).code == .notAuthorised)
    }

    @Test func `all letters of an improvement together are bounded`() throws {
        var bench = Bench(.sample { $0.limits.improvementBytesMax = 20 })
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, Self.settings)), from: boss)
        let ann = bench.person("ann")
        try Self.ask(["eve@x.org", "bob@x.org"], on: &bench, by: ann)
        let refusal = try bench.refusal(.improve(topic: "export", text: "Eleven here"), from: ann)
        #expect(refusal.code == .textTooLong && refusal.reason.contains("at most 10"))
        try bench.ask(.improve(topic: "export", text: "Just ten.."), from: ann)
    }

    @Test func `the oldest wishes are forgotten beyond the bound, the newest of a ticket counts`() throws {
        var bench = Bench(.sample { $0.limits.wishesMax = 2 })
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, Self.settings)), from: boss)
        let ann = bench.person("ann")
        try Self.ask(["eve@x.org", "bob@x.org"], on: &bench, by: ann)
        try bench.ask(.amend(1, nil, .feedback(topic: "size")), from: ann)
        try Self.ask(["kim@x.org"], on: &bench, by: ann)
        #expect(bench.desk.wishes.all.map(\.ticket) == [1, 3])
    }

    @Test func `a claim goes on, and its holder answers without having seen the letter`() throws {
        var (bench, ann) = try Self.bench()
        try Self.ask(["eve@x.org"], on: &bench, by: ann)
        let node = bench.node("n1")
        try bench.ask(Self.close, from: ann)
        #expect(bench.held(by: "n1") == [Held(ticket: 1, token: 1)])
        try bench.ask(.resolve(1, 1, seen: 1, text: "Done."), from: node)
        #expect(bench.ticket(1)?.entries == 4)
    }

    @Test func `a ticket whose conversation is full gives way to another of its customer`() throws {
        var bench = Bench(.sample { $0.limits.entriesMax = 3 })
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, Self.settings)), from: boss)
        let ann = bench.person("ann")
        try Self.ask(["eve@x.org", "eve@x.org", "bob@x.org"], on: &bench, by: ann)
        try bench.followUp(2)
        try bench.followUp(3)
        try bench.ask(Self.close, from: ann)
        #expect(Self.told(bench).first?.letters.map(\.ticket) == [1])
    }
}
