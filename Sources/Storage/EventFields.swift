import Desk
import ProtoBytes
import Tickets

/// The fields of an event that is about one ticket that is there already. Of each number there is a field with a
/// number, or one with bytes: text, or a message in the message.
struct EventFields {
    private var ticket = TicketNumber(0)
    private var token = Token(0)
    private var (third, fourth, fifth, sixth) = (UInt64(0), UInt64?.none, UInt64(0), UInt64?.none)
    private var (thirdBytes, fourthBytes, fifthBytes) = (Bytes?.none, Bytes?.none, Bytes?.none)

    typealias Bytes = UnsafeRawBufferPointer

    init(_ bytes: Bytes) throws {
        var reader = ProtoReader(bytes)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (2, .varint): token = Token(try reader.varint())
            case (3, .varint): third = try reader.varint()
            case (4, .varint): fourth = try reader.varint()
            case (5, .varint): fifth = try reader.varint()
            case (6, .varint): sixth = try reader.varint()
            case (3, .bytes): thirdBytes = try reader.slice()
            case (4, .bytes): fourthBytes = try reader.slice()
            case (5, .bytes): fifthBytes = try reader.slice()
            default: try reader.skip(key)
            }
        }
    }

    /// The event whose field in a record has the number `kind`.
    func event(_ kind: UInt32, _ names: inout NameReading) throws -> Event {
        switch kind {
        case 11:
            return .followedUp(
                ticket, entry: UInt32(truncatingIfNeeded: token.rawValue), body: try text(thirdBytes),
                wakes: fourth ?? 0 != 0)
        case 12:
            return .claimed(
                ticket, token, try RecordCoding.holder(thirdBytes, &names),
                leaseMilliseconds: Int64(bitPattern: fourth ?? 0))
        case 13:
            return .noted(
                ticket, token == Token(0) ? nil : token, entry: UInt32(truncatingIfNeeded: third),
                text: NoteText(try text(fourthBytes)))
        case 14: return .replied(ticket, token, try Self.reply(thirdBytes ?? Bytes(start: nil, count: 0)))
        case 15:
            return .escalated(
                ticket, token, to: try names.name(thirdBytes, "line"), entry: entry,
                note: NoteText(try text(fifthBytes)), budget: sixth.map { Int64(bitPattern: $0) })
        case 16:
            return .handedBack(
                ticket, token, to: try names.name(thirdBytes, "line"), entry: entry,
                note: NoteText(try text(fifthBytes)))
        case 17: return .resolved(ticket, token, try thirdBytes.map(Self.reply))
        case 18:
            return .pended(
                ticket, token, onHold: third != 0,
                until: fourth.map { Moment(milliseconds: Int64(bitPattern: $0)) },
                reason: try text(fifthBytes))
        case 19: return .woke(ticket)
        case 20:
            guard let cause = UInt8(exactly: third).flatMap(ReleaseCause.init(rawValue:)) else {
                throw DecodingFlaw("cause")
            }
            return .released(
                ticket, token, cause, reason: try text(fourthBytes),
                failures: UInt32(truncatingIfNeeded: fifth), parks: sixth ?? 0 != 0)
        case 70:
            return .overflowed(
                ticket, to: try names.name(thirdBytes, "line"), reason: try text(fourthBytes))
        default: throw DecodingFlaw("kind")
        }
    }

    private var entry: UInt32 { UInt32(truncatingIfNeeded: fourth ?? 0) }

    private func text(_ bytes: Bytes?) throws -> String {
        guard let bytes else { return "" }
        guard let text = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else {
            throw ProtoFlaw.notUTF8
        }
        return text
    }

    static func reply(_ bytes: Bytes) throws -> Reply {
        var reader = ProtoReader(bytes)
        var reply = Reply(entry: 0, outbox: 0, text: "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): reply.entry = UInt32(truncatingIfNeeded: try reader.varint())
            case (2, .varint): reply.outbox = try reader.varint()
            case (3, .bytes): reply.text = PublicText(try reader.text())
            default: try reader.skip(key)
            }
        }
        return reply
    }
}
