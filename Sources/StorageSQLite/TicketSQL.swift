import Foundation
import GRDB
import Storage
import Tickets

/// Tickets' rows as SQL.
enum TicketSQL {
    private static let columns = [
        "number", "line", "status", "place", "priority", "channel", "customer", "subject", "labels", "owner",
        "token", "node", "incarnation", "agent", "failures", "assignments", "escalations", "frames",
        "lastMessage", "entries", "revision", "created", "updated", "since", "wakes", "positions",
    ]

    /// Everything but the positions, in the order that ``row(_:)`` reads.
    static let select = "SELECT \(columns.dropLast().joined(separator: ", ")) FROM ticket"
    // A number that comes twice is a damaged log, which `verify` reports; the view must not stand in its way.
    static let insert = """
        INSERT OR REPLACE INTO ticket (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """

    /// Total: a damaged row is an error.
    static func row(_ stored: Row) throws -> TicketRow {
        let reader = ColumnReader(row: stored, what: "a ticket's row")
        var row = TicketRow()
        row.number = TicketNumber(try reader.bits(0))
        row.line = try reader.name(1)
        row.status = try reader.value(2, Status.init(rawValue:))
        row.place = try reader.value(3, Place.init(rawValue:))
        row.priority = try reader.value(4, Priority.init(rawValue:))
        row.channel = try reader.name(5)
        row.customer = try reader.text(6)
        row.subject = try reader.text(7)
        try RowCoding.decodeLabels(reader.bytes(8), into: &row)
        row.owner = try reader.optionalName(9)
        row.token = Token(try reader.bits(10))
        if let node = try reader.optionalName(11) {
            row.holder = Holder(
                node: node, incarnation: try reader.bits(12), agent: try reader.optionalName(13))
        }
        row.failures = try reader.number(14)
        row.assignments = try reader.number(15)
        row.escalations = try reader.number(16)
        row.frames = try reader.names(17)
        row.lastMessage = try reader.number(18)
        row.entries = try reader.number(19)
        row.revision = try reader.number(20)
        row.created = try reader.moment(21)
        row.updated = try reader.moment(22)
        row.since = try reader.moment(23)
        row.wakes = try reader.optionalMoment(24)
        return row
    }

    static let flaw = StoreError(.corrupt, "a ticket's row in the view is damaged")

    /// The lines of a stack; nil when one of them is no name.
    static func frames(_ text: String) -> [Name]? {
        var frames: [Name] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            guard let name = Name(String(Substring(part))) else { return nil }
            frames.append(name)
        }
        return frames
    }

    /// Each line with a comma before it.
    static func text(_ frames: [Name]) -> String { frames.isEmpty ? "" : frames.map { ",\($0)" }.joined() }

    static func bits(_ number: UInt64) -> Int64 { Int64(bitPattern: number) }
}

/// Takes values out of a row without trusting it.
struct ColumnReader {
    let row: Row
    /// What is read, for the message.
    let what: String

    private var flaw: StoreError { StoreError(.corrupt, "\(what) in the view is damaged") }

    func integer(_ column: Int) throws(StoreError) -> Int64 {
        guard let value = Int64.fromDatabaseValue(row[column]) else { throw flaw }
        return value
    }

    func bits(_ column: Int) throws(StoreError) -> UInt64 { UInt64(bitPattern: try integer(column)) }

    func number(_ column: Int) throws(StoreError) -> UInt32 {
        guard let value = UInt32(exactly: try integer(column)) else { throw flaw }
        return value
    }

    func value<Value>(_ column: Int, _ make: (UInt8) -> Value?) throws(StoreError) -> Value {
        guard let value = UInt8(exactly: try integer(column)).flatMap(make) else { throw flaw }
        return value
    }

    func moment(_ column: Int) throws(StoreError) -> Moment { Moment(milliseconds: try integer(column)) }

    func optionalMoment(_ column: Int) throws(StoreError) -> Moment? {
        isNull(column) ? nil : try moment(column)
    }

    func name(_ column: Int) throws(StoreError) -> Name {
        guard let name = String.fromDatabaseValue(row[column]).flatMap({ Name($0) }) else { throw flaw }
        return name
    }

    func optionalName(_ column: Int) throws(StoreError) -> Name? { isNull(column) ? nil : try name(column) }

    /// Names with a comma before each.
    func names(_ column: Int) throws(StoreError) -> [Name] {
        guard let names = String.fromDatabaseValue(row[column]).flatMap(TicketSQL.frames) else { throw flaw }
        return names
    }

    /// No bytes for NULL: GRDB stores empty data so.
    func bytes(_ column: Int) throws(StoreError) -> [UInt8] {
        if isNull(column) { return [] }
        guard let data = Data.fromDatabaseValue(row[column]) else { throw flaw }
        return Array(data)
    }

    func text(_ column: Int) throws(StoreError) -> String {
        guard let text = String(validating: try bytes(column), as: UTF8.self) else { throw flaw }
        return text
    }

    private func isNull(_ column: Int) -> Bool {
        let value: DatabaseValue = row[column]
        return value.isNull
    }
}
