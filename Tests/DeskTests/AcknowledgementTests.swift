import Desk
import Promises
import Testing
import Tickets

/// What customers are told as soon as their request is there.
@Suite struct AcknowledgementTests {
    private static let hour: Int64 = 3_600_000
    /// Friday, 13 March 2026, eight in the morning.
    private static let eight = Moment(milliseconds: 1_773_388_800_000)

    private static func settings(_ change: (inout DeskSettings) -> Void = { _ in }) -> DeskSettings {
        .sample {
            $0.promises = PromisePolicy(rules: [
                PromisePolicy.Rule(name: "all", targets: PromiseTargets(firstResponse: 4 * hour))
            ])
            $0.keepsPromises = true
            $0.life.kinds = [KindSettings(name: "refund", fields: ["order", "date"], checklist: ["amount"])]
            $0.acknowledgement = Acknowledgement(
                texts: [
                    DelayNotice.Text(.russian, "Обращение {number}, ответим до {time}."),
                    DelayNotice.Text(.english, "Request {number}, answer by {time}."),
                ], asks: [DelayNotice.Text(nil, "Please send: {fields}.")], channels: ["mail"],
                exceptTags: ["machine"])
            change(&$0)
        }
    }

    private static func bench(_ settings: DeskSettings) throws -> Bench {
        var bench = Bench(at: eight)
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: boss)
        return bench
    }

    private static func submission(
        _ body: String = "Where is it?", _ channel: Name = "mail", kind: String? = nil, tags: [String] = [],
        fields: [Field] = []
    ) -> Submission {
        Submission(
            channel: channel, customer: "eve@example.org", subject: "", body: body, kind: kind, tags: tags,
            fields: fields)
    }

    /// What customers were told: `1: text`.
    private static func told(_ bench: Bench) -> [String] {
        bench.records.compactMap { record in
            guard case .acknowledged(let number, let letter, _) = record.event else { return nil }
            #expect(record.author == .desk)
            return "\(number): \(letter.text.text)"
        }
    }

    @Test func `a customer is told the number and by when they are answered, in their language, once`() throws
    {
        var bench = try Self.bench(Self.settings())
        try bench.submit(Self.submission("Где мой заказ?"))
        let command = bench.newCommand()
        let customer = bench.connect(Author(role: .client, key: "shop"))
        let action = Action.submit(Self.submission())
        for _ in 1...2 { bench.turn([.command(customer, Command(id: command, action: action))]) }
        #expect(
            Self.told(bench) == [
                "1: Обращение 1, ответим до 2026-03-13 12:00.", "2: Request 2, answer by 2026-03-13 12:00.",
            ])
        #expect(bench.ticket(1)?.entries == 2)
        #expect(bench.ticket(1)?.lastMessage == 1)
        // It is no answer: the promise is broken all the same.
        bench.pass(4 * Self.hour + 1)
        #expect(bench.records.contains { $0.event.ticket == 2 && $0.event.word == "broken" })
    }

    @Test func `the time that a customer was told holds, whatever is promised later`() throws {
        for factor in [10, 4, 1] as [Int64] {
            var bench = try Self.bench(Self.settings())
            try bench.submit(Self.submission())
            try bench.configure {
                $0 = Self.settings()
                $0.promises = PromisePolicy(
                    rules: [
                        PromisePolicy.Rule(
                            name: "later", targets: PromiseTargets(firstResponse: factor * 4 * Self.hour))
                    ], warnings: [])
            }
            bench.restart()
            bench.pass(4 * Self.hour)
            #expect(!bench.records.contains { $0.event.word == "broken" })
            bench.pass(1)
            #expect(bench.records.contains { $0.event.word == "broken" })
            // A tighter promise is kept, too.
            try bench.submit(Self.submission())
            try bench.configure {
                $0 = Self.settings()
                $0.promises = PromisePolicy(
                    rules: [
                        PromisePolicy.Rule(name: "soon", targets: PromiseTargets(firstResponse: Self.hour))
                    ], warnings: [])
            }
            bench.pass(Self.hour + 1)
            #expect(bench.records.contains { $0.event.ticket == 2 && $0.event.word == "broken" })
        }
    }

    @Test(arguments: [false, true])
    func `who was told no time is held to none, whatever others are told in their language`(
        _ isRule: Bool
    )
        throws
    {
        let texts = [
            DelayNotice.Text(.russian, "Обращение {number}, ответим до {time}."),
            DelayNotice.Text(.english, "Number {number}. Thanks."),
        ]
        func settings(hours: Int64) -> DeskSettings {
            Self.settings {
                $0.promises = PromisePolicy(
                    rules: [
                        PromisePolicy.Rule(
                            name: "all", targets: PromiseTargets(firstResponse: hours * Self.hour))
                    ], warnings: [])
                if isRule {
                    var rule = RoutingRule("all")
                    rule.templates = texts
                    $0.rules = [rule]
                } else {
                    $0.acknowledgement?.texts = texts
                }
            }
        }
        var bench = try Self.bench(settings(hours: 4))
        try bench.submit(Self.submission("Где мой заказ?"))
        try bench.submit(Self.submission())
        #expect(Self.told(bench).last == "2: Number 2. Thanks.")
        let promised = bench.records.compactMap { record -> Int64?? in
            guard case .acknowledged(_, _, let promised) = record.event else { return nil }
            return .some(promised)
        }
        #expect(promised == [4 * Self.hour, nil])
        try bench.configure { $0 = settings(hours: 40) }
        bench.pass(4 * Self.hour + 1)
        #expect(bench.records.filter { $0.event.word == "broken" }.map(\.event.ticket) == [1])
    }

    @Test func `nobody else is told: other channels, machines, and parts that the desk's people open`() throws
    {
        var bench = try Self.bench(Self.settings())
        let ann = bench.person("ann")
        try bench.submit(Self.submission("a", "phone"))
        try bench.submit(Self.submission(tags: ["machine"]))
        for cause in [Origin.Cause.split, .child] {
            var part = Self.submission()
            part.origin = Origin(ticket: 1, cause: cause)
            try bench.ask(.submit(part), from: ann)
        }
        #expect(Self.told(bench) == [])
        try bench.submit(Self.submission())
        #expect(Self.told(bench).count == 1)
    }

    @Test func `what its kind needs of the customer and lacks is asked for, and nothing that others check`()
        throws
    {
        var bench = try Self.bench(Self.settings())
        try bench.submit(
            Self.submission(kind: "refund", fields: [Field(name: "order", value: "17")]))
        try bench.submit(
            Self.submission(kind: "refund", fields: ["order", "date"].map { Field(name: $0, value: "1") }))
        #expect(
            Self.told(bench) == [
                "1: Request 1, answer by 2026-03-13 12:00.\n\nPlease send: date.",
                "2: Request 2, answer by 2026-03-13 12:00.",
            ])
    }

    @Test func `a desk that is closed says when somebody will be there`() throws {
        let day = try #require(BusinessHours.Interval(opens: 9 * 60, closes: 17 * 60))
        let hours = try BusinessHours(zone: .utc) { $0.rawValue <= 5 ? [day] : [] }
        var bench = try Self.bench(
            Self.settings {
                $0.hours = hours
                $0.promises.rules[0].hours = hours
                $0.acknowledgement?.closedTexts = [
                    DelayNotice.Text(nil, "{number}: we open {opens}, {time}.")
                ]
            })
        try bench.submit(Self.submission())
        bench.pass(2 * Self.hour)
        try bench.submit(Self.submission())
        #expect(
            Self.told(bench) == [
                "1: 1: we open 2026-03-13 09:00, 2026-03-13 13:00.",
                "2: Request 2, answer by 2026-03-13 14:00.",
            ])
    }

    @Test func `what rules make of a ticket counts, as its tag and its promise`() throws {
        var machine = RoutingRule("machine")
        machine.conditions.customers = ["eve@example.org"]
        machine.tags = ["machine"]
        var bench = try Self.bench(Self.settings { $0.rules = [machine] })
        try bench.submit(Self.submission())
        #expect(Self.told(bench) == [])
    }

    @Test func `an acknowledgement that no desk can have is told where`() {
        func flaws(_ change: (inout DeskSettings) -> Void) -> [String] {
            Self.settings(change).flaws.map(\.description)
        }
        #expect(flaws { _ in } == [])
        #expect(
            flaws { $0.acknowledgement?.channels = [] } == [
                "`acknowledgement.channels`: name the channels by which customers can be written to"
            ])
        #expect(
            flaws { $0.acknowledgement?.texts = [DelayNotice.Text(nil, "{opens}")] } == [
                "`acknowledgement.text`: there is no `{opens}`; a notice may have `{number}` and `{time}`"
            ])
        #expect(
            flaws { $0.promises.rules[0].priorities = [.low] } == [
                "`acknowledgement.text`: `{time}` needs `promises` of a first answer to everybody who writes by mail"
            ])
        #expect(
            flaws { $0.acknowledgement?.asks = [DelayNotice.Text(nil, " ")] } == [
                "`acknowledgement.asks`: a notice says something"
            ])
    }
}
