import Foundation
import GRDB
import Storage
import Tickets

/// Reads a desk's view, beside its writer or without one.
final class SQLiteViewReader: ViewReader {
    private let path: String
    private var connection: Connection
    /// Which file is open: a damaged view is replaced by another under the same name.
    private var identity: UInt64?
    private var isAtOnce = false

    init(path: String) throws(StoreError) {
        self.path = path
        identity = Files.identity(path)
        connection = try Connection(reading: path)
        _ = try position
    }

    var position: Position {
        get throws(StoreError) { try read { try ViewSchema.end($0).position } }
    }

    func ticket(_ number: TicketNumber) throws(StoreError) -> TicketRow? {
        try read { db in
            let statement = try db.cachedStatement(sql: TicketSQL.select + " WHERE number = ?")
            return try Row.fetchOne(statement, arguments: [TicketSQL.bits(number.rawValue)])
                .map(TicketSQL.row)
        }
    }

    func tickets(_ filter: TicketFilter) throws(StoreError) -> [TicketRow] {
        // The text depends on which parts are there, not on what was asked for.
        var conditions = ["number > ?"]
        var arguments: StatementArguments = [TicketSQL.bits(filter.after.rawValue)]
        func add(_ condition: String, _ value: (some DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("line = ?", filter.line?.text)
        add("owner = ?", filter.owner?.text)
        add("customer IS ?", filter.customer.map { Data($0.utf8) })
        // As numbers in the text, and with the indexes' own conditions, so that the partial indexes are used.
        if let status = filter.status {
            conditions.append("status = \(status.rawValue)")
            if status == .pending || status == .onHold { conditions.append("status IN (3, 4)") }
        }
        if let place = filter.place {
            conditions.append("place = \(place.rawValue)")
            if place != .aside { conditions.append("place <> 4") }
        }
        let sql = "\(TicketSQL.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY number LIMIT ?"
        arguments += [max(0, filter.limit)]
        return try read { db in
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            return try Array(rows.map(TicketSQL.row))
        }
    }

    func entries(of number: TicketNumber) throws(StoreError) -> [EntryRow] {
        let first = try ViewSchema.key(number, 0)
        let last = try ViewSchema.key(number, UInt32(UInt16.max))
        return try read { db in
            let statement = try db.cachedStatement(sql: EntrySQL.select)
            return try Array(Row.fetchCursor(statement, arguments: [first, last]).map(EntrySQL.row))
        }
    }

    func positions(
        of number: TicketNumber, after revision: UInt32, limit: Int
    ) throws(StoreError) -> [Position] {
        let positions = try read { db in
            let statement = try db.cachedStatement(sql: "SELECT positions FROM ticket WHERE number = ?")
            let row = try Row.fetchOne(statement, arguments: [TicketSQL.bits(number.rawValue)])
            guard let row else { return [Position]() }
            return try RowCoding.decodePositions(ColumnReader(row: row, what: "a ticket's row").bytes(0))
        }
        return Array(positions.dropFirst(Int(revision)).prefix(max(0, limit)))
    }

    func outbox(after number: UInt64, limit: Int) throws(StoreError) -> [OutboxRow] {
        try read { db in
            let statement = try db.cachedStatement(sql: OutboxSQL.select)
            let rows = try Row.fetchCursor(statement, arguments: [TicketSQL.bits(number), max(0, limit)])
            return try Array(rows.map(OutboxSQL.row))
        }
    }

    func tallies() throws(StoreError) -> [NodeTally] {
        let rows = try read { db in
            try Array(Row.fetchCursor(db.cachedStatement(sql: TallySQL.select)).map(TallySQL.row))
        }
        return rows.sorted { ($0.node, $0.incarnation) < ($1.node, $1.incarnation) }
    }

    func atOnce(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        precondition(!isAtOnce, "reads at once cannot be nested")
        try read { try $0.beginTransaction(.deferred) }
        isAtOnce = true
        defer { isAtOnce = false }
        do throws(StoreError) {
            try body()
        } catch {
            try connection.run("reading") { try $0.rollback() }
            throw error
        }
        try connection.run("reading") { try $0.commit() }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        if !isAtOnce { try followReplacement() }
        return try connection.run("reading", body)
    }

    private func followReplacement() throws(StoreError) {
        let current = Files.identity(path)
        guard current != identity, current != nil else { return }
        connection = try Connection(reading: path)
        identity = current
    }
}
