import Desk
import Promises
import Randomness
import Testing
import Tickets

@testable import Rehearsal

struct RehearsalTests {
    /// Two lines, promises of an hour, one crew a line from nine to five on weekdays, and half a request a minute.
    private static func plan(_ change: (inout RehearsalPlan) -> Void = { _ in }) throws -> RehearsalPlan {
        let day = try #require(BusinessHours.Interval(opens: 9 * 60, closes: 17 * 60))
        let week = Weekday.allCases.map { $0.rawValue <= 5 ? [day] : [] }
        var settings = DeskSettings(lines: [
            LineSettings(name: "line-one", next: "line-two"), LineSettings(name: "line-two"),
        ])
        settings.hours = try BusinessHours(zone: .utc) { week[Int($0.rawValue) - 1] }
        settings.promises = PromisePolicy(rules: [
            PromisePolicy.Rule(
                name: "all", targets: PromiseTargets(firstResponse: 3_600_000, resolution: 7_200_000),
                hours: settings.hours)
        ])
        settings.keepsPromises = true
        let texts = (1...20).map {
            Submission(
                channel: $0 % 4 == 0 ? "chat" : "mail", customer: "c\($0)@example.org", subject: "s\($0)",
                body: "where is my order", priority: $0 % 7 == 0 ? .urgent : .normal)
        }
        var plan = RehearsalPlan(
            settings: settings, firstDay: try #require(CivilDay(2026, 11, 23)), days: 3,
            demand: Demand(
                requests: Array(repeating: 200, count: 7),
                hours: (0..<24).map { (7...18).contains($0) ? 4 : 1 },
                texts: texts, chats: ["chat"], reminding: 80, returning: 60),
            crews: [
                Crew(
                    name: "one", line: "line-one", people: 4, seats: 2, week: week,
                    handling: .exponential(meanMilliseconds: 540_000), escalated: 150, asked: 60),
                Crew(
                    name: "two", line: "line-two", people: 1, seats: 2, week: week,
                    handling: .exponential(meanMilliseconds: 600_000)),
            ])
        change(&plan)
        return plan
    }

    private static func played(_ plan: RehearsalPlan) throws -> (records: [Record], rehearsal: Rehearsal) {
        var rehearsal = try Rehearsal(plan)
        var records: [Record] = []
        while let more = rehearsal.next() { records += more }
        return (records, rehearsal)
    }

    @Test func `days are played to their end, and nothing happens that must not`() throws {
        let (records, rehearsal) = try Self.played(Self.plan())
        let ledger = rehearsal.ledger
        #expect(ledger.findings == [])
        #expect(rehearsal.desk.census.submitted == 600)
        #expect(rehearsal.progress == 1)
        // Everything that customers and people can do was done.
        let words = Set(records.map(\.event.word))
        let expected: Set = [
            "configured", "submitted", "claimed", "noted", "replied", "escalated", "handed-back", "resolved",
            "pended", "woke", "followed-up", "warned", "broken",
        ]
        #expect(words.isSuperset(of: expected), "missing: \(expected.subtracting(words).sorted())")
        #expect(ledger.expired == 0)
        let promises = ledger.promises
        #expect(promises.kept > 0 && promises.warned > 0 && promises.broken > 0)
        // Two promises a ticket; tickets that are open again have their clocks open.
        #expect(promises.all == 1_200)
        #expect(ledger.letters > 500 && ledger.notes > 500)
    }

    @Test func `the same plan gives the same log, another seed another`() throws {
        let plan = try Self.plan { $0.days = 1 }
        let records = try Self.played(plan).records
        #expect(try Self.played(plan).records == records)
        var other = plan
        other.seed = 2
        #expect(try Self.played(other).records != records)
    }

    @Test func `on a holiday nobody works, and what came waits for the day after`() throws {
        let plan = try Self.plan { plan in
            plan.days = 2
            let week = plan.settings.hours.week
            if let hours = try? BusinessHours(
                zone: .utc, exceptions: [BusinessHours.Exception(day: plan.firstDay)],
                week: { week[Int($0.rawValue) - 1] })
            {
                plan.settings.hours = hours
            }
        }
        let claimed = try Self.played(plan).records.filter { $0.event.word == "claimed" }
        let opening = BusinessHours.always.zone.moment(of: plan.firstDay.advanced(by: 1), minute: 9 * 60)
        #expect(claimed.first?.at == opening)
    }

