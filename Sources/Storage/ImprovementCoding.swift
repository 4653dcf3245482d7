import Desk
import ProtoBytes
import Tickets

/// Improvements of the product in records, and who asked for them in snapshots.
extension RecordCoding {
    static func write(_ improvement: Improvement, to writer: inout ProtoWriter) {
        writer.field(1, improvement.topic)
        writer.field(2, improvement.text.text)
        writer.field(3, improvement.outbox)
        writer.field(4, packed: improvement.letters.map(\.ticket.rawValue))
        writer.field(5, packed: improvement.letters.map { UInt64($0.entry) })
    }

    static func improved(_ bytes: UnsafeRawBufferPointer) throws -> Event {
        var reader = ProtoReader(bytes)
        var (topic, text, outbox) = ("", "", UInt64(0))
        var (tickets, entries) = ([UInt64](), [UInt64]())
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): topic = try reader.text()
            case (2, .bytes): text = try reader.text()
            case (3, .varint): outbox = try reader.varint()
            case (4, .bytes): tickets = try packed(try reader.slice())
            case (5, .bytes): entries = try packed(try reader.slice())
            default: try reader.skip(key)
            }
        }
        let letters = zip(tickets, entries).compactMap { ticket, entry in
            UInt32(exactly: entry).map { Improvement.Letter(ticket: TicketNumber(ticket), entry: $0) }
        }
        guard !letters.isEmpty, letters.count == tickets.count, tickets.count == entries.count else {
            throw DecodingFlaw("letters")
        }
        return .improved(
            Improvement(topic: topic, text: PublicText(text), outbox: outbox, letters: letters))
    }

    private static func packed(_ bytes: UnsafeRawBufferPointer) throws -> [UInt64] {
        var reader = ProtoReader(bytes)
        var values: [UInt64] = []
        while !reader.isAtEnd { values.append(try reader.varint()) }
        return values
    }
}

extension SnapshotCoding {
    static func write(_ number: TicketNumber, addressee customer: UInt64, to writer: inout ProtoWriter) {
        let start = writer.begin(75)
        writer.field(1, number.rawValue)
        writer.field(2, fixed64: customer)
        writer.end(start)
    }

    static func write(_ wish: Wishes.Wish, to writer: inout ProtoWriter) {
        let start = writer.begin(76)
        writer.field(1, wish.ticket.rawValue)
        writer.field(2, fixed64: wish.customer)
        writer.field(3, wish.topic)
        writer.field(4, wish.isSpam)
        writer.field(5, wish.entries ?? 0)
        writer.end(start)
    }

    static func addressee(
        _ bytes: UnsafeRawBufferPointer
    ) throws -> (ticket: TicketNumber, customer: UInt64) {
        let wish = try wish(bytes)
        return (wish.ticket, wish.customer)
    }

    static func wish(_ bytes: UnsafeRawBufferPointer) throws -> Wishes.Wish {
        var reader = ProtoReader(bytes)
        var wish = Wishes.Wish(TicketNumber(0), topic: "", customer: 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): wish.ticket = TicketNumber(try reader.varint())
            case (2, .fixed64): wish.customer = try reader.fixed64()
            case (3, .bytes): wish.topic = try reader.text()
            case (4, .varint): wish.isSpam = try reader.varint() != 0
            case (5, .varint):
                let entries: UInt32 = try reader.number()
                wish.entries = entries == 0 ? nil : entries
            default: try reader.skip(key)
            }
        }
        return wish
    }
}
