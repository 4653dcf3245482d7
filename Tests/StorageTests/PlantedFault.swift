import Desk
import Storage
import Testing
import Tickets

/// Something that must not be in a store, and the one invariant that it breaks.
struct PlantedFault: CustomTestStringConvertible, Sendable {
    var invariant: Invariant
    var what: String
    var plant: @Sendable (SmallLog) throws -> any Store

    var testDescription: String { "\(invariant.rawValue): \(what)" }

    static let all: [PlantedFault] = inLog + inRows + inOthers

    /// Events that the desk would never write.
    private static let inLog: [PlantedFault] = [
        event(.d5, "a waiting ticket wakes") { $0.add(.woke(TicketNumber(3)), .desk) },
        event(.d5, "an unknown ticket wakes") { $0.add(.woke(TicketNumber(99)), .desk) },
        event(.d5, "an open ticket is closed") { $0.add(.closed([TicketNumber(3)]), .desk) },
        event(.d5, "a ticket is handed back to a line it did not come from") {
            $0.add(
                .handedBack(TicketNumber(2), Token(1), to: "line-two", entry: 2, note: "n"), SmallLog.nodeOne)
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
        event(.r1, "an outbox number is left out") {
            $0.add(
                .resolved(TicketNumber(2), Token(1), Reply(entry: 2, outbox: 4, text: "r")), SmallLog.nodeOne)
        },
        event(.r3, "a reply to a ticket that nobody holds") {
            $0.add(
                .resolved(TicketNumber(3), Token(0), Reply(entry: 2, outbox: 3, text: "r")), SmallLog.nodeOne)
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
