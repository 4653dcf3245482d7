import Desk
import Foundation
import GRDB
import Storage
import Testing
import Tickets

@testable import StorageSQLite

/// What only an engine with a disk can do.
@Suite struct SQLiteStoreTests {
    @Test func `the log syncs each commit and never checkpoints within one`() throws {
        try withSQLiteStore { store in
            let log = try #require(try store.openLog() as? SQLiteLogWriter)
            #expect(try log.pragma("synchronous") == 2)
            #expect(try log.pragma("wal_autocheckpoint") == 0)
            #expect(try log.pragma("page_size") == 8_192)
            #expect(try log.pragma("secure_delete") == 0)
            #expect(try log.pragma("mmap_size") ?? 0 == 0)
        }
    }

    @Test func `tidying up after many turns copies the write-ahead log and loses nothing`() throws {
        try withSQLiteStore { store in
            let log = try store.openLog()
            var small = SmallLog()
            for number in 6...1_500 { small.submit(UInt64(number)) }
            let big = String(repeating: "x", count: 20_000)
            for entry in 2...1_000 {
                small.add(
                    .followedUp(TicketNumber(3), entry: UInt32(entry), body: big, wakes: false),
                    SmallLog.client)
            }
            for start in stride(from: 0, to: small.records.count, by: 100) {
                try log.append([Array(small.records[start...].prefix(100))])
                try log.tidyUp()
            }
            let fileBytes = try #require(SystemDisk().size(store.logPath))
            #expect(fileBytes > 10_000_000)
            #expect(try store.readAll().flatMap(\.records) == small.records)
        }
    }

    @Test func `a flipped bit in any part of a log's row is noticed`() throws {
        let history = History(seed: 61, steps: 40)
        let alterations = [
            "body = CAST(substr(body, 1, 20) || x'07' || substr(body, 22) AS BLOB)",
            "epoch = epoch + 1", "first = first - 1", "layout = 0", "digest = zeroblob(32)",
        ]
        for alteration in alterations {
            try withSQLiteStore { store in
                try store.write(history.turns)
                try alter(
                    store.logPath, "UPDATE turn SET \(alteration) WHERE last = (SELECT max(last) FROM turn)")
                let read = #expect(throws: StoreError.self) { try store.readAll() }
                #expect(read?.kind == .corrupt)
                // The newest row is checked before anything is appended to it.
                let open = #expect(throws: StoreError.self) { try store.openLog() }
                #expect(open?.kind == .corrupt)
            }
        }
    }

    @Test func `a missing row of the log is noticed`() throws {
        try withSQLiteStore { store in
            try store.write(History(seed: 62, steps: 40).turns)
            try alter(
                store.logPath,
                "DELETE FROM turn WHERE first = (SELECT first FROM turn ORDER BY last LIMIT 1 OFFSET 7)")
            let error = #expect(throws: StoreError.self) { try store.readAll() }
            #expect(error?.kind == .corrupt)
        }
    }

    @Test func `a log of a newer version is refused`() throws {
        try withSQLiteStore { store in
            try store.write(History(seed: 63, steps: 10).turns)
            try alter(store.logPath, "INSERT INTO grdb_migrations VALUES ('999 tomorrow')")
            for open in [{ _ = try store.openLog() }, { _ = try store.openLogReader() }]
                as [() throws -> Void]
            {
                let error = #expect(throws: StoreError.self) { try open() }
                #expect(error?.kind == .unusable)
                #expect(error?.reason.contains("newer version") == true)
            }
        }
    }

