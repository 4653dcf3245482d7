/// What SQLite alone gives for the same lifecycles, without a network, a protocol or a decision: no peer, a
/// bound.
///
/// One thread, one transaction per 64 lifecycles, WAL and synchronous=FULL.
package struct SQLiteCeiling: PeerSystem {
    package enum Form: Sendable {
        /// One log row a transaction with all its events in it, and one row a ticket: its view, folded.
        case logAndView
        /// An INSERT and two UPDATEs a lifecycle.
        case rows
    }

    static let lifecyclesPerCommit = 64

    package let form: Form

    package init(_ form: Form) { self.form = form }

    package var name: String { form == .logAndView ? "sqlite-ceiling" : "sqlite-ceiling-rows" }
    package let packageName = "libsqlite3-0"
    package let bestConnections = [1]

    /// The library is linked; without it nothing here would run.
    package func checkInstalled() throws(PeerError) {}

    /// The plan's outstanding puts and seats do not matter: a transaction has always 64 lifecycles.
    func measure(_ plan: Plan, in folder: PeerFolder) throws(PeerError) -> PeerResult {
        let database = try SQLiteDatabase(folder.path + "/ceiling.db")
        let journal = try database.ask("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA synchronous = FULL")
        let synchronous = try database.ask("PRAGMA synchronous") == "2" ? "FULL" : "not FULL"
        var latencies = Latencies()
        let commits = try commits(database, plan.payloads)
        let start = Monotonic.microseconds
        let end = start + Int64(plan.seconds * 1e6)
        var now = start
        var count = 0
        while now < end {
            let begun = now
            try commits(count)
            now = Monotonic.microseconds
            latencies.record(now - begun)
            count += Self.lifecyclesPerCommit
        }
        let stored = try database.ask("SELECT count(*) FROM tickets WHERE state = 2")
        guard stored == "\(count)" else { throw PeerError("\(stored) tickets are done of \(count)") }
        latencies.sort()
        let seconds = Double(now - start) / 1e6
        return PeerResult(
            system: name, version: SQLiteDatabase.version,
            durability: "journal_mode=\(journal), synchronous=\(synchronous), "
                + "\(Self.lifecyclesPerCommit) lifecycles a transaction",
            isDurable: journal == "wal" && synchronous == "FULL", arrangement: "ceiling", producers: 1,
            takers: 1,
            outstanding: Self.lifecyclesPerCommit, seats: Self.lifecyclesPerCommit, lifecycles: count,
            seconds: seconds, lifecyclesPerSecond: Double(count) / seconds,
            putP50Ms: latencies.percentileMs(50), putP99Ms: latencies.percentileMs(99),
            putMaxMs: latencies.percentileMs(100), doneP50Ms: latencies.percentileMs(50),
            doneP99Ms: latencies.percentileMs(99))
    }

    /// Makes the tables; what it returns commits 64 lifecycles, beginning with the given job.
    private func commits(
        _ database: SQLiteDatabase, _ payloads: Payloads
    ) throws(PeerError) -> (Int) throws(PeerError) -> Void {
        try database.run("CREATE TABLE tickets (number INTEGER PRIMARY KEY, state INTEGER, body BLOB)")
        switch form {
        case .rows: return try RowsCommit(database, payloads).commit
        case .logAndView:
            try database.run("CREATE TABLE log (turn INTEGER PRIMARY KEY, events BLOB)")
            return try LogCommit(database, payloads).commit
        }
    }
}

/// Lifecycles as rows.
private final class RowsCommit {
    private let payloads: Payloads
    private let body = ByteBuffer()
    private let begin: SQLiteStatement
    private let end: SQLiteStatement
    private let put: SQLiteStatement
    private let take: SQLiteStatement
    private let done: SQLiteStatement

    init(_ database: SQLiteDatabase, _ payloads: Payloads) throws(PeerError) {
        self.payloads = payloads
        begin = try database.prepare("BEGIN IMMEDIATE")
        end = try database.prepare("COMMIT")
        put = try database.prepare("INSERT INTO tickets (number, state, body) VALUES (?1, 0, ?2)")
        take = try database.prepare("UPDATE tickets SET state = 1 WHERE number = ?1")
        done = try database.prepare("UPDATE tickets SET state = 2 WHERE number = ?1")
    }

    func commit(first: Int) throws(PeerError) {
        try begin.run()
        let jobs = first..<first + SQLiteCeiling.lifecyclesPerCommit
        for job in jobs {
            payloads.append(job, to: body)
            try put.run(job, body.readable)
            body.consume(body.count)
        }
        for job in jobs { try take.run(job) }
        for job in jobs { try done.run(job) }
        try end.run()
    }
}

/// Lifecycles as one log row a turn, and the view of each ticket after its last event.
private final class LogCommit {
    private let payloads: Payloads
    private let body = ByteBuffer()
    private let events = ByteBuffer()
    private let begin: SQLiteStatement
    private let end: SQLiteStatement
    private let log: SQLiteStatement
    private let view: SQLiteStatement

    init(_ database: SQLiteDatabase, _ payloads: Payloads) throws(PeerError) {
        self.payloads = payloads
        begin = try database.prepare("BEGIN IMMEDIATE")
        end = try database.prepare("COMMIT")
        log = try database.prepare("INSERT INTO log (turn, events) VALUES (?1, ?2)")
        view = try database.prepare("INSERT INTO tickets (number, state, body) VALUES (?1, 2, ?2)")
    }

    func commit(first: Int) throws(PeerError) {
        try begin.run()
        let jobs = first..<first + SQLiteCeiling.lifecyclesPerCommit
        for job in jobs {
            events.append(bigEndian: UInt64(job))
            payloads.append(job, to: events)
        }
        // That a job was taken, and that it was done: its number, whose it is, and when.
        for job in [jobs, jobs].joined() {
            events.append(bigEndian: UInt64(job))
            events.append(bigEndian: UInt64(1))
            events.append(bigEndian: Monotonic.microseconds)
        }
        try log.run(first / SQLiteCeiling.lifecyclesPerCommit, events.readable)
        events.consume(events.count)
        for job in jobs {
            payloads.append(job, to: body)
            try view.run(job, body.readable)
            body.consume(body.count)
        }
        try end.run()
    }
}
