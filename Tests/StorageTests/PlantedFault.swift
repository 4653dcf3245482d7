import Desk
import Figures
import Promises
import Storage
import Testing
import Tickets

/// Something that must not be in a store, and the one invariant that it breaks.
struct PlantedFault: CustomTestStringConvertible, Sendable {
    var invariant: Invariant
    var what: String
    var plant: @Sendable (SmallLog) throws -> any Store

    var testDescription: String { "\(invariant.rawValue): \(what)" }

    static let all: [PlantedFault] = inLog + inAlerts + inNotices + inRows + inOthers

    private static func configured(_ version: UInt64, _ settings: DeskSettings) -> Event {
        .configured(Configuration(version: version, settings: settings, source: "", reason: "r"))
    }

    /// A desk that promises an answer in 100 ms, 30 ms before which it warns, and a solution in a second.
    private static let promising: DeskSettings = {
        var settings = DeskSettings()
        settings.keepsPromises = true
        let targets = PromiseTargets(firstResponse: 100, resolution: 1_000)
        settings.promises = PromisePolicy(
            rules: [PromisePolicy.Rule(name: "all", targets: targets)], warnings: [30])
        return settings
    }()

    /// Says of a ticket that was submitted at `start` that its first response is broken, or warns of it.
    private static func alert(
        _ number: UInt64, from start: Int64, _ warning: Int64? = nil, rule: String = "all",
        notice: Reply? = nil
    ) -> Event {
        .alerted(
            TicketNumber(number),
            PromiseAlert(
                ClockID(.firstResponse), rule: rule, due: Moment(milliseconds: start + 100), warning: warning),
            notice: notice)
    }

    /// Alerts that the desk would never write, of ticket 6, which comes at 2,000 ms.
    private static let inAlerts: [PlantedFault] = [
        promised("a promise is broken before its time") { $0.add(alert(6, from: 2_000), .desk, at: 2_100) },
        promised("a promise is warned of before its time") {
            $0.add(alert(6, from: 2_000, 30), .desk, at: 2_070)
        },
        promised("a promise is broken twice") {
            $0.add(alert(6, from: 2_000), .desk, at: 2_101)
            $0.add(alert(6, from: 2_000), .desk, at: 2_102)
        },
        promised("a promise is broken that nobody gave") {
            $0.add(alert(6, from: 2_000, rule: "gold"), .desk, at: 2_101)
        },
        promised("a promise is due at another time") { $0.add(alert(6, from: 1_990), .desk, at: 2_200) },
        promised("a promise is broken that was kept") {
            $0.claim(6, 1, SmallLog.nodeOne, at: 2_010)
            $0.add(
                .replied(TicketNumber(6), Token(1), Reply(entry: 2, outbox: 3, text: "r")), SmallLog.nodeOne,
                at: 2_020)
            $0.add(alert(6, from: 2_000), .desk, at: 2_101)
        },
        promised("a promise of spam is broken") {
            $0.add(.amended(TicketNumber(6), nil, .spam(true, reason: ""), lacking: []), .desk, at: 2_010)
            $0.add(alert(6, from: 2_000), .desk, at: 2_101)
        },
        event(.p2, "a desk that promises nothing breaks a promise") {
            $0.submit(6, at: 2_000)
            $0.add(alert(6, from: 2_000), .desk, at: 2_101)
        },
    ]

    /// What customers of a desk would never be told of ticket 6, which comes at 2,000 ms.
    private static let inNotices: [PlantedFault] = [
        told("a customer is told nothing") { $0.add(alert(6, from: 2_000, 30), .desk, at: 2_071) },
        told("a customer is told twice") {
            $0.add(alert(6, from: 2_000, 30, notice: notice(2, 3)), .desk, at: 2_071)
            $0.add(alert(6, from: 2_000, 10, notice: notice(3, 4)), .desk, at: 2_091)
        },
        told("a customer is told with the breach") {
            $0.add(alert(6, from: 2_000, notice: notice(2, 3)), .desk, at: 2_101)
        },
        told("a customer is warned of what is broken") {
            $0.add(alert(6, from: 2_000, 30, notice: notice(2, 3)), .desk, at: 2_102)
        },
        told("a customer is told something else") {
            $0.add(alert(6, from: 2_000, 30, notice: notice(2, 3, "Never.")), .desk, at: 2_071)
        },
        told("a machine is told", tags: ["machine"]) {
            $0.add(alert(6, from: 2_000, 30, notice: notice(2, 3)), .desk, at: 2_071)
        },
        event(.r1, "what a customer is told skips a number of the outbox") {
            $0.add(configured(1, telling), .desk, at: 1_900)
            $0.submit(6, at: 2_000)
            $0.add(alert(6, from: 2_000, 30, notice: notice(2, 4)), .desk, at: 2_071)
        },
    ]

