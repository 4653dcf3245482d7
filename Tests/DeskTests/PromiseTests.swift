import Desk
import Promises
import Testing
import Tickets

/// What the desk says of its promises while time passes.
@Suite struct PromiseTests {
    private static let second: Int64 = 1_000
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000

    /// Friday, 13 March 2026.
    private static func friday(_ hour: Int64, _ minute: Int64 = 0) -> Moment {
        Moment(milliseconds: 1_773_360_000_000 + hour * Self.hour + minute * Self.minute)
    }

    private static let weekdays: BusinessHours = {
        let day = [BusinessHours.Interval(opens: 540, closes: 1_020)].compactMap(\.self)
        // Hours that were wrong would be no hours, and every test of them would fail.
        let hours = try? BusinessHours(zone: .utc) { [.saturday, .sunday].contains($0) ? [] : day }
        return hours ?? .always
    }()

    private static func settings(
        _ targets: PromiseTargets, hours: BusinessHours = .always, warnings: [Int64] = [15 * minute]
    ) -> DeskSettings {
        .sample {
            $0.promises = PromisePolicy(
                rules: [PromisePolicy.Rule(name: "all", targets: targets, hours: hours)], warnings: warnings)
            $0.keepsPromises = true
        }
    }

    private struct Shop {
        var bench: Bench
        var boss: SessionID
        var ann: SessionID

        init(_ settings: DeskSettings, at moment: Moment) throws {
            bench = Bench(at: moment)
            boss = bench.person("boss", role: .admin)
            ann = bench.person("ann", role: .lead)
            try configure(settings)
        }

        mutating func configure(_ settings: DeskSettings) throws {
            try bench.ask(.configure(.sample(basis: bench.desk.version, settings)), from: boss)
        }

        /// Each thing that was said: `1 warned first-response 09:15:00.001, due 09:30`.
        var said: [String] {
            bench.records.compactMap { record in
                guard case .alerted(let number, let alert, _) = record.event else { return nil }
                return
                    "\(number) \(alert.word) \(alert.clock.kind.word) \(record.at.iso8601.dropFirst(8).dropLast()), "
                    + "due \(alert.due.iso8601.dropFirst(8).dropLast(8))"
            }
        }

        mutating func pass(until moment: Moment) { bench.pass(moment.milliseconds(since: bench.now)) }
    }

