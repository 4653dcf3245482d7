import Desk
import Figures
import Promises
import Testing
import Tickets

struct ReportTests {
    @Test func `a ticket that was solved at once`() throws {
        var log = LogKit()
        log.submit(1, channel: "chat", at: 8 * 60)
        log.claim(1, by: "ann", at: 8 * 60 + 10)
        log.resolve(1, reply: true, at: 8 * 60 + 30)
        let row = try #require(report(log).rows.first)
        #expect((row.requests, row.answered, row.solved, row.firstContact) == (1, 1, 1, 1))
        #expect((row.escalated, row.handedBack, row.reopened) == (0, 0, 0))
        #expect(row.firstResponse.milliseconds(at: 0.5) == 30 * minute)
        #expect(row.resolution.milliseconds(at: 0.5) == 30 * minute)
        #expect((row.firstResponse.kept, row.firstResponse.broken, row.firstResponse.open) == (1, 0, 0))
    }

    @Test func `a ticket that was solved without an answer owes none, and one that was late for it is late`()
        throws
    {
        var log = LogKit()
        for (number, length) in [(1, 30), (2, 3_000)] as [(UInt64, Int64)] {
            log.submit(number, at: 8 * 60)
            log.claim(number, by: "ann", at: 8 * 60 + 10)
            log.resolve(number, reply: false, at: 8 * 60 + length)
        }
        let row = try #require(report(log).rows.first)
        #expect((row.requests, row.answered, row.solved) == (2, 0, 2))
        #expect((row.firstResponse.kept, row.firstResponse.broken, row.firstResponse.open) == (0, 1, 0))
        log.followUp(1, wakes: true, at: 8 * 60 + 3_001)
        let again = try #require(report(log).rows.first)
        #expect(
            (again.firstResponse.broken, again.firstResponse.open) == (1, 1),
            "it is owed again, in what was left")
        log.submit(3, at: 8 * 60 + 3_001 + 24 * 60)
        let late = try #require(report(log).rows.first)
        #expect((late.firstResponse.broken, late.firstResponse.open) == (2, 1))
    }

    @Test func `what a customer was told is what is judged, when the policy promises more time`() throws {
        for (told, broken) in [(nil, 0), (10 * minute, 1), (30 * minute, 0)] as [(Int64?, Int)] {
            var log = LogKit()
            log.submit(1, at: 0)
            log.acknowledge(1, promised: told, at: 0)
            log.claim(1, by: "ann", at: 1)
            log.resolve(1, reply: true, at: 30)
            let row = try #require(report(log).rows.first)
            #expect((row.firstResponse.broken, row.breached) == (broken, broken))
        }
    }

    @Test func `time for which the customer was waited for is in no figure`() throws {
        var log = LogKit()
        log.submit(1, at: 8 * 60)
        log.claim(1, by: "ann", at: 8 * 60)
        log.reply(1, at: 8 * 60 + 20)
        log.pend(1, at: 9 * 60)
        log.followUp(1, wakes: true, at: 20 * 60)
        log.claim(1, by: "ann", at: 20 * 60 + 10)
        log.resolve(1, reply: true, at: 20 * 60 + 30)
        let row = try #require(report(log).rows.first)
        #expect(row.resolution.milliseconds(at: 1) == 90 * minute)
        #expect(row.firstContact == 0, "it took two claims")
        #expect(row.reopened == 0, "it was never solved before")
    }

    @Test func `on hold the promise goes on`() throws {
        var log = LogKit()
        log.submit(1, at: 0)
        log.claim(1, by: "ann", at: 0)
        log.pend(1, onHold: true, at: 60)
        log.wake(1, at: 120)
        log.claim(1, by: "ann", at: 120)
        log.resolve(1, reply: true, at: 180)
        #expect(report(log).rows.first?.resolution.milliseconds(at: 1) == 180 * minute)
    }

    @Test func `an escalated ticket that the customer opens again`() throws {
        var log = LogKit()
        log.submit(1, at: 0)
        log.claim(1, by: "ann", at: 1)
        log.escalate(1, to: "line-two", at: 2)
        log.claim(1, by: "bob", at: 3)
        log.handBack(1, to: "line-one", at: 4)
        log.claim(1, by: "ann", at: 5)
        log.resolve(1, reply: true, at: 6)
        log.followUp(1, wakes: true, at: 60)
        let row = try #require(report(log).rows.first)
        #expect(
            (row.solved, row.firstContact, row.escalated, row.handedBack, row.reopened) == (0, 0, 1, 1, 1))
        #expect(row.resolution.milliseconds(at: 1) == nil, "it is not solved")
    }

    @Test func `a promise is broken once its time is over, answered or not`() throws {
        let policy = PromisePolicy(rules: [
            PromisePolicy.Rule(
                name: "all", targets: PromiseTargets(firstResponse: 15 * minute, resolution: 60 * minute))
        ])
        var log = LogKit()
        for number in UInt64(1)...3 { log.submit(number, at: 0) }
        log.claim(1, by: "ann", at: 0)
        log.reply(1, at: 15)
        log.claim(2, by: "bob", at: 0)
        log.reply(2, at: 16)
        log.submit(4, at: 50)
        let first = try #require(report(log, policy).rows.first).firstResponse
        #expect((first.kept, first.broken, first.open) == (1, 2, 1))
        let resolution = try #require(report(log, policy).rows.first).resolution
        #expect((resolution.kept, resolution.broken, resolution.open) == (0, 0, 4))
    }

    @Test func `groups add up to all, and come in their own order`() {
        var log = LogKit()
        for number in UInt64(1)...40 {
            log.submit(number, channel: number % 3 == 0 ? "chat" : "mail", at: Int64(number) * 97)
            log.claim(number, by: number % 7 == 0 ? "bob" : "ann", at: Int64(number) * 97 + 3)
            if number % 2 == 0 { log.resolve(number, reply: true, at: Int64(number) * 97 + 9) }
        }
        log.submit(41, at: 40 * 97 + 20)
        let rows = report(log, by: ReportGrouping.allCases).rows
        for grouping in ReportGrouping.allCases {
            let group = rows.filter { $0.grouping == grouping }
            #expect(group.reduce(0) { $0 + $1.requests } == 41)
            #expect(group.reduce(0) { $0 + $1.solved } == 20)
            #expect(group.reduce(0) { $0 + $1.resolution.kept } == 20)
        }
        #expect(rows.filter { $0.grouping == .agent }.map(\.key) == ["ann", "bob", "nobody"])
        #expect(
            rows.filter { $0.grouping == .hour }.map(\.key)
                == rows.filter { $0.grouping == .hour }.map(\.key).sorted())
        // 1970-01-01 was a Thursday.
        #expect(rows.filter { $0.grouping == .weekday }.map(\.key) == ["thursday", "friday", "saturday"])
    }

    @Test func `only tickets accepted in the time are in it`() {
        var log = LogKit()
        for number in UInt64(1)...10 { log.submit(number, at: Int64(number) * 60) }
        let report = Report(
            log.fold,
            Report.Question(
                by: [.all],
                accepted: Moment(milliseconds: 120 * minute)..<Moment(milliseconds: 300 * minute),
                policy: .standard, zone: .utc))
        #expect(report.rows.first?.requests == 3)
    }

    @Test func `events of a damaged log are counted, and change nothing`() {
        var log = LogKit()
        log.submit(1, at: 0)
        log.submit(3, at: 1)
        log.claim(9, by: "ann", at: 2)
        log.claim(0, by: "ann", at: 3)
        #expect(log.fold.strays == 3)
        #expect(log.fold.tickets.count == 1)
    }

    @Test func `a percentile is the nearest rank`() {
        var log = LogKit()
        for number in UInt64(1)...10 {
            log.submit(number, at: 0)
            log.claim(number, by: "ann", at: 0)
        }
        for number in UInt64(1)...10 { log.resolve(number, reply: true, at: Int64(number)) }
        let figures = report(log).rows[0].resolution
        let ranks = [0.0, 0.1, 0.5, 0.9, 0.91, 1].map { figures.milliseconds(at: $0) }
        #expect(ranks == [1, 1, 5, 9, 10, 10].map { $0 * minute })
    }

    @Test func `a later message is owed an answer, once until it has one`() throws {
        let policy = PromisePolicy(
            rules: [PromisePolicy.Rule(name: "all", targets: PromiseTargets(nextResponse: 30 * minute))],
            warnings: [10 * minute])
        var log = LogKit()
        log.submit(1, at: 0)
        log.claim(1, by: "ann", at: 0)
        log.followUp(1, wakes: false, at: 5)
        log.reply(1, at: 10)
        for (asked, answered) in [(20, 40), (60, 85), (100, 131)] as [(Int64, Int64)] {
            log.followUp(1, wakes: false, at: asked)
            log.followUp(1, wakes: false, at: asked + 1)
            log.reply(1, at: answered)
        }
        log.followUp(1, wakes: false, at: 140)
        log.submit(2, at: 150)
        let next = try #require(report(log, policy).rows.first).nextResponse
        #expect((next.kept, next.warned, next.broken, next.open) == (1, 1, 1, 1))
        #expect([0.0, 0.5, 1].map { next.milliseconds(at: $0) } == [20 * minute, 25 * minute, 31 * minute])
    }

    @Test func `the third request about the same thing within thirty days is a repeat`() throws {
        let day: Int64 = 1_440
        var log = LogKit()
        for (index, days) in [Int64(0), 10, 30, 31, 90, 100, 121].enumerated() {
            log.submit(UInt64(2 * index) + 1, kind: "refund", at: days * day)
            // Of another customer: no repeat, and the refunds' own stays what it is.
            log.submit(UInt64(2 * index) + 2, kind: "refund", customer: "d\(index)", at: days * day)
        }
        #expect(report(log).rows.first?.repeats == 2, "those of days 30 and 31; day 90 begins anew")
        // What came before the report's time is counted, too.
        let late = Report(
            log.fold,
            Report.Question(
                by: [.kind], accepted: Moment(milliseconds: 31 * day * minute)..<Moment.distantFuture,
                policy: .standard, zone: .utc))
        #expect(late.rows.map(\.key) == ["refund"])
        #expect(late.rows.first?.repeats == 1)
    }

    @Test func `effort is the time for which somebody held the ticket`() throws {
        var log = LogKit()
        log.submit(1, at: 0)
        log.claim(1, by: "ann", at: 10)
        log.pend(1, at: 15)
        log.wake(1, at: 100)
        log.claim(1, by: "bob", at: 110)
        log.resolve(1, reply: false, at: 113)
        let row = try #require(report(log).rows.first)
        #expect(row.heldMilliseconds == 8 * minute)
        #expect((row.solved, row.answered) == (1, 0), "a solution without a reply answers nobody")
    }

    @Test func `by tag a ticket counts in each of its tags, by shift in one`() throws {
        var log = LogKit()
        log.submit(1, tags: ["vip", "late", "vip"], at: 7 * 60)
        log.submit(2, tags: ["late"], at: 15 * 60)
        log.submit(3, at: 23 * 60)
        let shifts = [
            Shift(
                name: "early", intervals: [BusinessHours.Interval(opens: 360, closes: 900)].compactMap(\.self)
            ),
            Shift(
                name: "late",
                intervals: [BusinessHours.Interval(opens: 900, closes: 1_320)].compactMap(\.self)),
        ]
        let rows = report(log, by: [.tag, .shift], shifts: shifts).rows
        let counts = rows.map { "\($0.grouping) \($0.key) \($0.requests)" }
        #expect(
            counts == [
                "tag late 2", "tag vip 1", "tag none 1", "shift early 1", "shift late 1", "shift none 1",
            ])
    }

    // Products print the same figure as 42 min on one screen and as 7 min on another (chatwoot #14141).
    @Test func `complaint 11: groups of one report, and two reports, agree to the millisecond`() throws {
        var log = LogKit()
        for number in UInt64(1)...60 {
            let at = Int64(number) * 31
            log.submit(number, channel: number % 2 == 0 ? "chat" : "mail", at: at)
            log.claim(number, by: number % 3 == 0 ? "bob" : "ann", at: at + 5)
            log.resolve(number, reply: true, at: at + 7 + Int64(number) * 11 % 97)
        }
        let whole = report(log, by: ReportGrouping.allCases)
        for grouping in ReportGrouping.allCases {
            #expect(report(log, by: [grouping]).rows == whole.rows.filter { $0.grouping == grouping })
            let rows = whole.rows.filter { $0.grouping == grouping }
            #expect(rows.reduce(0) { $0 + $1.heldMilliseconds } == whole.rows[0].heldMilliseconds)
            #expect(rows.reduce(0) { $0 + $1.firstResponse.kept } == whole.rows[0].firstResponse.kept)
        }
        #expect(whole.rows[0].firstResponse.kept == 60)
        // Of one group and of one ticket the figure is that ticket's own.
        #expect(
            whole.rows[0].firstResponse.milliseconds(at: 1)
                == log.fold.tickets.map { ticket in
                    ticket.course.clocks.firstResponse.elapsed(at: log.fold.end, .always)
                }.max())
    }

    private func report(
        _ log: LogKit, _ policy: PromisePolicy = .standard, by groupings: [ReportGrouping] = [.all],
        shifts: [Shift] = []
    ) -> Report {
        Report(
            log.fold,
            Report.Question(
                by: groupings, accepted: .zero..<Moment.distantFuture, policy: policy, zone: .utc,
                shifts: shifts))
    }
}

