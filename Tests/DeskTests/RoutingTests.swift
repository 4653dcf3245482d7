import Desk
import Promises
import Testing
import Tickets

@Suite struct RoutingTests {
    /// A rule that fires or does not, by its tag.
    private func fires(
        _ submission: Submission, at moment: Moment = .zero, hours: BusinessHours = .always,
        _ change: (inout RuleConditions) -> Void
    ) -> Bool {
        var rule = RoutingRule("r")
        change(&rule.conditions)
        rule.tags = ["fired"]
        let settings = DeskSettings.sample {
            $0.groups = [
                CustomerGroup(name: "others", customers: ["bob@example.org", "@example.net"]),
                CustomerGroup(name: "friends", customers: ["@EXAMPLE.org"]),
                CustomerGroup(name: "late", customers: ["ann@example.org"]),
            ]
            $0.rules = [rule]
            $0.hours = hours
        }
        let routed = settings.route(submission, at: moment)
        let hasFired = routed.submission.tags.last == "fired"
        #expect(hasFired == (routed.submission.ruling?.rules == ["r"]))
        return hasFired
    }

    private static let sample = Submission(
        channel: "mail", customer: "Ann@Example.org", subject: "Help", body: "It does not work.",
        kind: "broken", priority: .high, tags: ["vip"], fields: [Field(name: "order", value: "17")])

    private static let conditions: [(String, @Sendable (inout RuleConditions) -> Void, Bool)] = [
        ("none", { _ in }, true),
        ("channel", { $0.channels = ["chat", "mail"] }, true), ("channel", { $0.channels = ["chat"] }, false),
        ("customer", { $0.customers = ["ann@example.ORG"] }, true),
        ("customer", { $0.customers = ["nn@example.org"] }, false),
        ("domain", { $0.customers = ["@example.org"] }, true),
        ("domain", { $0.customers = ["@ample.org"] }, false),
        ("group", { $0.groups = ["others", "friends"] }, true), ("group", { $0.groups = ["others"] }, false),
        ("kind", { $0.kinds = ["refund", "broken"] }, true), ("kind", { $0.kinds = ["Broken"] }, false),
        ("priority", { $0.priorities = [.high, .urgent] }, true),
        ("priority", { $0.priorities = [.normal] }, false),
        ("tag", { $0.tags = ["vip", "old"] }, true), ("tag", { $0.tags = ["old"] }, false),
        ("field", { $0.fields = [FieldCondition(name: "order", values: ["16", "17"])] }, true),
        ("field", { $0.fields = [FieldCondition(name: "order", values: ["1"])] }, false),
        ("any value", { $0.fields = [FieldCondition(name: "order")] }, true),
        ("no field", { $0.fields = [FieldCondition(name: "device")] }, false),
        ("both fields", { $0.fields = ["order", "device"].map { FieldCondition(name: $0) } }, false),
        ("words", { $0.words = [WordPattern("help")] }, true),
        ("words", { $0.words = [WordPattern("WORK")] }, true),
        ("subject", { $0.subjectWords = [WordPattern("help")] }, true),
        ("subject", { $0.subjectWords = [WordPattern("work")] }, false),
        ("body", { $0.bodyWords = [WordPattern("work")] }, true),
        ("body", { $0.bodyWords = [WordPattern("help")] }, false),
        ("language", { $0.languages = [.english] }, true), ("language", { $0.languages = [.russian] }, false),
        (
            "all of them",
            { ($0.channels, $0.kinds, $0.words) = (["mail"], ["broken"], [WordPattern("help")]) }, true
        ),
        (
            "all but one",
            { ($0.channels, $0.kinds, $0.words) = (["mail"], ["refund"], [WordPattern("help")]) }, false
        ),
    ]

    @Test func `each condition fits what it says, and nothing else`() {
        for (what, change, fits) in Self.conditions {
            #expect(fires(Self.sample, change) == fits, "\(what)")
        }
        var bare = Self.sample
        bare.kind = nil
        #expect(!fires(bare) { $0.kinds = ["broken"] })
    }

