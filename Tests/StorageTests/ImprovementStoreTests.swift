import Desk
import Storage
import Testing
import Tickets

/// What those are told who asked for something of the product, in logs, views and snapshots.
@Suite struct ImprovementStoreTests {
    private static var settings: DeskSettings {
        var settings = DeskSettings()
        settings.acknowledgement = Acknowledgement(
            texts: [DelayNotice.Text(nil, "Request {number} is here.")], channels: ["mail"])
        return settings
    }

    /// Ticket 1 is closed and ticket 2 waits when both are told.
    private static func log() -> SmallLog {
        var log = SmallLog(empty: ())
        log.add(
            .configured(Configuration(version: 1, settings: settings, source: "", reason: "r")), .desk)
        for number in 1...2 { log.submit(UInt64(number)) }
        for number in 1...2 { log.wish(UInt64(number)) }
        log.claim(1, 1, SmallLog.nodeOne)
        log.add(.resolved(TicketNumber(1), Token(1), nil), SmallLog.nodeOne)
        log.add(.closed([TicketNumber(1)]), .desk)
        return log
    }

    private static let improvement = Improvement(
        topic: "export", text: "It is there.", outbox: 1,
        letters: [
            .init(ticket: TicketNumber(1), entry: 2), .init(ticket: TicketNumber(2), entry: 2),
        ])

    private static func turns(_ log: SmallLog) -> [[Record]] { log.records.map { [$0] } }

    @Test(arguments: StoreKind.allCases, [1, 1_000])
    func `each is written to in their conversation and the outbox, and stays where they were`(
        _ kind: StoreKind, _ perFold: Int
    ) throws {
        var log = Self.log()
        log.add(.improved(Self.improvement), Author(role: .lead, key: "lea"))
        try kind.withStore { store in
            try store.write(Self.turns(log))
            try store.foldView(perFold: perFold)
            let view = try store.openViewReader()
            for number in 1...2 {
                let ticket = TicketNumber(UInt64(number))
                let entries = try view.entries(of: ticket)
                #expect(entries.map(\.text) == ["b", "It is there."])
                #expect(entries.map(\.kind) == [.message, .reply])
                let row = try #require(try view.ticket(ticket))
                #expect(row.status == (number == 1 ? .closed : .new))
                #expect(row.place == (number == 1 ? .aside : .waiting))
                #expect(row.revision == (number == 1 ? 6 : 3))
            }
            let letters = try view.outbox(after: 0, limit: 10)
            #expect(letters.map(\.ticket.rawValue) == [1, 2])
            #expect(letters.map(\.number) == [1, 2])
            let verdict = try Verifier.verify(store, settings: DeskSettings())
            #expect(verdict.invariants.allSatisfy { $0.violationCount == 0 })
            let replay = try Replay(
                store.openLogReader(), settings: DeskSettings(), until: .position(log.last),
                ticket: TicketNumber(1))
            #expect(replay.entries.map(\.text) == ["b", "It is there."])
        }
    }

    @Test func `a desk comes back with who asked for what`() throws {
        var desk = Desk(settings: DeskSettings())
        for record in Self.log().records { desk.evolve(record) }
        #expect(desk.wishes.all.map(\.entries) == [1, nil])
        let bytes = try SnapshotCoding.encode(desk)
        let read = try SnapshotCoding.decode(bytes, settings: DeskSettings())
        #expect(read.wishes == desk.wishes)
        #expect(try SnapshotCoding.encode(read) == bytes)
    }
}
