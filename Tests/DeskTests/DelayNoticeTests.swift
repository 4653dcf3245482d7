import Desk
import Promises
import Testing
import Tickets

/// What the desk tells customers by itself before it breaks a promise to them.
@Suite struct DelayNoticeTests {
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000
    /// Friday, 13 March 2026, eight in the morning.
    private static let eight = Moment(milliseconds: 1_773_388_800_000)

    private static let notice = DelayNotice(
        texts: [
            DelayNotice.Text(.russian, "Обращение {number}: к {time} можем не успеть."),
            DelayNotice.Text(.english, "Request {number} may take longer than {time}."),
        ], channels: ["mail"], exceptTags: ["machine"])

    private static func settings(
        _ targets: PromiseTargets, warnings: [Int64] = [15 * minute], notice: DelayNotice? = notice
    ) -> DeskSettings {
        .sample {
            $0.promises = PromisePolicy(
                rules: [PromisePolicy.Rule(name: "all", targets: targets)], warnings: warnings)
            $0.keepsPromises = true
            $0.delayNotice = notice
        }
    }

    private struct Shop {
        var bench = Bench(at: DelayNoticeTests.eight)
        var boss: SessionID
        var ann: SessionID

        init(_ settings: DeskSettings) throws {
            boss = bench.person("boss", role: .admin)
            ann = bench.person("ann", role: .lead)
            try configure(settings)
        }

        mutating func configure(_ settings: DeskSettings) throws {
            try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: boss)
        }

        @discardableResult
        mutating func submit(
            _ channel: Name = "mail", _ body: String = "Where is my order?", tags: [String] = []
        ) throws -> TicketNumber {
            try bench.submit(
                Submission(channel: channel, customer: "eve@example.org", subject: "", body: body, tags: tags)
            )
        }

        /// What customers were told: `1 at 08:45: text`.
        var told: [String] {
            bench.records.compactMap { record in
                guard case .alerted(let number, _, let notice?) = record.event else { return nil }
                return "\(number) at \(record.at.iso8601.dropFirst(11).prefix(5)): \(notice.text.text)"
            }
        }

        /// What was said of clocks.
        var said: [String] {
            bench.records.compactMap { record in
                guard case .alerted(let number, let alert, _) = record.event else { return nil }
                return "\(number) \(alert.word) \(alert.clock.kind.word)"
            }
        }

        func ticket(_ number: TicketNumber) throws -> Ticket { try #require(bench.ticket(number)) }
    }