    private static let telling: DeskSettings = {
        var settings = promising
        settings.promises.warnings = [30, 10]
        settings.delayNotice = DelayNotice(
            texts: [DelayNotice.Text(nil, "{number} is late.")], channels: ["mail"], exceptTags: ["machine"])
        return settings
    }()

    private static func notice(_ entry: UInt32, _ outbox: UInt64, _ text: PublicText = "6 is late.") -> Reply
    {
        Reply(entry: entry, outbox: outbox, text: text)
    }

    private static func improved(
        _ invariant: Invariant, _ what: String, tickets: [UInt64] = [3], entry: UInt32 = 2,
        outbox: UInt64 = 3, _ add: @escaping @Sendable (inout SmallLog) -> Void
    ) -> PlantedFault {
        event(invariant, what) {
            add(&$0)
            let letters = tickets.map { Improvement.Letter(ticket: TicketNumber($0), entry: entry) }
            $0.add(
                .improved(
                    Improvement(topic: "export", text: "It is there.", outbox: outbox, letters: letters)),
                Author(role: .lead, key: "lea"))
        }
    }

    private static func told(
        _ what: String, tags: [String] = [], _ add: @escaping @Sendable (inout SmallLog) -> Void
    ) -> PlantedFault {
        event(.p3, what) {
            $0.add(configured(1, telling), .desk, at: 1_900)
            $0.submit(6, tags: tags, at: 2_000)
            add(&$0)
        }
    }

    private static func promised(
        _ what: String, _ add: @escaping @Sendable (inout SmallLog) -> Void
    ) -> PlantedFault {
        event(.p2, what) {
            $0.add(configured(1, promising), .desk, at: 1_900)
            $0.submit(6, at: 2_000)
            add(&$0)
        }
    }

