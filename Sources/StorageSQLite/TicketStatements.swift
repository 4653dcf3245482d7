import GRDB
import ProtoBytes
import Storage
import Tickets

/// The statements that keep tickets' rows in step with their events.
final class TicketStatements {
    private static let insertSQL = """
        INTO ticket (number, line, status, place, state, opening, trail) VALUES (?, ?, ?, ?, ?, ?, ?)
        """

    private let insert: HotStatement
    /// For a number that comes twice. It could stop between two rows of a table with indexes, and so SQLite first
    /// copies each page that it is to change into a temporary file: eleven thousand a second, a fifth of all.
    private let replace: HotStatement
    /// Columns with an index are named only if they change: SQLite takes a row out of an index and puts it back in
    /// whenever its column is assigned, whatever the value.
    private let update: HotStatement
    private let move: HotStatement
    private let select: HotStatement
    /// The packed columns of one row after the other.
    private var writer = ProtoWriter()
    private var coding = ViewCoding()

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        let packed = "state = ?, trail = CAST(trail || ? AS BLOB) WHERE number = ?"
        insert = try HotStatement("INSERT \(Self.insertSQL)", db, queue)
        replace = try HotStatement("INSERT OR REPLACE \(Self.insertSQL)", db, queue)
        update = try HotStatement("UPDATE ticket SET \(packed)", db, queue)
        move = try HotStatement("UPDATE ticket SET line = ?, status = ?, place = ?, \(packed)", db, queue)
        select = try HotStatement(
            "SELECT line, status, place, state FROM ticket WHERE number = ?", db, queue)
    }

    /// Writes a ticket's row; `block` is where its new entries are kept.
    func write(_ change: borrowing TicketChange, block: UInt64?) throws {
        writer.removeAll()
        ViewCoding.write(change.state, to: &writer)
        let state = writer.count
        if let opening = change.opening { ViewCoding.write(opening, to: &writer) }
        let opening = writer.count
        Trail.write(change.positions, block: block, to: &writer)
        guard change.opening != nil else {
            return try run(change.isMoved ? move : update, change, state, opening)
        }
        do {
            try run(insert, change, state, opening)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            // A number that comes twice is a damaged log, which `verify` reports; the view must not stand in its way.
            try run(replace, change, state, opening)
        }
    }

    /// Runs a statement with a row's packed columns: the state up to the byte `state`, the opening up to `opening`,
    /// then the trail.
    private func run(
        _ statement: HotStatement, _ change: borrowing TicketChange, _ state: Int, _ opening: Int
    ) throws {
        let isNew = change.opening != nil
        if isNew { statement.bind(change.number.rawValue) }
        if isNew || change.isMoved {
            statement.bind(text: change.state.line.text)
            statement.bind(Int64(change.state.status.rawValue))
            statement.bind(Int64(change.state.place.rawValue))
        }
        try writer.withBytes { bytes in
            statement.bind(borrowed: UnsafeRawBufferPointer(rebasing: bytes[..<state]))
            if isNew { statement.bind(borrowed: UnsafeRawBufferPointer(rebasing: bytes[state..<opening])) }
            statement.bind(borrowed: UnsafeRawBufferPointer(rebasing: bytes[opening...]))
            if !isNew { statement.bind(change.number.rawValue) }
            try statement.run()
        }
    }

    /// What is in a ticket's row; nil when there is none.
    func state(of number: TicketNumber) throws -> TicketState? {
        select.bind(number.rawValue)
        return try select.first { row in try TicketSQL.state(row, from: 0, &coding) }
    }
}
