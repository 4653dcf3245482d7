import Desk
import Promises
import ProtoBytes
import Tickets

/// What a desk says of its promises, in records, snapshots and rows, and what a snapshot keeps of them.
extension RecordCoding {
    static func write(
        _ number: TicketNumber, _ alert: PromiseAlert, _ notice: Reply?, to writer: inout ProtoWriter
    ) {
        writer.field(1, number.rawValue)
        write(alert, 2, to: &writer)
        if let notice { write(notice, to: &writer) }
    }

    static func write(_ alert: PromiseAlert, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        switch alert.clock.kind {
        case .firstResponse: writer.field(1, UInt32(1))
        case .nextResponse: writer.field(1, UInt32(2))
        case .resolution: writer.field(1, UInt32(3))
        case .line(let line):
            writer.field(1, UInt32(4))
            writer.field(2, line.text)
        }
        writer.field(3, alert.clock.ordinal)
        writer.field(4, alert.rule)
        writer.field(5, alert.due.milliseconds)
        writer.field(6, alert.warning ?? 0)
        writer.end(start)
    }

    static func alerted(_ bytes: UnsafeRawBufferPointer, _ names: inout NameReading) throws -> Event {
        var reader = ProtoReader(bytes)
        var (ticket, alert, notice) = (TicketNumber(0), PromiseAlert?.none, Reply?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (2, .bytes): alert = try Self.alert(try reader.slice(), &names)
            case (3, .bytes): notice = try EventFields.reply(try reader.slice())
            default: try reader.skip(key)
            }
        }
        guard let alert else { throw DecodingFlaw("alert") }
        return .alerted(ticket, alert, notice: notice)
    }

    /// What the desk wrote about a new ticket.
    static func acknowledged(_ bytes: UnsafeRawBufferPointer) throws -> Event {
        var reader = ProtoReader(bytes)
        var (ticket, letter, promised) = (TicketNumber(0), Reply?.none, Int64?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (3, .bytes): letter = try EventFields.reply(try reader.slice())
            case (4, .varint): promised = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let letter else { throw DecodingFlaw("reply") }
        return .acknowledged(ticket, letter, promised: promised)
    }

    static func alert(_ bytes: UnsafeRawBufferPointer, _ names: inout NameReading) throws -> PromiseAlert {
        var reader = ProtoReader(bytes)
        var (number, line, ordinal) = (UInt64(0), Name?.none, UInt32(0))
        var (rule, due, warning) = ("", Moment.zero, Int64(0))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = try reader.varint()
            case (2, .bytes): line = try names.name(try reader.slice(), "line")
            case (3, .varint): ordinal = try reader.number()
            case (4, .bytes): rule = try reader.text()
            case (5, .varint): due = try reader.moment()
            case (6, .varint): warning = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        let kind: ClockKind
        switch (number, line) {
        case (1, _): kind = .firstResponse
        case (2, _): kind = .nextResponse
        case (3, _): kind = .resolution
        case (4, let line?): kind = .line(line)
        default: throw DecodingFlaw("clock")
        }
        return PromiseAlert(
            ClockID(kind, ordinal), rule: rule, due: due, warning: warning == 0 ? nil : warning)
    }
}

extension SnapshotCoding {
    static func write(_ number: TicketNumber, _ promises: TicketPromises, to writer: inout ProtoWriter) {
        let start = writer.begin(60)
        writer.field(1, number.rawValue)
        ClocksCoding.write(promises.clocks, to: &writer)
        writer.field(9, promises.channel.text)
        for alert in promises.said { RecordCoding.write(alert, 10, to: &writer) }
        writer.field(11, promises.addressee.map { 1 + UInt32($0.language?.rawValue ?? 0) } ?? 0)
        writer.field(12, optional: promises.group)
        writer.end(start)
    }

    static func promises(
        _ bytes: UnsafeRawBufferPointer, _ names: inout NameReading
    ) throws -> (ticket: TicketNumber, promises: TicketPromises) {
        var reader = ProtoReader(bytes)
        var (number, channel) = (TicketNumber(0), Name?.none)
        var (clocks, said) = (ClocksReading(), [PromiseAlert]())
        var (addressee, group) = (TicketPromises.Addressee?.none, String?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (9, .bytes): channel = try names.name(try reader.slice(), "channel")
            case (10, .bytes): said.append(try RecordCoding.alert(try reader.slice(), &names))
            case (12, .bytes): group = try reader.text()
            case (11, .varint): addressee = try Self.addressee(try reader.number())
            default: try clocks.read(key, &reader, &names)
            }
        }
        guard let channel else { throw DecodingFlaw("channel") }
        return (
            number,
            TicketPromises(
                channel: channel, group: group, addressee: addressee, clocks: try clocks.clocks(), said: said)
        )
    }

    private static func addressee(_ number: UInt32) throws -> TicketPromises.Addressee? {
        if number < 2 { return number == 0 ? nil : TicketPromises.Addressee() }
        guard let language = UInt8(exactly: number - 1).flatMap(Language.init(rawValue:)) else {
            throw DecodingFlaw("addressee")
        }
        return TicketPromises.Addressee(language: language)
    }
}