    @Test(arguments: [
        ("refund", "I want a REFUND.", true), ("refund", "refunds", false), ("refund", "prerefund", false),
        ("refund*", "Refunds, please", true), ("refund*", "refun", false), ("refund*", "prerefund", false),
        ("money back", "Give me my money  back!", true), ("money back", "money, back", true),
        ("money back", "money comes back", false), ("money back", "my money", false),
        ("возврат", "ВОЗВРАТ товара", true), ("возврат", "возврата", false),
        ("возврат*", "Возврата жду", true),
        ("вернит* деньги", "Верните деньги!", true), ("вернит* деньги", "деньги верните", false),
        ("ещё", "Еще раз", true), ("еще", "ЕЩЁ раз", true), ("ещё", "Еще\u{308} раз", true),
        ("Мой", "мои\u{306} заказ", true), ("e-mail", "my E-Mail is", true), ("e-mail", "email", false),
        ("№ 5", "order 5", true), ("straße", "STRAßE", true), ("10", "order 10", true), ("10", "100", false),
        ("a", "", false), ("ка*", "б в ка", true),
    ])
    func `words are whole, in any case, in either script`(_ pattern: String, _ text: String, _ fits: Bool) {
        var submission = Self.sample
        (submission.subject, submission.body) = ("", text)
        #expect(fires(submission) { $0.words = [WordPattern(pattern)] } == fits)
        #expect(fires(submission) { $0.bodyWords = [WordPattern(pattern)] } == fits)
        #expect(!fires(submission) { $0.subjectWords = [WordPattern(pattern)] })
    }

    @Test(arguments: [(["vip"], ["mail"], false), (["vip"], ["chat"], true), (["old"], ["mail"], true)])
    func `a rule leaves alone what fits its exceptions as a whole`(
        _ tags: [String], _ channels: [Name], _ fires: Bool
    ) {
        var rule = RoutingRule("r")
        rule.exceptions = RuleConditions()
        rule.exceptions?.tags = tags
        rule.exceptions?.channels = channels
        rule.priority = .low
        let settings = DeskSettings.sample { $0.rules = [rule] }
        #expect(settings.flaws == [])
        let routed = settings.route(Self.sample, at: .zero).submission
        #expect(routed.priority == (fires ? .low : .high))
        // As after the rule: what was sent is what is looked at again.
        #expect(settings.route(routed.asSent, at: .zero).submission == routed)
    }

    @Test
    func `a customer's group is that of the first that they are in, and is said where there are no rules`()
        throws
    {
        var bench = Bench(
            .sample {
                $0.groups = [
                    CustomerGroup(name: "vip", customers: ["@example.org"]),
                    CustomerGroup(name: "late", customers: ["ann@example.org"]),
                ]
            })
        for customer in ["ann@example.org", "ann@example.net"] {
            try bench.submit(Submission(channel: "mail", customer: customer, subject: "s", body: "b"))
        }
        let groups = bench.records.compactMap { record -> String? in
            guard case .submitted(_, _, let submission) = record.event else { return nil }
            return submission.group ?? "none"
        }
        #expect(groups == ["vip", "none"])
    }