    // MARK: - That each check can fail

    @Test func `a note in an answer is found`() throws {
        let plan = try Self.plan()
        var ledger = RehearsalLedger(plan.settings)
        let note = ledger.newNote(by: "ann", about: TicketNumber(1))
        let reply = Reply(entry: 2, outbox: 1, text: PublicText("Dear customer, \(note)"))
        let record = Record(
            position: Position(1), at: .zero, author: .desk, command: nil,
            event: .replied(TicketNumber(1), Token(1), reply))
        ledger.follow([record], of: Desk(settings: plan.settings), at: .zero)
        #expect(ledger.findings.map(\.what) == ["a note reached the customer"])
        ledger.read(["Good day.", note], at: .zero)
        #expect(
            ledger.findings.map(\.what).dropFirst() == [
                "a note is in the outbox", "the outbox has 2 letters of 1",
            ])
    }

    /// A log in which a line's second ticket is taken first, by number: what a person may do and a desk may not.
    @Test func `a ticket that is taken before an older one is found`() throws {
        let ledger = try Self.overtaking { $0.lines[0].policy = .fifo }
        #expect(
            ledger.findings.map(\.what) == ["ticket 3 was taken before it", "ticket 3 was taken before it"])
        #expect(ledger.findings.map(\.ticket) == [TicketNumber(1), TicketNumber(2)])
    }

    @Test func `a ticket that overtakes beyond the bound of a ranked line is found, one within it is not`()
        throws
    {
        let ledger = try Self.overtaking {
            $0.lines[0].policy = .shortestFirst
            $0.lines[0].ageingMilliseconds = 1_500
            $0.life.kinds = [
                KindSettings(name: "short", effortMilliseconds: 0),
                KindSettings(name: "long", effortMilliseconds: 60_000),
            ]
        }
        #expect(ledger.findings.map(\.what) == ["ticket 3 overtook it beyond the line's bound"])
        #expect(ledger.findings.first?.ticket == TicketNumber(1))
    }

    /// What the ledger says of three tickets, a second apart, of which somebody takes the third by number.
    private static func overtaking(_ change: (inout DeskSettings) -> Void) throws -> RehearsalLedger {
        var settings = try plan().settings
        change(&settings)
        var exchange = Exchange(desk: Desk(settings: settings), now: .zero)
        var (ledger, turn) = (RehearsalLedger(settings), Turn())
        let (customer, person) = (SessionID(1), SessionID(2))
        exchange.handle(.hello(customer, Author(role: .client, key: "c"), nil), at: .zero, into: &turn)
        exchange.handle(
            .hello(person, Author(role: .agent, key: "p", agent: "p"), nil), at: .zero, into: &turn)
        let submit = Action.submit(Submission(channel: "mail", customer: "c", subject: "s", body: "b"))
        let actions = [submit, submit, submit, .claim(TicketNumber(3), leaseMilliseconds: 60_000)]
        for (index, action) in actions.enumerated() {
            let command = Command(id: CommandID(high: 1, low: UInt64(index)), action: action)
            let now = Moment(milliseconds: Int64(index) * 1_000)
            exchange.handle(.command(index < 3 ? customer : person, command), at: now, into: &turn)
            exchange.endTurn(at: now, judges: true, into: &turn)
            ledger.follow(turn.records, of: exchange.desk, at: now)
            turn = Turn()
        }
        return ledger
    }

    @Test func `a broken promise of which nothing was said is found`() throws {
        let plan = try Self.plan()
        let records = try Self.played(plan).records
        let broken = try #require(
            records.firstIndex {
                if case .alerted(_, let alert, _) = $0.event { alert.isBroken } else { false }
            }
        )
        var (ledger, desk) = (RehearsalLedger(plan.settings), Desk(settings: plan.settings))
        for (index, record) in records.enumerated() {
            desk.evolve(record)
            if index != broken { ledger.follow([record], of: desk, at: record.at) }
        }
        ledger.close(desk, at: try #require(records.last?.at))
        #expect(ledger.findings.contains { $0.what.hasSuffix("is broken and nobody said so") })
    }
}