    /// Events that the desk would never write.
    private static let inLog: [PlantedFault] = [
        event(.r1, "a customer is told twice that their request is there") {
            $0.submit(6, at: 2_000)
            $0.add(.acknowledged(TicketNumber(6), notice(2, 4), promised: nil), .desk, at: 2_000)
            $0.add(.acknowledged(TicketNumber(6), notice(3, 5), promised: nil), .desk, at: 2_000)
        },
        improved(.r1, "somebody is told of an improvement who did not ask") { _ in },
        improved(.r1, "a ticket is told twice of an improvement", tickets: [3, 3]) { $0.wish(3) },
        improved(.r1, "an improvement is told with another number of the outbox", outbox: 9) { $0.wish(3) },
        improved(.r1, "an improvement is told at another place", entry: 7) { $0.wish(3) },
        improved(.d5, "spam is told of an improvement") {
            $0.wish(3)
            $0.add(.amended(TicketNumber(3), nil, .spam(true, reason: ""), lacking: []), SmallLog.client)
        },
        event(.d5, "a rule solves a ticket that somebody holds") {
            $0.add(
                .amended(TicketNumber(2), nil, .status(.solved, reason: "by rule r"), lacking: []), .desk)
        },
        event(.d5, "a waiting ticket wakes") { $0.add(.woke(TicketNumber(3)), .desk) },
        event(.d5, "a claimed ticket overflows") {
            $0.add(.overflowed(TicketNumber(2), to: "line-two", reason: ""), .desk)
        },
        event(.d5, "a ticket overflows to where it is") {
            $0.add(.overflowed(TicketNumber(3), to: "line-one", reason: ""), .desk)
        },
        event(.d5, "an unknown ticket wakes") { $0.add(.woke(TicketNumber(99)), .desk) },
        event(.d5, "an open ticket is closed") { $0.add(.closed([TicketNumber(3)]), .desk) },
        event(.d5, "a ticket is handed back to a line it did not come from") {
            $0.add(
                .handedBack(TicketNumber(2), Token(1), to: "line-two", entry: 2, note: "n"), SmallLog.nodeOne)
        },
        event(.j1, "a ticket is merged into one that is solved") {
            $0.add(.merged(TicketNumber(3), nil, into: TicketNumber(1)), SmallLog.nodeOne)
        },
        event(.o1, "an owner changes without a reason") {
            $0.add(.amended(TicketNumber(3), nil, .owner("ann", reason: ""), lacking: []), .desk)
        },
        event(.d5, "a ticket is taken over that nobody holds") {
            $0.add(
                .tookOver(
                    TicketNumber(3), Token(9), Holder(node: "n1", incarnation: 1), leaseMilliseconds: 1,
                    reason: "r"), SmallLog.nodeOne)
        },
        event(.d5, "a solved ticket is claimed") { $0.claim(1, 4, SmallLog.nodeOne) },
        event(.d7, "a note skips a number") {
            $0.add(.noted(TicketNumber(2), Token(1), entry: 3, text: "n"), SmallLog.nodeOne)
        },
        event(.c1, "a claimed ticket is claimed again") { $0.claim(2, 2, SmallLog.nodeTwo) },
        event(.c2, "a claim has an old token") {
            $0.claim(5, 1, SmallLog.nodeTwo)
        },
        event(.c3, "a note under an old token") {
            $0.add(.noted(TicketNumber(2), Token(7), entry: 2, text: "n"), SmallLog.nodeOne)
        },
        event(.c3, "a note by a node that does not hold the ticket") {
            $0.add(.noted(TicketNumber(2), Token(1), entry: 2, text: "n"), SmallLog.nodeTwo)
        },
        event(.c12, "a failure is counted twice") {
            $0.add(
                .released(TicketNumber(2), Token(1), .failed, reason: "", failures: 2, parks: false),
                SmallLog.nodeOne)
        },
        event(.c12, "a ticket is parked after its first failure") {
            $0.add(
                .released(TicketNumber(2), Token(1), .failed, reason: "", failures: 1, parks: true),
                SmallLog.nodeOne)
        },
        event(.e1, "an escalation's note is missing") {
            $0.add(
                .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 1, note: "n"), SmallLog.nodeOne)
        },
        event(.g1, "a version of the settings is left out") {
            $0.add(configured(2, DeskSettings()), .desk)
        },
        event(.g1, "a version of the settings comes twice") {
            $0.add(configured(1, DeskSettings()), .desk)
            $0.add(configured(1, DeskSettings()), .desk)
        },
        event(.g1, "the settings contradict themselves") {
            $0.add(configured(1, DeskSettings(lines: [LineSettings(name: "a", next: "b")])), .desk)
        },
        event(.r1, "an outbox number is left out") {
            $0.add(
                .resolved(TicketNumber(2), Token(1), Reply(entry: 2, outbox: 4, text: "r")), SmallLog.nodeOne)
        },
        event(.r3, "a reply to a ticket that nobody holds") {
            $0.add(
                .resolved(TicketNumber(5), Token(1), Reply(entry: 2, outbox: 3, text: "r")), SmallLog.nodeTwo)
        },
        event(.n1, "a number is given again") { $0.submit(3) },
        event(.n2, "a number is left out") { $0.submit(7) },
        event(.n6, "time goes back") { $0.submit(6, at: 500) },
        event(.i1, "a command has two effects") { $0.submit(6, repeats: true) },
    ]

    /// Rows that the log does not account for.
    private static let inRows: [PlantedFault] = [
        row(.d1, "a ticket is missing") { $0.tickets[TicketNumber(3)] = nil },
        row(.d1, "a ticket that nobody submitted") {
            var ticket = TicketRow()
            ticket.number = TicketNumber(9)
            $0.tickets[ticket.number] = ticket
        },
        row(.d6, "another status") { $0.tickets[TicketNumber(4)]?.status = .onHold },
        row(.d6, "another owner") { $0.tickets[TicketNumber(2)]?.owner = "n9" },
        row(.d6, "another subject, the same to a reader") { $0.tickets[TicketNumber(3)]?.subject = "s\u{0}" },
        row(.d6, "another message") { $0.entries[TicketNumber(3)]?[1]?.text = "B" },
        row(.m2, "other figures of a solved ticket") {
            $0.courses[TicketNumber(1)] = TicketCourse(line: "line-one", at: Moment(milliseconds: 1_010))
        },
        row(.m2, "promises that the desk never made") {
            $0.settings.append(SettingsChange(settings: History.settings, at: Moment(milliseconds: 5_000)))
        },
        row(.m2, "figures of another channel") {
            let other = Submission(channel: "chat", customer: "c@example.org", subject: "s", body: "b")
            $0.origins[TicketNumber(2)] = TicketOrigin(other)
        },
        row(.d6, "a mark that nobody set") {
            var extras = Extras()
            extras.isSpam = true
            $0.tickets[TicketNumber(3)]?.extras = Rare(extras)
        },
        row(.d7, "a revision is left out") { $0.tickets[TicketNumber(3)]?.revision = 2 },
        row(.d7, "a position is lost") { $0.positions[TicketNumber(1)]?.removeLast() },
        row(.c11, "a ticket waits and is claimed") { $0.tickets[TicketNumber(2)]?.place = .waiting },
        row(.e1, "an escalation's note is a message") { $0.entries[TicketNumber(1)]?[2]?.kind = .message },
        row(.e1, "an escalation's note is missing") { $0.entries[TicketNumber(1)]?[2] = nil },
        row(.e4, "another count of escalations") { $0.tickets[TicketNumber(1)]?.escalations = 2 },
        row(.e4, "another stack of escalations") { $0.tickets[TicketNumber(1)]?.frames = ["line-one"] },
        row(.r1, "a reply is missing") { $0.outbox[2] = nil },
        row(.r1, "a note is in the outbox") { $0.outbox[2]?.entry = 1 },
        row(.r1, "a reply too many") {
            $0.outbox[3] = OutboxChange(number: 3, ticket: TicketNumber(1), entry: 2, at: .zero)
        },
        row(.m2, "another tally") { $0.tallies[NodeRun(node: "n1", incarnation: 1)]?.claims += 1 },
        row(.m2, "a tally is missing") { $0.tallies[NodeRun(node: "n2", incarnation: 1)] = nil },
    ]

    private static let inOthers: [PlantedFault] = [
        PlantedFault(invariant: .d7, what: "a bit of the log flips") { log in
            let store = try log.stored()
            store.alterLog { $0[2].body[5] ^= 1 }
            return store
        },
        PlantedFault(invariant: .d7, what: "a row of the log is missing") { log in
            let store = try log.stored()
            store.alterLog { _ = $0.remove(at: 3) }
            return store
        },
        PlantedFault(invariant: .l2, what: "a turn of an older epoch") { log in
            let store = try log.stored()
            try store.alterLog { rows in
                var old = Chain.start
                var new = Chain.start
                for index in rows.indices {
                    let records = try rows[index].open(after: &old).records
                    rows[index] = LogRow(sealing: records, epoch: index == 4 ? 1 : 2, onto: &new)
                }
            }
            return store
        },
        PlantedFault(invariant: .m1, what: "a snapshot counts a ticket too many") { log in
            try snapshot(log) { $0.census.submitted += 1 }
        },
        PlantedFault(invariant: .d6, what: "a snapshot has another ticket") { log in
            try snapshot(log) { $0.tickets[1].failures = 2 }
        },
        PlantedFault(invariant: .p2, what: "a snapshot forgets what was said") { log in
            var log = log
            log.add(configured(1, promising), .desk, at: 1_900)
            log.submit(6, at: 2_000)
            log.add(alert(6, from: 2_000), .desk, at: 2_101)
            return try snapshot(log) { parts in
                let promises = parts.promises[0].promises
                parts.promises[0].promises = TicketPromises(
                    channel: promises.channel, clocks: promises.clocks)
            }
        },
        PlantedFault(invariant: .k1, what: "the engine finds its file damaged") { log in
            FaultyStore(store: try log.stored())
        },
    ]

    private static func event(
        _ invariant: Invariant, _ what: String, _ add: @escaping @Sendable (inout SmallLog) -> Void
    ) -> PlantedFault {
        PlantedFault(invariant: invariant, what: what) { log in
            var log = log
            add(&log)
            return try log.stored()
        }
    }

    private static func row(
        _ invariant: Invariant, _ what: String, _ alter: @escaping @Sendable (inout MemoryView) -> Void
    ) -> PlantedFault {
        PlantedFault(invariant: invariant, what: what) { log in
            let store = try log.stored()
            store.alterView(alter)
            return store
        }
    }

    private static func snapshot(_ log: SmallLog, _ alter: (inout DeskParts) -> Void) throws -> any Store {
        let store = try log.stored()
        var desk = Desk(settings: History.settings)
        for record in log.records { desk.evolve(record) }
        var parts = desk.parts
        alter(&parts)
        try store.openSnapshots().save(try #require(Desk(restoring: parts, settings: History.settings)))
        return store
    }
}

/// A store whose engine is not content.
private struct FaultyStore: Store {
    let store: MemoryStore

    func openLog() throws(StoreError) -> any LogWriter { try store.openLog() }
    func openLogReader() -> any LogReader { store.openLogReader() }
    func openSnapshots() -> any SnapshotStore { store.openSnapshots() }
    func openView() throws(StoreError) -> any ViewWriter { try store.openView() }
    func openViewReader() -> any ViewReader { store.openViewReader() }
    func selfCheck() -> [String] { ["page 3 is never used"] }
}
