import GRDBSQLite

/// A connection to SQLite, as thin as it can be. Owned by one thread.
final class SQLiteDatabase {
    fileprivate let handle: OpaquePointer

    static var version: String { String(cString: sqlite3_libversion()) }

    init(_ path: String) throws(PeerError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
            throw PeerError("sqlite3_open_v2 \(path) failed")
        }
        handle = opened
    }

    // Statements are released before: each holds its database. Version 2 waits for any that is left.
    deinit { sqlite3_close_v2(handle) }

    func prepare(_ sql: String) throws(PeerError) -> SQLiteStatement { try SQLiteStatement(self, sql) }

    func run(_ sql: String) throws(PeerError) { _ = try ask(sql) }

    /// The first column of the first row as text; empty when there is none.
    func ask(_ sql: String) throws(PeerError) -> String {
        let statement = try prepare(sql)
        guard try statement.step(), let text = sqlite3_column_text(statement.handle, 0) else { return "" }
        return String(cString: text)
    }

    fileprivate var error: PeerError { PeerError("SQLite: \(String(cString: sqlite3_errmsg(handle)))") }
}

/// A prepared statement.
final class SQLiteStatement {
    fileprivate let handle: OpaquePointer
    private let database: SQLiteDatabase

    fileprivate init(_ database: SQLiteDatabase, _ sql: String) throws(PeerError) {
        self.database = database
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(database.handle, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
            throw database.error
        }
        handle = prepared
    }

    deinit { sqlite3_finalize(handle) }

    /// Whether there is a row.
    fileprivate func step() throws(PeerError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.error
        }
    }

    func run() throws(PeerError) {
        _ = try step()
        guard sqlite3_reset(handle) == SQLITE_OK else { throw database.error }
    }

    func run(_ number: Int) throws(PeerError) {
        sqlite3_bind_int64(handle, 1, Int64(number))
        try run()
    }

    /// The bytes are not copied: the statement is done with them when this returns.
    func run(_ number: Int, _ bytes: UnsafeRawBufferPointer) throws(PeerError) {
        sqlite3_bind_blob(handle, 2, bytes.baseAddress, Int32(bytes.count), nil)
        try run(number)
    }
}
