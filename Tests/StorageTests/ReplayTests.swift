import Desk
import Storage
import Testing
import Tickets

@Suite struct ReplayTests {
    @Test(arguments: StoreKind.allCases, [20, 75, 250])
    func `a replay is the desk that lived, bit for bit`(_ kind: StoreKind, _ steps: Int) throws {
        // The same life, and its beginning: what lived after so many steps, in a snapshot of its own.
        let (whole, early) = (History(seed: 91), History(seed: 91, steps: steps))
        let snapshot = try SnapshotCoding.encode(early.desk)
        try kind.withStore { store in
            try store.write(whole.turns)
            // One that is newer than the moment asked for, and one that is no part of it, must not be used.
            try store.openSnapshots().save(whole.desk)
            let replay = try Replay(
                try store.openLogReader(), settings: History.settings, until: .position(early.desk.position))
            #expect(replay.desk.position == early.desk.position)
            #expect(try SnapshotCoding.digest(of: replay.desk) == Array(snapshot.suffix(32)))
            #expect(try SnapshotCoding.encode(replay.desk) == snapshot)
        }
    }

    @Test func `each event changes the digest, and a moment ends behind its last event`() throws {
        let history = History(seed: 92, steps: 60)
        let store = MemoryStore()
        try store.write(history.turns)
        let log = store.openLogReader()
        var digests: Set<[UInt8]> = []
        for record in history.records {
            let byPosition = try Replay(log, settings: History.settings, until: .position(record.position))
            digests.insert(try SnapshotCoding.digest(of: byPosition.desk))
            let byMoment = try Replay(log, settings: History.settings, until: .moment(record.at))
            let last = history.records.last { $0.at == record.at }
            #expect(byMoment.desk.position == last?.position)
        }
        #expect(digests.count == history.records.count)
        #expect(try Replay(log, settings: History.settings, until: .moment(.zero)).desk.position == .start)
    }

    @Test func `a ticket's conversation is that of the view at the time`() throws {
        let history = History(seed: 93)
        let store = MemoryStore()
        try store.write(history.turns)
        try store.foldView()
        let (log, view) = (store.openLogReader(), store.openViewReader())
        for number in (1...history.desk.lastTicket.rawValue).map({ TicketNumber($0) }) {
            let replay = try Replay(
                log, settings: History.settings, until: .position(history.desk.position), ticket: number)
            #expect(try view.entries(of: number) == replay.entries)
            #expect(try view.ticket(number)?.customer == replay.submission?.customer)
        }
    }
}
