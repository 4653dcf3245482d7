import Foundation
import GRDB
import Storage
import Tickets

import struct Desk.Record

/// Appends to a desk's log. Closed, and the desk unlocked, when it is released.
final class SQLiteLogWriter: LogWriter {
    /// Bytes appended after which the write-ahead log is copied into the file. Copying is bound by the disk and no
    /// turn is stored meanwhile, so it is done often and is short: with 16 MiB a turn waited for up to 40 ms.
    private static let checkpointBytes = 1 << 20
    /// A turn under load is a few pages, and alone it is one.
    private static let pageBytes = 8_192

    let epoch: UInt64
    private let connection: Connection
    private let lock: any AnyObject
    private var chain: Chain
    private var sealer = TurnSealer()
    /// Made by the first append.
    private var insert: HotStatement?
    /// About how many bytes the write-ahead log has that the file has not.
    private var uncheckpointedBytes = 0
    /// Whether a write failed: what is on disk is unknown, so nothing more is written.
    private var hasFailed = false

    init(path: String, folder: String, on disk: any Disk, lock: any AnyObject) throws(StoreError) {
        let connection = try Connection(
            writing: path, on: disk, isDurable: true, pageBytes: Self.pageBytes, checkpointPages: 0,
            cacheKibibytes: 8_192)
        guard try connection.pragma("synchronous") == 2 else {
            throw StoreError(.unusable, "\(path) does not sync its commits; nothing would be durable")
        }
        try connection.run("opening") { try LogMigrations.check($0, path: path) }
        try attempt("migrating \(path)") { try LogMigrations.migrator.migrate(connection.queue) }
        chain = try connection.run("opening", LogSQL.checkedEnd)
        epoch = try Self.takeEpoch(connection)
        try disk.sync(folder: folder)
        self.connection = connection
        self.lock = lock
    }

    var last: Position { chain.position }

    func append(_ turns: [[Record]]) throws(StoreError) {
        guard turns.contains(where: { !$0.isEmpty }) else { return }
        try write { insert in
            for turn in turns where !turn.isEmpty { try append(turn, epoch, insert) }
        }
    }

    func append(copies turns: [StoredTurn]) throws(StoreError) {
        guard !turns.isEmpty else { return }
        try write { insert in
            for turn in turns where !turn.records.isEmpty { try append(turn.records, turn.epoch, insert) }
        }
    }

    /// One commit.
    private func write(_ body: (HotStatement) throws -> Void) throws(StoreError) {
        guard !hasFailed else {
            throw StoreError(.inputOutput, "a write to \(connection.path) failed before; start again from it")
        }
        let before = chain
        do throws(StoreError) {
            try connection.commit("appending to") { db in
                let insert = try self.insert ?? HotStatement(LogSQL.insert, db, connection.queue)
                self.insert = insert
                try body(insert)
            }
        } catch {
            hasFailed = true
            chain = before
            throw error
        }
    }

    private func append(_ turn: [Record], _ epoch: UInt64, _ insert: HotStatement) throws {
        let first = chain.position.next
        sealer.seal(turn, epoch: epoch, onto: &chain)
        insert.bind(chain.position.rawValue)
        insert.bind(first.rawValue)
        insert.bind(epoch)
        insert.bind(RecordCoding.layout)
        try sealer.withBody { body in
            insert.bind(borrowed: body)
            insert.bind(chain.digest)
            try insert.run()
            uncheckpointedBytes += body.count + Self.pageBytes
        }
    }

    func tidyUp() throws(StoreError) {
        guard uncheckpointedBytes >= Self.checkpointBytes else { return }
        uncheckpointedBytes = 0
        // Passive: takes what no reader needs, waits for nobody. What it leaves, the next one takes.
        try connection.run("checkpointing") { _ = try $0.checkpoint(.passive) }
    }

    /// The number that a pragma reports on this connection, for a test of what was set.
    func pragma(_ name: String) throws(StoreError) -> Int? { try connection.pragma(name) }

    /// Durable before the writer is used: two writers never share an epoch.
    private static func takeEpoch(_ connection: Connection) throws(StoreError) -> UInt64 {
        var epoch: Int64 = 0
        try connection.commit("taking an epoch in") { db in
            let last = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(coalesce((SELECT max(number) FROM epoch), 0),
                               coalesce((SELECT epoch FROM turn ORDER BY last DESC LIMIT 1), 0))
                    """)
            let (next, overflow) = (last ?? 0).addingReportingOverflow(1)
            guard !overflow else {
                throw StoreError(.corrupt, "the epochs of \(connection.path) are used up")
            }
            epoch = next
            try db.execute(sql: "INSERT INTO epoch (number) VALUES (?)", arguments: [epoch])
        }
        return UInt64(bitPattern: epoch)
    }
}
