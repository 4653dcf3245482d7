package import Desk
import SwiftProtobuf
package import Tickets

/// Events ⇄ the bytes of a log row.
///
/// Decoding is total: any bytes give records or an error, never a trap.
package enum RecordCoding {
    /// The layout that is written. Every one up to it can be read.
    package static let layout: UInt32 = 1

    package static func encode(_ records: [Record]) throws(StoreError) -> [UInt8] {
        var body = StoredBody()
        body.records.reserveCapacity(records.count)
        for record in records { body.records.append(stored(record)) }
        do {
            return try body.serializedBytes()
        } catch {
            throw StoreError(.unusable, "the events of a turn cannot be encoded: \(error)")
        }
    }

    /// The records of a row, the first of which is at the position `first`.
    package static func decode(_ bytes: [UInt8], first: Position) throws(StoreError) -> [Record] {
        let body: StoredBody
        do {
            body = try StoredBody(serializedBytes: bytes)
        } catch {
            throw StoreError(.corrupt, "the row of the log from event \(first) is not a turn")
        }
        guard !first.rawValue.addingReportingOverflow(UInt64(body.records.count)).overflow else {
            throw StoreError(.corrupt, "the row of the log from event \(first) is out of range")
        }
        var records: [Record] = []
        records.reserveCapacity(body.records.count)
        var position = first
        for stored in body.records {
            do throws(DecodingFlaw) {
                records.append(try record(stored, at: position))
            } catch {
                throw StoreError(.corrupt, "event \(position) of the log has no valid \(error.part)")
            }
            position = position.next
        }
        return records
    }

    private static func stored(_ record: Record) -> StoredRecord {
        var stored = StoredRecord()
        stored.atMs = record.at.milliseconds
        stored.author = self.stored(record.author)
        if let command = record.command {
            stored.hasCommand_p = true
            stored.commandHigh = command.id.high
            stored.commandLow = command.id.low
            stored.fingerprint = command.fingerprint
        }
        stored.event = self.stored(record.event)
        return stored
    }

    private static func record(_ stored: StoredRecord, at position: Position) throws(DecodingFlaw) -> Record {
        guard let event = stored.event else { throw DecodingFlaw("kind") }
        var command: CommandStamp?
        if stored.hasCommand_p {
            command = CommandStamp(
                id: CommandID(high: stored.commandHigh, low: stored.commandLow),
                fingerprint: stored.fingerprint)
        }
        return Record(
            position: position, at: Moment(milliseconds: stored.atMs),
            author: try author(stored.author), command: command, event: try self.event(event))
    }

    private static func stored(_ author: Author) -> StoredAuthor {
        var stored = StoredAuthor()
        stored.role = UInt32(author.role.rawValue)
        stored.key = author.key.text
        stored.node = author.node?.text ?? ""
        stored.agent = author.agent?.text ?? ""
        return stored
    }

    private static func author(_ stored: StoredAuthor) throws(DecodingFlaw) -> Author {
        guard let role = UInt8(exactly: stored.role).flatMap(Role.init(rawValue:)) else {
            throw DecodingFlaw("role")
        }
        return Author(
            role: role, key: try name(stored.key, "key"), node: try optionalName(stored.node, "node"),
            agent: try optionalName(stored.agent, "agent"))
    }

    // MARK: - Parts that snapshots share

    static func stored(_ holder: Holder) -> StoredHolder {
        var stored = StoredHolder()
        stored.node = holder.node.text
        stored.incarnation = holder.incarnation
        stored.agent = holder.agent?.text ?? ""
        return stored
    }

    static func holder(_ stored: StoredHolder) throws(DecodingFlaw) -> Holder {
        Holder(
            node: try name(stored.node, "node"), incarnation: stored.incarnation,
            agent: try optionalName(stored.agent, "agent"))
    }

    static func name(_ text: String, _ part: StaticString) throws(DecodingFlaw) -> Name {
        guard let name = Name(text) else { throw DecodingFlaw(part) }
        return name
    }

    /// Nil for no text: no name is empty.
    static func optionalName(_ text: String, _ part: StaticString) throws(DecodingFlaw) -> Name? {
        text.isEmpty ? nil : try name(text, part)
    }
}

/// The part of a stored message that no writer ever wrote so.
struct DecodingFlaw: Error {
    var part: StaticString

    init(_ part: StaticString) {
        self.part = part
    }
}