    @Test func `an hour promised on Friday at half past four is over on Monday at half past nine`() throws {
        var desk = try Shop(
            Self.settings(PromiseTargets(firstResponse: Self.hour), hours: Self.weekdays),
            at: Self.friday(16, 30))
        try desk.bench.submit()
        desk.pass(until: Self.friday(24 * 5))
        #expect(
            desk.said == [
                "1 warned first-response 16T09:15:00.001, due 16T09:30",
                "1 broken first-response 16T09:30:00.001, due 16T09:30",
            ])
        #expect(desk.bench.records.last?.author.role == .desk)
        #expect(desk.bench.exchange.nextDeadline == nil)
    }

    @Test func `a group of customers is promised more, and stays promised it when it changes`() throws {
        var settings = Self.settings(PromiseTargets(firstResponse: 3 * Self.hour), warnings: [])
        settings.groups = [CustomerGroup(name: "vip", customers: ["@example.org"])]
        settings.promises.rules.insert(
            PromisePolicy.Rule(
                name: "vip", groups: ["vip"], targets: PromiseTargets(firstResponse: Self.hour)), at: 0)
        var desk = try Shop(settings, at: Self.friday(8))
        for customer in ["ann@example.org", "ann@example.net"] {
            try desk.bench.submit(Submission(channel: "mail", customer: customer, subject: "s", body: "b"))
        }
        settings.groups[0].customers = ["@example.net"]
        try desk.configure(settings)
        desk.bench.restart()
        desk.pass(until: Self.friday(20))
        #expect(
            desk.said == [
                "1 broken first-response 13T09:00:00.001, due 13T09:00",
                "2 broken first-response 13T11:00:00.001, due 13T11:00",
            ])
    }

    /// Complaint 8: the clock runs while the customer is being waited for (osTicket #3034).
    @Test
    func `complaint 8: two hours promised at eight, the customer was waited for from nine to five past ten`()
        throws
    {
        var desk = try Shop(Self.settings(PromiseTargets(resolution: 2 * Self.hour)), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        desk.pass(until: Self.friday(9))
        try desk.bench.ask(.pend(1, 1, onHold: false, until: nil, reason: "which one?"), from: desk.ann)
        desk.pass(until: Self.friday(10, 5))
        #expect(desk.said.isEmpty, "a clock that stands breaks nothing")
        try desk.bench.followUp(1)
        desk.pass(until: Self.friday(20))
        #expect(
            desk.said == [
                "1 warned resolution 13T10:50:00.001, due 13T11:05",
                "1 broken resolution 13T11:05:00.001, due 13T11:05",
            ])
    }

    @Test func `whoever takes a pending ticket makes its clocks go on`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(resolution: 2 * Self.hour)), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        try desk.bench.ask(.pend(1, 1, onHold: false, until: nil, reason: "which one?"), from: desk.ann)
        desk.pass(until: Self.friday(10))
        try desk.bench.ask(.claim(1, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        desk.pass(until: Self.friday(20))
        #expect(desk.said.last == "1 broken resolution 13T12:00:00.001, due 13T12:00")
    }

    /// Complaint 8: a changed promise forgets the pause (GLPI #15605).
    @Test func `complaint 8: another promise keeps the time for which a clock stood`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(resolution: 2 * Self.hour)), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        desk.pass(until: Self.friday(9))
        try desk.bench.ask(.pend(1, 1, onHold: false, until: nil, reason: "which one?"), from: desk.ann)
        desk.pass(until: Self.friday(10))
        try desk.configure(Self.settings(PromiseTargets(resolution: 3 * Self.hour)))
        desk.pass(until: Self.friday(10, 30))
        try desk.bench.followUp(1)
        desk.pass(until: Self.friday(12))
        #expect(desk.said.isEmpty)
        // Half an hour less is left of it now; what is due at once is said at once.
        try desk.configure(Self.settings(PromiseTargets(resolution: 2 * Self.hour + 30 * Self.minute)))
        desk.pass(until: Self.friday(20))
        #expect(
            desk.said == [
                "1 warned resolution 13T12:00:00.000, due 13T12:00",
                "1 broken resolution 13T12:00:00.001, due 13T12:00",
            ])
    }

    @Test func `a desk that was down says what was broken meanwhile, and nothing twice`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour)), at: Self.friday(8))
        try desk.bench.submit()
        desk.pass(until: Self.friday(8, 50))
        #expect(desk.said == ["1 warned first-response 13T08:45:00.001, due 13T09:00"])
        desk.bench.restart(downMilliseconds: Self.minute)
        desk.bench.turn()
        #expect(desk.said.count == 1)
        try desk.bench.submit()
        desk.bench.restart(downMilliseconds: 2 * Self.hour)
        desk.bench.turn()
        desk.bench.restart()
        desk.pass(until: Self.friday(20))
        #expect(
            desk.said.dropFirst() == [
                "1 broken first-response 13T10:51:00.000, due 13T09:00",
                "2 broken first-response 13T10:51:00.000, due 13T09:51",
            ])
    }

    @Test func `what was said, and the clocks, come back from a snapshot`() throws {
        var desk = try Shop(Self.settings(PromiseTargets(firstResponse: Self.hour)), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.submit()
        desk.pass(until: Self.friday(8, 50))
        let restored = try #require(
            Desk(restoring: desk.bench.desk.parts, settings: desk.bench.settings))
        #expect(DeskImage(restored).differences(from: DeskImage(desk.bench.desk)) == [])
        desk.bench.exchange = Exchange(desk: restored, now: desk.bench.now)
        desk.pass(until: Self.friday(20))
        #expect(desk.said.map { $0.prefix(8) } == ["1 warned", "2 warned", "1 broken", "2 broken"])
    }

    @Test func `what is answered or solved in time is not spoken of`() throws {
        let targets = PromiseTargets(firstResponse: Self.hour, resolution: 2 * Self.hour)
        var desk = try Shop(Self.settings(targets), at: Self.friday(8))
        for _ in 1...3 { try desk.bench.submit() }
        try desk.bench.ask(.claim(1, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        try desk.bench.ask(.resolve(1, 1, seen: 1, text: "Done."), from: desk.ann)
        try desk.bench.ask(.merge(2, nil, into: 3), from: desk.ann)
        try desk.bench.ask(.amend(3, nil, .spam(true, reason: "lottery")), from: desk.ann)
        desk.pass(until: Self.friday(12))
        #expect(desk.said.isEmpty)
        #expect(desk.bench.desk.promises[2] == nil)
        try desk.bench.ask(.amend(3, nil, .spam(false, reason: "it was none")), from: desk.ann)
        desk.bench.turn()
        #expect(
            desk.said == [
                "3 broken first-response 13T12:00:00.000, due 13T09:00",
                "3 broken resolution 13T12:00:00.000, due 13T10:00",
            ])
    }

    @Test(arguments: [0, 1] as [Int64])
    func `an answer in the last millisecond keeps the promise, one later stands after the breach`(
        _ late: Int64
    ) throws {
        var desk = try Shop(
            Self.settings(PromiseTargets(firstResponse: Self.hour), warnings: []), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 2 * Self.hour), from: desk.ann)
        desk.bench.now = Self.friday(9).advanced(byMilliseconds: late)
        try desk.bench.ask(.reply(1, 1, seen: 1, text: "We are on it."), from: desk.ann)
        let words = desk.bench.last.records.map(\.event.word)
        #expect(words == (late == 0 ? ["replied"] : ["broken", "replied"]))
    }

    @Test func `each question is owed an answer of its own`() throws {
        var desk = try Shop(
            Self.settings(PromiseTargets(nextResponse: Self.hour), warnings: []), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 9 * Self.hour), from: desk.ann)
        for (number, seen) in [(1, 1), (2, 3)] as [(Int64, UInt32)] {
            try desk.bench.ask(.reply(1, 1, seen: seen, text: "Which one?"), from: desk.ann)
            try desk.bench.followUp(1)
            desk.pass(until: Self.friday(8 + 2 * number))
        }
        let ordinals = desk.bench.records.compactMap { record -> ClockID? in
            guard case .alerted(_, let alert, _) = record.event else { return nil }
            return alert.clock
        }
        #expect(ordinals == [ClockID(.nextResponse, 1), ClockID(.nextResponse, 2)])
        #expect(desk.bench.desk.promises[1]?.said.count == 1, "of a clock that is gone nothing is kept")
    }

    @Test func `a higher priority has a promise of its own, from when the ticket came`() throws {
        var settings = Self.settings(PromiseTargets(firstResponse: 8 * Self.hour), warnings: [])
        let urgent = PromisePolicy.Rule(
            name: "urgent", priorities: [.urgent], targets: PromiseTargets(firstResponse: 30 * Self.minute))
        settings.promises.rules.insert(urgent, at: 0)
        var desk = try Shop(settings, at: Self.friday(8))
        try desk.bench.submit()
        desk.pass(until: Self.friday(8, 10))
        try desk.bench.ask(.amend(1, nil, .priority(.urgent)), from: desk.ann)
        desk.pass(until: Self.friday(20))
        #expect(desk.said == ["1 broken first-response 13T08:30:00.001, due 13T08:30"])
    }

    @Test func `each line has a time of its own`() throws {
        let lines = [PromiseTargets.LineTarget(line: "line-two", milliseconds: Self.hour)]
        var desk = try Shop(Self.settings(PromiseTargets(lines: lines), warnings: []), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 9 * Self.hour), from: desk.ann)
        desk.pass(until: Self.friday(10))
        try desk.bench.ask(.escalate(1, 1, to: nil, note: "too hard"), from: desk.ann)
        desk.pass(until: Self.friday(20))
        #expect(desk.said == ["1 broken line:line-two 13T11:00:00.001, due 13T11:00"])
    }

    @Test func `whoever escalates may give the line a time of its own`() throws {
        let lines = [PromiseTargets.LineTarget(line: "line-two", milliseconds: Self.hour)]
        var desk = try Shop(Self.settings(PromiseTargets(lines: lines), warnings: []), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 30 * Self.hour), from: desk.ann)
        try desk.bench.ask(.escalate(1, 1, to: nil, note: "n", budget: 3 * Self.hour), from: desk.ann)
        desk.pass(until: Self.friday(10))
        #expect(desk.said.isEmpty)
        desk.bench.restart()
        desk.pass(until: Self.friday(20))
        #expect(desk.said == ["1 broken line:line-two 13T11:00:00.001, due 13T11:00"])
    }

    @Test func `a budget is for one stay, and needs a clock`() throws {
        let lines = [PromiseTargets.LineTarget(line: "line-one", milliseconds: 9 * Self.hour)]
        var desk = try Shop(Self.settings(PromiseTargets(lines: lines), warnings: []), at: Self.friday(8))
        try desk.bench.submit()
        try desk.bench.ask(.claim(1, leaseMilliseconds: 30 * Self.hour), from: desk.ann)
        for budget in [0, -1, Desk.budgetMax + 1, .min, .max] {
            let escalate = Action.escalate(1, 1, to: nil, note: "n", budget: budget)
            #expect(try desk.bench.refusal(escalate, from: desk.ann).code == .noBudget)
        }
        try desk.bench.ask(.escalate(1, 1, to: nil, note: "n", budget: Self.hour), from: desk.ann)
        try desk.bench.ask(.claim(1, leaseMilliseconds: 30 * Self.hour), from: desk.ann)
        try desk.bench.ask(.handBack(1, 2, note: "so"), from: desk.ann)
        let clocks = try #require(desk.bench.desk.promises[1]?.clocks)
        #expect(clocks.lines.map(\.budget) == [nil, Self.hour, nil])
        var quiet = Self.settings(PromiseTargets(firstResponse: Self.hour))
        quiet.keepsPromises = false
        var other = try Shop(quiet, at: Self.friday(8))
        try other.bench.submit()
        try other.bench.ask(.claim(1, leaseMilliseconds: 30 * Self.hour), from: other.ann)
        let escalate = Action.escalate(1, 1, to: nil, note: "n", budget: Self.hour)
        #expect(try other.bench.refusal(escalate, from: other.ann).code == .noBudget)
    }

    @Test func `a desk whose file promises nothing keeps no clocks and sets no timers`() throws {
        var quiet = Self.settings(PromiseTargets(firstResponse: Self.hour))
        quiet.keepsPromises = false
        var desk = try Shop(quiet, at: Self.friday(8))
        try desk.bench.submit()
        #expect(desk.bench.desk.promises.isEmpty)
        desk.pass(until: Self.friday(10))
        #expect(desk.bench.exchange.nextDeadline == nil)
        // From here on it does, for what comes from here on.
        quiet.keepsPromises = true
        try desk.configure(quiet)
        try desk.bench.submit()
        #expect(desk.bench.desk.promises.keys == [2])
    }

    @Test func `a desk that promised nothing for a while has forgotten no clock`() throws {
        var promising = Self.settings(PromiseTargets(firstResponse: 2 * Self.hour), warnings: [])
        var desk = try Shop(promising, at: Self.friday(8))
        try desk.bench.submit()
        promising.keepsPromises = false
        try desk.configure(promising)
        try desk.bench.submit()
        desk.pass(until: Self.friday(9))
        let restored = try #require(Desk(restoring: desk.bench.desk.parts, settings: desk.bench.settings))
        #expect(DeskImage(restored).differences(from: DeskImage(desk.bench.desk)) == [])
        desk.bench.exchange = Exchange(desk: restored, now: desk.bench.now)
        desk.boss = desk.bench.person("boss", role: .admin)
        promising.keepsPromises = true
        try desk.configure(promising)
        desk.pass(until: Self.friday(20))
        #expect(
            desk.said == [
                "1 broken first-response 13T10:00:00.001, due 13T10:00",
                "2 broken first-response 13T10:00:00.001, due 13T10:00",
            ])
    }

    @Test func `what is overdue all at once is said bit by bit`() throws {
        var desk = try Shop(
            Self.settings(PromiseTargets(firstResponse: 9 * Self.hour), warnings: []), at: Self.friday(8))
        for _ in 1...200 { try desk.bench.submit() }
        desk.pass(until: Self.friday(10))
        try desk.configure(Self.settings(PromiseTargets(firstResponse: Self.hour), warnings: []))
        var most = 0
        while let deadline = desk.bench.exchange.nextDeadline {
            desk.bench.now = max(desk.bench.now, deadline)
            most = max(most, desk.bench.turn().records.count)
        }
        #expect(desk.said.count == 200)
        #expect(most <= 50)
    }
}
