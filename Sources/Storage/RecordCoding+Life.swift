import Desk
import ProtoBytes
import Tickets

/// The events of a ticket's life beside its way through the lines, and where tickets come from.
extension RecordCoding {
    static func write(
        _ number: TicketNumber, _ token: Token?, _ amendment: Amendment, lacking: [String],
        to writer: inout ProtoWriter
    ) {
        #if PLANTED_BUGS
            let lost = PlantedBug.isActive(.recordLosesAmendments)
            let fields = AmendmentFields(lost ? .feedback(topic: "") : amendment)
        #else
            let fields = AmendmentFields(amendment)
        #endif
        writer.field(1, number.rawValue)
        writer.field(2, token?.rawValue ?? 0)
        writer.field(3, UInt32(fields.subject.rawValue))
        writer.field(4, fields.name)
        writer.field(5, fields.text)
        writer.field(6, fields.number)
        writer.field(7, fields.isOff)
        for value in fields.values { writer.fieldAlways(8, value) }
        for name in lacking { writer.fieldAlways(9, name) }
    }

    static func write(_ origin: Origin, to writer: inout ProtoWriter) {
        writer.field(40, origin.ticket.rawValue)
        writer.field(41, UInt32(origin.cause.rawValue))
    }

    /// The event whose field in a record has the number `kind`, one from 40 on.
    static func lifeEvent(
        _ kind: UInt32, _ bytes: UnsafeRawBufferPointer, _ names: inout NameReading
    ) throws -> Event {
        switch kind {
        case 40: try amended(bytes)
        case 41: try tookOver(bytes, &names)
        case 42: try merged(bytes)
        default: throw DecodingFlaw("kind")
        }
    }

    private static func amended(_ bytes: UnsafeRawBufferPointer) throws -> Event {
        var reader = ProtoReader(bytes)
        var (ticket, token) = (TicketNumber(0), Token(0))
        var (subject, lacking) = (AmendmentFields.Subject?.none, [String]())
        var fields = AmendmentFields(.kind)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (2, .varint): token = Token(try reader.varint())
            case (3, .varint): subject = try reader.value(AmendmentFields.Subject.init(rawValue:))
            case (4, .bytes): fields.name = try reader.text()
            case (5, .bytes): fields.text = try reader.text()
            case (6, .varint): fields.number = try reader.varint()
            case (7, .varint): fields.isOff = try reader.varint() != 0
            case (8, .bytes): fields.values.append(try reader.text())
            case (9, .bytes): lacking.append(try reader.text())
            default: try reader.skip(key)
            }
        }
        guard let subject else { throw DecodingFlaw("subject") }
        fields.subject = subject
        guard let amendment = fields.amendment else { throw DecodingFlaw("amendment") }
        return .amended(ticket, token == Token(0) ? nil : token, amendment, lacking: lacking)
    }

    private static func tookOver(
        _ bytes: UnsafeRawBufferPointer, _ names: inout NameReading
    ) throws -> Event {
        var reader = ProtoReader(bytes)
        var (ticket, token, holder) = (TicketNumber(0), Token(0), Holder?.none)
        var (lease, reason) = (Int64(0), "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (2, .varint): token = Token(try reader.varint())
            case (3, .bytes): holder = try RecordCoding.holder(try reader.slice(), &names)
            case (4, .varint): lease = Int64(bitPattern: try reader.varint())
            case (5, .bytes): reason = try reader.text()
            default: try reader.skip(key)
            }
        }
        guard let holder else { throw DecodingFlaw("holder") }
        return .tookOver(ticket, token, holder, leaseMilliseconds: lease, reason: reason)
    }

    private static func merged(_ bytes: UnsafeRawBufferPointer) throws -> Event {
        var reader = ProtoReader(bytes)
        var (ticket, token, target) = (TicketNumber(0), Token(0), TicketNumber(0))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (2, .varint): token = Token(try reader.varint())
            case (3, .varint): target = TicketNumber(try reader.varint())
            default: try reader.skip(key)
            }
        }
        return .merged(ticket, token == Token(0) ? nil : token, into: target)
    }
}
