import CSQLite
import GRDB
import Storage

/// One connection to one SQLite file, and how each kind of them is set up.
///
/// A `DatabaseQueue`, not a `DatabasePool`: the pool sets `synchronous = NORMAL`, which does not survive a power cut.
struct Connection {
    let queue: DatabaseQueue
    let path: String
    private let transaction = Transaction()

    private static let setUp: Void = { _ = sqlite3_count_no_memory() }()

    /// Opens the one connection that writes the file.
    ///
    /// `isDurable` says whether each commit is on disk when it returns; otherwise it is after the next checkpoint,
    /// and until then a power cut loses it but nothing before it. At `checkpointPages` pages in the write-ahead log
    /// a commit checkpoints; 0 stands for never. `cacheKibibytes` bounds the pages kept in memory: folding touches
    /// pages all over a view, and with SQLite's 2 MiB reads them again and again. The write-ahead log holds whole
    /// pages: larger ones cost less where much is written at a time, and more where little is. A file that exists
    /// keeps the size it has.
    init(
        writing path: String, on disk: any Disk, isDurable: Bool, pageBytes: Int, checkpointPages: Int,
        cacheKibibytes: Int
    ) throws(StoreError) {
        Self.setUp
        self.path = path
        queue = try attempt("opening \(path)") {
            var configuration = Self.configuration
            configuration.prepareDatabase { db in
                // Before anything is written.
                try db.execute(sql: "PRAGMA page_size = \(pageBytes)")
                let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw StoreError(.unusable, "\(path) cannot use a write-ahead log; use a local disk")
                }
                try db.execute(sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL")")
                try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
                // The write-ahead log shrinks to this when it starts over, so no checkpoint has to truncate it.
                try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
                try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
                // Debian's build overwrites what is deleted; that costs pages and protects nothing here.
                try db.execute(sql: "PRAGMA secure_delete = OFF")
            }
            return try DatabaseQueue(
                path: disk.database(path, isImmutable: false), configuration: configuration)
        }
    }

    /// Opens a connection that only reads, beside a writer or without one.
    init(reading path: String, on disk: any Disk) throws(StoreError) {
        Self.setUp
        self.path = path
        guard disk.exists(path) else {
            throw StoreError(.unusable, "there is no \(path); start a broker on this folder first")
        }
        do throws(StoreError) {
            queue = try Self.openReading(disk.database(path, isImmutable: false), path)
        } catch let error where error.kind == .unusable && disk.size(path + "-wal") ?? 0 == 0 {
            // In a folder that cannot be written SQLite cannot make its shared memory file. Without a write-ahead
            // log everything is in the file itself, and nobody is changing it.
            queue = try Self.openReading(disk.database(path, isImmutable: true), path)
        }
    }

    private static func openReading(_ name: String, _ path: String) throws(StoreError) -> DatabaseQueue {
        try attempt("opening \(path)") {
            var configuration = Self.configuration
            configuration.readonly = true
            // `atOnce` spans several calls.
            configuration.allowsUnsafeTransactions = true
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA query_only = 1")
                try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            }
            return try DatabaseQueue(path: name, configuration: configuration)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        // Ticket text is personal data and has no place in an error's message.
        configuration.publicStatementArguments = false
        return configuration
    }

    /// Runs reads, or writes that are on their own.
    func run<Value>(_ deed: String, _ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try attempt("\(deed) \(path)") { try queue.inDatabase(body) }
    }

    /// Runs writes that are committed together.
    func commit(_ deed: String, _ body: (Database) throws -> Void) throws(StoreError) {
        try attempt("\(deed) \(path)") {
            try queue.inDatabase { db in try transaction.run(db, queue) { try body(db) } }
        }
    }

    /// A number that a pragma reports.
    func pragma(_ name: String) throws(StoreError) -> Int? {
        try run("reading") { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    func integrityFindings() throws(StoreError) -> [String] {
        do throws(StoreError) {
            let lines = try run("checking") { try String.fetchAll($0, sql: "PRAGMA integrity_check(20)") }
            return lines == ["ok"] ? [] : lines
        } catch let error where error.kind == .corrupt {
            return [error.reason]
        }
    }
}
