package import Desk
package import ProtoBytes
package import Tickets

/// Events ⇄ the bytes of a log row: the messages of log.proto, without making them first.
///
/// Every event goes through here, so both ways are written by hand; tests hold them to what the generated code does.
/// Decoding is total: any bytes give records or an error, never a trap.
package enum RecordCoding {
    /// The layout that is written. Every one up to it can be read.
    package static let layout: UInt32 = 1

    package static func encode(_ records: [Record]) -> [UInt8] {
        var writer = ProtoWriter(capacity: 256 * records.count)
        write(records, to: &writer)
        return writer.bytes
    }

    /// Appends the body of a row.
    package static func write(_ records: [Record], to writer: inout ProtoWriter) {
        // In place: a record has a dozen references, which a copy would count up and down.
        records.withUnsafeBufferPointer { records in
            for index in records.indices {
                let start = writer.begin(1)
                write(records[index], to: &writer)
                writer.end(start)
            }
        }
    }

    /// The records of a row, the first of which is at the position `first`.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, first: Position
    ) throws(StoreError) -> [Record] {
        var reading = RecordReading(first: first, byteCount: bytes.count)
        do {
            try reading.readBody(bytes)
        } catch {
            let part = DecodingFlaw(error).part
            throw StoreError(.corrupt, "event \(reading.next) of the log has no valid \(part)")
        }
        return reading.records
    }

    package static func decode(_ bytes: [UInt8], first: Position) throws(StoreError) -> [Record] {
        try bytes.withUnsafeBufferPointer { bytes throws(StoreError) in
            try decode(UnsafeRawBufferPointer(bytes), first: first)
        }
    }

    private static func write(_ record: borrowing Record, to writer: inout ProtoWriter) {
        writer.field(1, record.at.milliseconds)
        let start = writer.begin(2)
        writer.field(1, UInt32(record.author.role.rawValue))
        writer.field(2, record.author.key.text)
        writer.field(3, record.author.node?.text ?? "")
        writer.field(4, record.author.agent?.text ?? "")
        writer.end(start)
        if let command = record.command {
            writer.field(3, fixed64: command.id.high)
            writer.field(4, fixed64: command.id.low)
            writer.field(5, fixed64: command.fingerprint)
            writer.field(6, true)
        }
        write(record.event, to: &writer)
    }
}

/// The part of a stored message that no writer ever wrote so.
struct DecodingFlaw: Error {
    var part: StaticString

    init(_ part: StaticString) {
        self.part = part
    }

    init(_ error: any Error) {
        switch error {
        case let flaw as DecodingFlaw: self = flaw
        case ProtoFlaw.notUTF8: part = "text"
        default: part = "encoding"
        }
    }
}