    @Test func `the first warning tells the customer, once, and their clock goes on`() throws {
        var desk = try Shop(
            Self.settings(
                PromiseTargets(firstResponse: Self.hour), warnings: [15 * Self.minute, 5 * Self.minute]))
        let number = try desk.submit()
        let before = try desk.ticket(number)
        desk.bench.pass(2 * Self.hour)
        #expect(desk.told == ["1 at 08:45: Request 1 may take longer than 2026-03-13 09:00."])
        #expect(
            desk.said == ["1 warned first-response", "1 warned first-response", "1 broken first-response"],
            "what the desk writes by itself is no answer")
        let after = try desk.ticket(number)
        #expect(after.entries == before.entries + 1)
        #expect(after.lastMessage == before.lastMessage)
        #expect(after.status == .new)
        #expect(desk.bench.desk.lastOutbox == 1)
        #expect(desk.bench.desk.census.replies == 0, "it is counted as no reply")
        let record = desk.bench.records.first { if case .alerted = $0.event { true } else { false } }
        #expect(record?.author == .desk)
        #expect(record?.command == nil)
    }

    @Test func `each clock of the customer tells once, and a line's clock tells nobody`() throws {
        var desk = try Shop(
            Self.settings(
                PromiseTargets(
                    firstResponse: Self.hour, nextResponse: Self.hour, resolution: 5 * Self.hour,
                    lines: [PromiseTargets.LineTarget(line: "line-one", milliseconds: 30 * Self.minute)])))
        let number = try desk.submit()
        desk.bench.pass(50 * Self.minute)
        try desk.bench.ask(.claim(number, leaseMilliseconds: 10 * Self.hour), from: desk.ann)
        try desk.bench.ask(.reply(number, 1, seen: 1, text: "Which one?"), from: desk.ann)
        try desk.bench.followUp(number)
        desk.bench.pass(10 * Self.hour)
        #expect(
            desk.told == [
                "1 at 08:45: Request 1 may take longer than 2026-03-13 09:00.",
                "1 at 09:35: Request 1 may take longer than 2026-03-13 09:50.",
                "1 at 12:45: Request 1 may take longer than 2026-03-13 13:00.",
            ])
        #expect(desk.said.contains("1 broken line:line-one"))
        #expect(desk.bench.desk.lastOutbox == 4)
        #expect(desk.bench.desk.census.replies == 1)
    }

    @Test func `an answer and a solution that are due at the same moment are one delay`() throws {
        var desk = try Shop(
            Self.settings(PromiseTargets(firstResponse: Self.hour, resolution: Self.hour)))
        try desk.submit()
        desk.bench.pass(2 * Self.hour)
        #expect(desk.told.count == 1)
        #expect(desk.said.count == 4)
    }

    @Test func `customers are told in the language that they wrote in`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour)))
        try desk.submit("mail", "Где мой заказ?")
        try desk.submit("mail", "Where is it?")
        try desk.submit("mail", "?")
        desk.bench.pass(50 * Self.minute)
        #expect(
            desk.told == [
                "1 at 08:45: Обращение 1: к 2026-03-13 09:00 можем не успеть.",
                "2 at 08:45: Request 2 may take longer than 2026-03-13 09:00.",
                "3 at 08:45: Обращение 3: к 2026-03-13 09:00 можем не успеть.",
            ])
    }

    @Test func `nobody is told by other channels, of spam, and by a desk that has nothing to say`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour)))
        try desk.submit("chat")
        try desk.submit(tags: ["machine"])
        let spam = try desk.submit()
        try desk.bench.ask(.amend(spam, nil, .spam(true, reason: "")), from: desk.ann)
        desk.bench.pass(50 * Self.minute)
        #expect(desk.told.isEmpty)
        #expect(desk.said == ["1 warned first-response", "2 warned first-response"])

        try desk.configure(Self.settings(PromiseTargets(firstResponse: Self.hour), notice: nil))
        try desk.submit()
        desk.bench.pass(2 * Self.hour)
        #expect(desk.told.isEmpty)
        #expect(desk.said.contains("4 broken first-response"))
    }

    @Test func `who wrote before the desk told anybody is told nothing`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour), notice: nil))
        try desk.submit()
        try desk.configure(Self.settings(PromiseTargets(firstResponse: Self.hour)))
        try desk.submit()
        desk.bench.pass(2 * Self.hour)
        #expect(desk.told.map { $0.prefix(1) } == ["2"])
    }

    @Test func `nothing is told of a promise that is broken already, as after a long stop`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour)))
        try desk.submit()
        desk.bench.restart(downMilliseconds: 2 * Self.hour)
        desk.bench.pass(Self.minute)
        #expect(desk.said == ["1 broken first-response"])
        #expect(desk.told.isEmpty)
    }

    @Test func `an answer at the moment of the warning comes after it, and is the next of the outbox`() throws
    {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour)))
        let number = try desk.submit()
        try desk.bench.ask(.claim(number, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        // The timer is due, and the answer is in the same turn.
        desk.bench.now = Self.eight.advanced(byMilliseconds: 45 * Self.minute + 1)
        try desk.bench.ask(.reply(number, 1, seen: 1, text: "Here it is."), from: desk.ann)
        #expect(desk.told.count == 1)
        guard case .replied(_, _, let reply) = desk.bench.records.last?.event else {
            Issue.record("the last event is no answer: \(desk.bench.records.suffix(2))")
            return
        }
        #expect(reply.entry == 3)
        #expect(reply.outbox == 2)
    }

    @Test func `a restart tells nobody again`() throws {
        var desk = try Shop(
            Self.settings(
                PromiseTargets(firstResponse: Self.hour), warnings: [15 * Self.minute, 5 * Self.minute]))
        try desk.submit()
        desk.bench.pass(50 * Self.minute)
        desk.bench.restart(downMilliseconds: 1_000)
        desk.bench.pass(Self.hour)
        #expect(desk.told.count == 1)
        #expect(desk.said.count == 3)
    }

    @Test(arguments: [
        (DelayNotice(texts: [], channels: ["mail"]), "delay-notice.text"),
        (DelayNotice(texts: [DelayNotice.Text(nil, " ")], channels: ["mail"]), "delay-notice.text"),
        (DelayNotice(texts: [DelayNotice.Text(nil, "soon")], channels: []), "delay-notice.channels"),
        (DelayNotice(texts: [DelayNotice.Text(nil, "{name}!")], channels: ["mail"]), "delay-notice.text"),
        (
            DelayNotice(
                texts: [DelayNotice.Text(.english, "a"), DelayNotice.Text(.english, "b")], channels: ["mail"]),
            "delay-notice.text.en"
        ),
        (
            DelayNotice(
                texts: [DelayNotice.Text(nil, String(repeating: "a", count: 300_000))], channels: ["mail"]),
            "delay-notice.text"
        ),
    ])
    func `a notice that cannot be sent is refused with its place`(notice: DelayNotice, place: String) {
        let settings = Self.settings(PromiseTargets(firstResponse: Self.hour), notice: notice)
        #expect(settings.flaws.map(\.place) == [place])
    }

    @Test func `a notice without promises is refused`() {
        var settings = Self.settings(PromiseTargets())
        #expect(settings.flaws.isEmpty)
        settings.keepsPromises = false
        #expect(settings.flaws.map(\.place) == ["delay-notice"])
    }
}