    @Test(arguments: ["", "garbage", "SQLite format 3\u{0}garbage"])
    func `a log that is no database is refused`(_ content: String) throws {
        try withSQLiteStore { store in
            try SystemDisk().makeFolder(store.folder)
            try content.write(toFile: store.logPath, atomically: true, encoding: .utf8)
            // An empty file is a database without tables: a log begins in it, but there is nothing to read.
            if !content.isEmpty { #expect(throws: StoreError.self) { try store.openLog() } }
            let error = #expect(throws: StoreError.self) { try store.openLogReader().last }
            #expect(error?.kind == .unusable || error?.kind == .corrupt)
        }
    }

    @Test func `a folder without a desk says so`() throws {
        try withSQLiteStore { store in
            for open in [
                { _ = try store.openLogReader() }, { _ = try store.openViewReader() },
                { _ = try store.freeBytes() },
            ] as [() throws -> Void] {
                let error = #expect(throws: StoreError.self) { try open() }
                #expect(error?.kind == .unusable)
                #expect(error?.reason.contains(store.folder) == true)
            }
            try SystemDisk().makeFolder(store.folder)
            #expect(try store.freeBytes() > 0)
        }
    }

    @Test func `another process is kept out of an open desk, and is named when it has it`() throws {
        try withSQLiteStore { store in
            let log = try store.openLog()
            let path = store.folder + "/desk.lock"
            #expect(try run("/usr/bin/flock", ["--nonblock", path, "true"]) == 1)
            withExtendedLifetime(log) {}
        }
        try withSQLiteStore { store in
            try SystemDisk().makeFolder(store.folder)
            let path = store.folder + "/desk.lock"
            let other = Process()
            let held = Pipe()
            other.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            other.arguments = [path, "sh", "-c", "echo 4242 > \(path); echo held; exec cat"]
            other.standardOutput = held
            let input = Pipe()
            other.standardInput = input
            try other.run()
            // It says so once it has the lock.
            _ = held.fileHandleForReading.availableData
            let error = #expect(throws: StoreError.self) { try store.openLog() }
            #expect(error?.kind == .inUse)
            #expect(error?.reason.contains("process 4242") == true)
            // Ends it: it waits for the end of its input.
            try input.fileHandleForWriting.close()
            other.waitUntilExit()
        }
    }

    @Test(arguments: ["truncated", "garbage", "another layout", "no meta"])
    func `a view that cannot be used is built again, and says why`(_ damage: String) throws {
        let history = History(seed: 64, steps: 80)
        try withSQLiteStore { store in
            try store.write(history.turns)
            #expect(try store.foldView() == nil)
            let whole = try Everything(store)
            let reader = try store.openViewReader()
            #expect(try reader.position == history.desk.position)
            switch damage {
            case "truncated": try truncate(store.viewPath, by: 9_000)
            case "garbage": try "garbage".write(toFile: store.viewPath, atomically: false, encoding: .utf8)
            case "another layout": try alter(store.viewPath, "UPDATE meta SET layout = 77")
            default: try alter(store.viewPath, "DELETE FROM meta")
            }
            let notice = try store.foldView()
            #expect(notice != nil || damage == "truncated")
            if notice == nil { try store.openView().reset() }
            try store.foldView()
            #expect(try Everything(store) == whole)
            #expect(try reader.position == history.desk.position)
        }
    }

    @Test func `a deleted view is built again`() throws {
        let history = History(seed: 65, steps: 80)
        try withSQLiteStore { store in
            try store.write(history.turns)
            try store.foldView()
            let whole = try Everything(store)
            for suffix in ["", "-wal", "-shm"] { try SystemDisk().remove(store.viewPath + suffix) }
            try store.foldView()
            #expect(try Everything(store) == whole)
        }
    }

    @Test func `a view that is ahead of the log, or of another log, is built again`() throws {
        let history = History(seed: 66, steps: 80)
        let other = History(seed: 67, steps: 80)
        try withSQLiteStore { store in
            try store.write(history.turns)
            try store.foldView()
            for suffix in ["", "-wal", "-shm"] { try SystemDisk().remove(store.logPath + suffix) }
            try store.write(Array(history.turns.prefix(9)))
            #expect(try store.foldView() != nil)
            #expect(try store.openViewReader().position == history.turns[8].last?.position)
            for suffix in ["", "-wal", "-shm"] { try SystemDisk().remove(store.logPath + suffix) }
            try store.write(other.turns)
            #expect(try store.foldView() != nil)
            #expect(try Verifier.verify(store, settings: History.settings).ok)
        }
    }

    @Test func `two snapshots are kept, and a damaged one is skipped`() throws {
        let history = History(seed: 68)
        try withSQLiteStore { store in
            try store.write(history.turns)
            let snapshots = store.openSnapshots()
            var desk = Desk(settings: History.settings)
            var saved: [Position] = []
            for (index, turn) in history.turns.enumerated() {
                for record in turn { desk.evolve(record) }
                guard index % 20 == 19 else { continue }
                try snapshots.save(desk)
                saved.append(desk.position)
            }
            let names = try SystemDisk().names(in: store.folder + "/snapshots")
            #expect(names.count == 2)
            #expect(try snapshots.load(settings: History.settings)?.position == saved.last)
            let newest = store.folder + "/snapshots/" + (names.last ?? "")
            try truncate(newest, by: 10)
            #expect(try snapshots.load(settings: History.settings)?.position == saved.dropLast().last)
            let recovered = try Recovery.loadDesk(from: store, settings: History.settings)
            expectSame(recovered.desk, history.desk)
            let oldest = store.folder + "/snapshots/" + (names.first ?? "")
            try "nothing".write(toFile: oldest, atomically: false, encoding: .utf8)
            #expect(try snapshots.load(settings: History.settings) == nil)
        }
    }

    @Test func `a log can be read while nothing has it open, and with no right to write`() throws {
        let history = History(seed: 69, steps: 40)
        try withSQLiteStore { store in
            try store.write(history.turns)
            try store.foldView()
            #expect(try store.readAll().map(\.records) == history.turns)
            for suffix in ["-wal", "-shm"] { try SystemDisk().remove(store.logPath + suffix) }
            let connection = try Connection(reading: store.logPath, on: SystemDisk())
            #expect(try connection.integrityFindings().isEmpty)
            #expect(try Verifier.verify(store, settings: History.settings).ok)
        }
    }

    @Test func `a damaged file is found by the engine's own check`() throws {
        try withSQLiteStore { store in
            try store.write(History(seed: 70).turns)
            try store.foldView()
            #expect(try store.selfCheck().isEmpty)
            try checkpoint(store.viewPath)
            let handle = try #require(FileHandle(forWritingAtPath: store.viewPath))
            try handle.seek(toOffset: 4_096 * 3)
            try handle.write(contentsOf: Data(repeating: 0xff, count: 4_096 * 2))
            try handle.close()
            #expect(try !store.selfCheck().isEmpty)
        }
    }

    @Test(
        arguments: [(nil, .waiting), (nil, .parked), (.pending, nil), (.onHold, .aside)]
            as [(Status?, Place?)])
    func `a filter uses an index`(_ status: Status?, _ place: Place?) throws {
        var filter = TicketFilter()
        (filter.status, filter.place) = (status, place)
        try withSQLiteStore { store in
            _ = try store.openLog()
            _ = try store.openView()
            let plan = try Connection(reading: store.viewPath, on: SystemDisk()).run("planning") { db in
                try Row.fetchAll(
                    db,
                    sql:
                        "EXPLAIN QUERY PLAN SELECT * FROM shelf WHERE id >= 5\(Shelf.conditions(filter)) ORDER BY id"
                ).map { String.fromDatabaseValue($0["detail"]) ?? "" }
            }
            #expect(plan.contains { $0.contains("USING INDEX") }, "\(plan)")
        }
    }

    @Test(arguments: [
        "labels = zeroblob(8)", "labels = zeroblob(256)", "labels = CAST('x' || substr(labels, 2) AS BLOB)",
        "tickets = substr(tickets, 2)", "tickets = CAST(tickets || 'x' AS BLOB)", "labels = randomblob(256)",
        "tickets = zeroblob(length(tickets))",
    ])
    func `a damaged shelf is an error`(_ damage: String) throws {
        let history = History(seed: 71, steps: 60)
        try withSQLiteStore { store in
            try store.write(history.turns)
            try store.foldView()
            try alter(store.viewPath, "UPDATE shelf SET \(damage)")
            let reader = try store.openViewReader()
            #expect(throws: StoreError.self) { try reader.tickets(TicketFilter()) }
            #expect(throws: StoreError.self) {
                for number in 1...40 { _ = try reader.conversations(of: [TicketNumber(UInt64(number))]) }
            }
        }
    }

    @Test
    func
        `a view that is folded turn by turn is the one that is folded at once`()
        throws
    {
        let history = History(seed: 72, steps: 400)
        try withSQLiteStore { store in
            let log = try store.openLog()
            let view = try store.openView()
            for turn in history.turns { try log.append([turn]) }
            // Each turn by itself, then all at once: the same rows.
            for turn in try store.readAll() { try view.fold([turn]) }
            let reader = try store.openViewReader()
            var all = TicketFilter()
            all.limit = .max
            let slowly = try reader.tickets(all)
            try view.reset()
            try view.fold(try store.readAll())
            #expect(try reader.tickets(all) == slowly)
            #expect(slowly.count > Shelf.slotCount)
            for row in slowly {
                #expect(try reader.ticket(row.number) == row)
                #expect(
                    try reader.positions(of: row.number, after: 0, limit: .max).count == Int(row.revision))
            }
        }
    }

    // MARK: - Helpers

    private func alter(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func checkpoint(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        _ = try queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try queue.close()
    }

    private func truncate(_ path: String, by bytes: UInt64) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        let size = try handle.seekToEnd()
        try handle.truncate(atOffset: size - min(size, bytes))
        try handle.close()
    }

    private func run(_ path: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
