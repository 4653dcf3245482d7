import Desk
import GRDB
import Storage
import Tickets

/// Reads a desk's log, beside its writer or without one.
final class SQLiteLogReader: LogReader {
    private let connection: Connection
    /// Where the last reading ended, so that going on does not look the chain up.
    private var end = Chain.start

    init(path: String, on disk: any Disk) throws(StoreError) {
        connection = try Connection(reading: path, on: disk)
        try connection.run("opening") { try LogMigrations.check($0, path: path) }
    }

    var last: Position {
        get throws(StoreError) { try connection.run("reading", LogSQL.last) }
    }

    func turns(after position: Position, limit: Int) throws(StoreError) -> [StoredTurn] {
        var chain = end
        var turns: [StoredTurn] = []
        try connection.run("reading") { db in
            if chain.position != position { chain = try LogSQL.chain(db, before: position) }
            let statement = try db.cachedStatement(sql: LogSQL.select)
            let rows = try Row.fetchCursor(
                statement, arguments: [Int64(bitPattern: position.rawValue), max(0, limit)])
            while let row = try rows.next() { turns.append(try LogSQL.row(row).open(after: &chain)) }
        }
        end = chain
        return turns
    }

    func turn(containing position: Position) throws(StoreError) -> StoredTurn? {
        guard position > .start, position.rawValue <= UInt64(Int64.max) else { return nil }
        return try turns(after: Position(position.rawValue - 1), limit: 1).first
    }
}