private let minute: Int64 = 60_000

/// Writes a log by hand; times are minutes.
private struct LogKit {
    private(set) var fold = FiguresFold()
    private var position = Position.start

    private mutating func add(_ event: Event, at minutes: Int64) {
        position = position.next
        fold.follow(
            Record(
                position: position, at: Moment(milliseconds: minutes * minute),
                author: Author(role: .client, key: "web"), command: nil, event: event))
    }

    mutating func submit(
        _ number: UInt64, channel: Name = "web", kind: String? = nil, customer: String = "c",
        tags: [String] = [], at minutes: Int64
    ) {
        let submission = Submission(
            channel: channel, customer: customer, subject: "s", body: "hello", kind: kind, tags: tags)
        add(.submitted(TicketNumber(number), line: "line-one", submission), at: minutes)
    }

    mutating func claim(_ number: UInt64, by agent: Name, at minutes: Int64) {
        let holder = Holder(node: "node", incarnation: 1, agent: agent)
        add(.claimed(TicketNumber(number), Token(1), holder, leaseMilliseconds: 1), at: minutes)
    }

    mutating func acknowledge(_ number: UInt64, promised: Int64?, at minutes: Int64) {
        let letter = Reply(entry: 2, outbox: 1, text: "It is here.")
        add(.acknowledged(TicketNumber(number), letter, promised: promised), at: minutes)
    }

