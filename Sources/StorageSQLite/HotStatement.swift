import GRDB
import GRDBSQLite

/// A prepared statement that is run very often, without GRDB's own binding: that costs more than the rows do
/// (folding the view: 29 µs of CPU an event with it, 15 without), and cuts text at a NUL.
///
/// Used only within its connection's queue, and prepared once for the connection's life.
final class HotStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    // Keeps the connection open until the statement is finalized.
    private let queue: DatabaseQueue
    private var index: CInt = 0
    /// The first failure to bind since the last run; thrown by the run.
    private var bindCode = SQLITE_OK

    init(_ sql: String, _ db: Database, _ queue: DatabaseQueue) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, sql, -1, CUnsignedInt(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        self.handle = handle
        self.connection = connection
        self.queue = queue
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: - Binding, from the first parameter on

    func bind(_ number: Int64) {
        index += 1
        note(sqlite3_bind_int64(handle, index, number))
    }

    func bind(_ number: Int64?) {
        guard let number else { return bindNull() }
        bind(number)
    }

    func bind(_ number: UInt32) { bind(Int64(number)) }

    /// By its bits.
    func bind(_ number: UInt64) { bind(Int64(bitPattern: number)) }

    func bind(text: String?) {
        guard var text else { return bindNull() }
        index += 1
        text.withUTF8 { bytes in
            note(
                sqlite3_bind_text(handle, index, bytes.baseAddress, CInt(clamping: bytes.count), Self.copied))
        }
    }

    /// The bytes of the text, any of which may be NUL.
    func bind(bytesOf text: String) {
        var text = text
        text.withUTF8 { bindBlob(UnsafeRawBufferPointer($0)) }
    }

    func bind(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bindBlob($0) }
    }

    /// Bytes that stay where they are until the statement was run: they are not copied.
    func bind(borrowed bytes: UnsafeRawBufferPointer) {
        bindBlob(bytes, kept: nil)
    }

    private func bindBlob(_ bytes: UnsafeRawBufferPointer, kept: sqlite3_destructor_type? = copied) {
        index += 1
        if bytes.isEmpty {
            // Without an address there would be NULL.
            note(sqlite3_bind_zeroblob(handle, index, 0))
        } else {
            note(
                sqlite3_bind_blob(handle, index, bytes.baseAddress, CInt(clamping: bytes.count), kept))
        }
    }

    private func bindNull() {
        index += 1
        note(sqlite3_bind_null(handle, index))
    }

    private func note(_ code: CInt) {
        if bindCode == SQLITE_OK { bindCode = code }
    }

    /// SQLite copies what is bound before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: - Running

    /// Runs a statement that gives no row.
    func run() throws {
        defer { reset() }
        let code = step()
        guard code == SQLITE_DONE else { throw failure(code) }
    }

    /// Runs a query, and takes its first row, if there is one, apart.
    func first<Value>(_ take: (HotStatement) throws -> Value) throws -> Value? {
        defer { reset() }
        switch step() {
        case SQLITE_ROW: return try take(self)
        case SQLITE_DONE: return nil
        case let code: throw failure(code)
        }
    }

    /// Runs a query, and takes one row after the other apart.
    func each(_ take: (HotStatement) throws -> Void) throws {
        try scan { row in
            try take(row)
            return true
        }
    }

    /// Runs a query, and takes one row after the other apart until the closure says that it wants no more.
    func scan(_ take: (HotStatement) throws -> Bool) throws {
        defer { reset() }
        while true {
            switch step() {
            case SQLITE_ROW: if try !take(self) { return }
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func failure(_ code: CInt) -> DatabaseError {
        let extended = sqlite3_extended_errcode(connection)
        // What binding returns is not always the connection's last error.
        return DatabaseError(
            resultCode: ResultCode(rawValue: extended & 0xff == code & 0xff ? extended : code))
    }

    private func step() -> CInt {
        bindCode == SQLITE_OK ? sqlite3_step(handle) : bindCode
    }

    private func reset() {
        index = 0
        bindCode = SQLITE_OK
        // Repeats the error of the step, which was thrown.
        sqlite3_reset(handle)
    }

    // MARK: - Columns, from 0

    /// Nil for NULL and for what is no integer.
    func integer(_ column: CInt) -> Int64? {
        guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else { return nil }
        return sqlite3_column_int64(handle, column)
    }

    /// Nil for NULL and for what is no text, or none in UTF-8.
    func text(_ column: CInt) -> String? {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT,
            let start = sqlite3_column_text(handle, column)
        else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        return String(validating: bytes, as: UTF8.self)
    }

    /// The bytes of a column, valid inside the closure; none for NULL.
    func withBlob<Value>(_ column: CInt, _ take: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let start = sqlite3_column_blob(handle, column)
        let count = sqlite3_column_bytes(handle, column)
        return try take(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
    }
}