    @Test func `groups that no desk can have are told where`() {
        func flaws(_ change: (inout DeskSettings) -> Void) -> [String] {
            DeskSettings.sample {
                $0.groups = [CustomerGroup(name: "partners", customers: ["ann"])]
                change(&$0)
            }.flaws.map(\.description)
        }
        #expect(flaws { _ in } == [])
        #expect(
            flaws { $0.groups[0].customers = [] } == [
                "`groups.partners`: a group has customers: addresses, or `@example.org` for a domain"
            ])
        #expect(
            flaws {
                var rule = RoutingRule("r")
                rule.conditions.groups = ["partner"]
                rule.priority = .low
                $0.rules = [rule]
            } == ["`rules.0.if.groups`: there is no group partner among `groups`; did you mean `partners`?"])
        #expect(
            flaws {
                $0.keepsPromises = true
                $0.promises.rules[0].groups = ["gold"]
            } == ["`promises.0.groups`: there is no group gold among `groups`"])
        #expect(
            flaws {
                var rule = RoutingRule("r")
                rule.exceptions = RuleConditions()
                rule.priority = .low
                $0.rules = [rule]
            } == ["`rules.0.unless`: it never fires: there is no condition here"])
    }

    @Test func `words far below the head of a long letter are not looked for`() {
        var submission = Self.sample
        let most = Limits().ruleTextMax
        submission.body = String(repeating: "x", count: most - 7) + " refund"
        #expect(fires(submission) { $0.words = [WordPattern("refund")] })
        submission.body = " " + submission.body
        #expect(!fires(submission) { $0.words = [WordPattern("refund")] })
    }

    @Test(arguments: [
        ("Где мой заказ?", [Language.russian]), ("Where is my order?", [.english]), ("12345 :-)", []),
        ("Мой iPhone не включается", [.russian]), ("My order from Ozon пришёл broken", [.english]),
        ("да ok", []),
    ])
    func `a language is told by its letters`(_ text: String, _ languages: [Language]) {
        var submission = Self.sample
        (submission.subject, submission.body) = ("", text)
        for language in Language.allCases {
            #expect(
                fires(submission) { $0.languages = [language] } == languages.contains(language), "\(text)")
        }
    }

    @Test func `time is that of the desk's wall clock`() throws {
        let working = try #require(BusinessHours.Interval(opens: 540, closes: 1_020))
        let zone = ZoneOffsets(name: "+3", firstOffset: 10_800_000, changes: [])
        let hours = try BusinessHours(zone: zone) { $0 == .sunday || $0 == .saturday ? [] : [working] }
        // Thursday 1970-01-01, 9:00 there.
        let thursday = Moment(milliseconds: 6 * 3_600_000)
        let before = Moment(milliseconds: 6 * 3_600_000 - 1)
        let late = Moment(milliseconds: 21 * 3_600_000)  // Friday 0:00 there
        func fires(_ moment: Moment, _ change: (inout RuleConditions) -> Void) -> Bool {
            self.fires(Self.sample, at: moment, hours: hours, change)
        }
        #expect(fires(thursday) { $0.isOpen = true } && !fires(thursday) { $0.isOpen = false })
        #expect(fires(before) { $0.isOpen = false } && !fires(before) { $0.isOpen = true })
        #expect(fires(thursday) { $0.weekdays = [.monday, .thursday] })
        #expect(!fires(late) { $0.weekdays = [.thursday] } && fires(late) { $0.weekdays = [.friday] })
        let morning = try #require(BusinessHours.Interval(opens: 540, closes: 541))
        let night = try #require(BusinessHours.Interval(opens: 0, closes: 60))
        #expect(fires(thursday) { $0.times = [night, morning] } && !fires(before) { $0.times = [morning] })
        #expect(fires(late) { $0.times = [night] })
        #expect(!fires(thursday) { $0.times = [night] })
    }

    // MARK: - Actions and order

    private func rule(_ name: String, _ change: (inout RoutingRule) -> Void) -> RoutingRule {
        var rule = RoutingRule(name)
        change(&rule)
        return rule
    }

    @Test func `each action does what it says, and what was sent is kept`() {
        let settings = DeskSettings.sample {
            $0.rules = [
                rule("all") {
                    ($0.line, $0.priority, $0.kind) = ("line-three", .low, "other")
                    $0.tags = ["vip", "new", "newer"]
                }
            ]
        }
        let (line, routed) = settings.route(Self.sample, at: .zero)
        #expect(line == "line-three")
        #expect(routed.priority == .low && routed.kind == "other")
        #expect(routed.tags == ["vip", "new", "newer"])
        #expect(routed.ruling == Ruling(rules: ["all"], priority: .high, kind: "broken", tagCount: 1))
        #expect(routed.asSent == Self.sample)
    }

    @Test
    func `rules are looked at in order, with what those before them made, and one that stops is the last`() {
        func routed(_ rules: [RoutingRule]) -> (line: Name, rules: [String]?, tags: [String]) {
            let (line, submission) = DeskSettings.sample { $0.rules = rules }.route(.sample(), at: .zero)
            return (line, submission.ruling?.rules, submission.tags)
        }
        let raise = rule("raise") { $0.priority = .urgent }
        let urgent = rule("urgent") {
            $0.conditions.priorities = [.urgent]
            $0.line = "line-two"
        }
        let tagged = rule("tagged") {
            $0.conditions.tags = ["a"]
            $0.tags = ["b"]
        }
        let tag = rule("tag") { $0.tags = ["a"] }
        let stop = rule("stop") {
            $0.conditions.channels = ["mail"]
            $0.stops = true
        }
        let other = rule("other") {
            $0.conditions.channels = ["chat"]
            $0.stops = true
        }
        let last = rule("last") { $0.line = "line-three" }
        #expect(routed([raise, urgent]) == ("line-two", ["raise", "urgent"], []))
        #expect(routed([urgent, raise]) == ("line-one", ["raise"], []))
        #expect(routed([tagged, tag, tagged]).tags == ["a", "b"])
        #expect(routed([raise, urgent, last]).line == "line-three")
        #expect(routed([raise, urgent, stop, last]) == ("line-two", ["raise", "urgent", "stop"], []))
        // One that does not fire does not stop.
        #expect(routed([other, last]) == ("line-three", ["last"], []))
        #expect(routed([other]) == ("line-one", nil, []))
        #expect(routed([]) == ("line-one", nil, []))
    }

    @Test func `a ticket has no more tags than it may`() {
        let settings = DeskSettings.sample {
            $0.limits.tagsMax = 2
            $0.rules = [rule("r") { $0.tags = ["a", "b", "c"] }]
        }
        #expect(settings.route(Self.sample, at: .zero).submission.tags == ["vip", "a"])
    }

    // MARK: - On the desk

    private static let claims = DeskSettings.sample {
        var rule = RoutingRule("claims")
        rule.conditions.words = [WordPattern("refund*")]
        (rule.line, rule.priority, rule.kind) = ("line-three", .high, "refund")
        $0.life.kinds = [KindSettings(name: "refund", fields: ["order"])]
        $0.rules = [rule]
    }

    @Test func `a new ticket goes where the rules say, and its event says which`() throws {
        var bench = Bench(Self.claims)
        let three = bench.node("n3", on: "line-three")
        let number = try bench.submit(.sample(body: "A refund, please."))
        #expect(bench.grants(to: three).map(\.ticket) == [number])
        #expect(bench.ticket(number)?.priority == .high)
        let event = try #require(bench.records.first?.event)
        #expect(event.detail == "to line-three, high, over mail (sent as normal), by rule claims")
        // The kind that the rule gave it asks for a field.
        #expect(bench.desk.dossiers[number]?.lacking == ["order"])
        try bench.submit()
        #expect(bench.ticket(2)?.line == "line-one")
        let image = DeskImage(bench.desk)
        bench.restart()
        #expect(DeskImage(bench.desk) == image)
    }

    @Test func `other rules hold from their version on, and the same command has the same answer`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let channel = bench.connect(.channel)
        let refund = Action.submit(.sample(body: "refund"))
        let first = try bench.ask(refund, from: channel, as: .number(500))
        try bench.ask(.configure(.sample(basis: 0, Self.claims)), from: boss)
        #expect(try bench.ask(refund, from: channel, as: .number(500)) == first)
        try bench.ask(refund, from: channel)
        #expect([1, 2].map { bench.ticket($0)?.line } == ["line-one", "line-three"])
    }

    @Test func `every flaw of a rule is told, with its place and what may have been meant`() {
        func flaws(_ rules: [RoutingRule], _ change: (inout DeskSettings) -> Void = { _ in }) -> [String] {
            let settings = DeskSettings.sample {
                $0.rules = rules
                change(&$0)
            }
            return settings.flaws.map { "\($0)" }
        }
        let good = rule("good") { $0.line = "line-two" }
        #expect(flaws([good]).isEmpty)
        #expect(flaws([good, good]) == ["`rules.1.name`: the rule `good` is there twice"])
        let unknown = rule("a") { $0.line = "line-tow" }
        #expect(
            flaws([good, unknown])
                == ["`rules.1.line`: there is no line line-tow; did you mean `line-two`?"])
        #expect(flaws([rule("idle") { _ in }]).map { $0.hasPrefix("`rules.0`: it does nothing") } == [true])
        #expect(flaws([rule(" ") { $0.tags = ["a"] }]) == ["`rules.0`: a rule has a name"])
        let wordless = rule("w") {
            $0.conditions.bodyWords = [WordPattern("?!")]
            $0.stops = true
        }
        #expect(flaws([wordless]) == ["`rules.0.if.body-words`: there is no word in `?!`"])
        #expect(flaws([rule("t") { $0.tags = [""] }]) == ["`rules.0.tags`: an empty text fits nothing"])
        let all = rule("all") { $0.stops = true }
        #expect(flaws([all]).isEmpty)
        #expect(flaws([good, all, unknown]).contains { $0.hasPrefix("`rules.2`: it never fires") })
        let many = (0...64).map { "t\($0)" }
        #expect(
            flaws([rule("m") { $0.tags = many }]).map { $0.hasPrefix("`rules.0.tags`: 65 values") } == [true])
        #expect(
            flaws([good, unknown]) { $0.limits.rulesMax = 1 }.map { $0.hasPrefix("`rules`: 2 rules") } == [
                true
            ])
    }
}
