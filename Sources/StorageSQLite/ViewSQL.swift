import Foundation
import GRDB
import Storage
import Tickets

/// Items of conversations as SQL.
enum EntrySQL {
    static let insert = "INSERT OR REPLACE INTO entry (key, kind, author, at, text) VALUES (?, ?, ?, ?, ?)"
    static let select =
        "SELECT key & 65535, kind, author, at, text FROM entry WHERE key BETWEEN ? AND ? ORDER BY key"

    static func row(_ stored: Row) throws -> EntryRow {
        let reader = ColumnReader(row: stored, what: "an entry")
        return EntryRow(
            number: try reader.number(0), kind: try reader.value(1, EntryKind.init(rawValue:)),
            author: try reader.name(2), at: try reader.moment(3), text: try reader.text(4))
    }
}

/// The outbox as SQL. Whom a reply goes to stands with the ticket only.
enum OutboxSQL {
    static let insert = "INSERT OR REPLACE INTO outbox (number, ticket, entry, at) VALUES (?, ?, ?, ?)"
    static let select = """
        SELECT outbox.number, ticket, entry, channel, customer, at
        FROM outbox JOIN ticket ON ticket.number = ticket
        WHERE outbox.number > ? ORDER BY outbox.number LIMIT ?
        """

    static func row(_ stored: Row) throws -> OutboxRow {
        let reader = ColumnReader(row: stored, what: "a row of the outbox")
        return OutboxRow(
            number: try reader.bits(0), ticket: TicketNumber(try reader.bits(1)), entry: try reader.number(2),
            channel: try reader.name(3), customer: try reader.text(4), at: try reader.moment(5))
    }
}

/// Tallies as SQL.
enum TallySQL {
    private static let counts = [
        "claims", "notes", "replies", "escalated", "handedBack", "resolved", "pended", "released",
    ]
    static let add = """
        INSERT INTO tally (node, incarnation, \(counts.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (node, incarnation) DO UPDATE SET
        \(counts.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
        """
    static let select = "SELECT node, incarnation, \(counts.joined(separator: ", ")) FROM tally ORDER BY node"

    static func row(_ stored: Row) throws -> NodeTally {
        let reader = ColumnReader(row: stored, what: "a tally")
        var tally = NodeTally(node: try reader.name(0), incarnation: try reader.bits(1))
        tally.claims = try reader.bits(2)
        tally.notes = try reader.bits(3)
        tally.replies = try reader.bits(4)
        tally.escalated = try reader.bits(5)
        tally.handedBack = try reader.bits(6)
        tally.resolved = try reader.bits(7)
        tally.pended = try reader.bits(8)
        tally.released = try reader.bits(9)
        return tally
    }
}