    mutating func reply(_ number: UInt64, at minutes: Int64) {
        add(.replied(TicketNumber(number), Token(1), Reply(entry: 2, outbox: 1, text: "hi")), at: minutes)
    }

    mutating func resolve(_ number: UInt64, reply: Bool, at minutes: Int64) {
        let text = reply ? Reply(entry: 2, outbox: 1, text: "done") : nil
        add(.resolved(TicketNumber(number), Token(1), text), at: minutes)
    }

    mutating func pend(_ number: UInt64, onHold: Bool = false, at minutes: Int64) {
        add(.pended(TicketNumber(number), Token(1), onHold: onHold, until: nil, reason: "r"), at: minutes)
    }

    mutating func wake(_ number: UInt64, at minutes: Int64) { add(.woke(TicketNumber(number)), at: minutes) }

    mutating func followUp(_ number: UInt64, wakes: Bool, at minutes: Int64) {
        add(.followedUp(TicketNumber(number), entry: 3, body: "and?", wakes: wakes), at: minutes)
    }

    mutating func escalate(_ number: UInt64, to line: Name, at minutes: Int64) {
        add(.escalated(TicketNumber(number), Token(1), to: line, entry: 2, note: "n"), at: minutes)
    }

    mutating func handBack(_ number: UInt64, to line: Name, at minutes: Int64) {
        add(.handedBack(TicketNumber(number), Token(1), to: line, entry: 3, note: "n"), at: minutes)
    }
}
