import Foundation
import GRDB
import Storage
import Tickets

/// The log's rows as SQL. Positions are far below 2^63, so that they keep their order as SQLite's integers.
enum LogSQL {
    static let insert =
        "INSERT INTO turn (last, first, epoch, layout, body, digest) VALUES (?, ?, ?, ?, ?, ?)"
    static let select = """
        SELECT last, first, epoch, layout, body, digest FROM turn WHERE last > ? ORDER BY last LIMIT ?
        """

    static func row(_ row: Row) throws(StoreError) -> LogRow {
        guard let last = Int64.fromDatabaseValue(row[0]), let first = Int64.fromDatabaseValue(row[1]),
            let epoch = Int64.fromDatabaseValue(row[2]),
            let layout = Int64.fromDatabaseValue(row[3]).flatMap(UInt32.init(exactly:)),
            let body = Data.fromDatabaseValue(row[4]), let digest = Data.fromDatabaseValue(row[5])
        else { throw StoreError(.corrupt, "a row of the log has lost a value") }
        return LogRow(
            first: Position(UInt64(bitPattern: first)), last: Position(UInt64(bitPattern: last)),
            epoch: UInt64(bitPattern: epoch), layout: layout, body: Array(body), digest: Array(digest))
    }

    /// The chain before the first row that has an event after a position.
    static func chain(_ db: Database, before position: Position) throws -> Chain {
        let statement = try db.cachedStatement(
            sql: "SELECT last, digest FROM turn WHERE last <= ? ORDER BY last DESC LIMIT 1")
        let found = try Row.fetchOne(statement, arguments: [Int64(bitPattern: position.rawValue)])
        guard let found else { return .start }
        guard let last = Int64.fromDatabaseValue(found[0]), let digest = Data.fromDatabaseValue(found[1])
        else {
            throw StoreError(.corrupt, "a row of the log has lost a value")
        }
        return Chain(position: Position(UInt64(bitPattern: last)), digest: Array(digest))
    }

    /// The position of the last event.
    static func last(_ db: Database) throws -> Position {
        let statement = try db.cachedStatement(sql: "SELECT max(last) FROM turn")
        return Position(UInt64(bitPattern: try Int64.fetchOne(statement) ?? 0))
    }

    /// The end of the chain, after checking the newest row: a torn or altered end is noticed before anything is
    /// appended to it. The rows before it are checked when they are read.
    static func checkedEnd(_ db: Database) throws -> Chain {
        let last = try Self.last(db)
        guard last > .start else { return .start }
        let before = Position(last.rawValue - 1)
        var chain = try Self.chain(db, before: before)
        let found = try Row.fetchOne(
            db, sql: select, arguments: [Int64(bitPattern: before.rawValue), 1])
        guard let found else { throw StoreError(.corrupt, "the last row of the log cannot be found") }
        _ = try Self.row(found).open(after: &chain)
        return chain
    }
}
