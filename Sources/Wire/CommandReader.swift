import ProtoBytes
import Tickets

/// Reads commands straight from a frame. Gives up on whatever is not written in the plain way, or has a flaw: then
/// the generated code reads the frame, and says what is wrong with it if anything is.
enum CommandReader {
    /// The commands of an envelope that has the version, then commands, and nothing else; nil for any other.
    static func commands(inEnvelope bytes: UnsafeRawBufferPointer) -> [Command]? {
        do {
            var envelope = PlainFields(bytes)
            guard let version = try envelope.next(), version.number == 1,
                try envelope.number(version) == UInt64(wireVersion)
            else { return nil }
            var body = PlainFields(try envelope.slice(of: 3), repeatedFrom: 1)
            try envelope.finish()
            var commands: [Command] = []
            while let key = try body.next() {
                guard key.number == 1 else { return nil }
                commands.append(try command(try body.slice(key)))
            }
            return commands.isEmpty ? nil : commands
        } catch {
            return nil
        }
    }

    private static func command(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) -> Command {
        var fields = PlainFields(bytes)
        guard let id = CommandID(bigEndian: try fields.slice(of: 1)), let key = try fields.next() else {
            throw .malformed
        }
        let action = try action(key.number, try fields.slice(key))
        try fields.finish()
        return Command(id: id, action: action)
    }

    /// Those that nodes and channels send all day; the others are for the generated code.
    private static func action(
        _ number: UInt32, _ bytes: UnsafeRawBufferPointer
    ) throws(ProtoFlaw) -> Action {
        switch number {
        case 2: return .submit(try submission(bytes))
        case 4:
            let claim = try WorkFields(bytes, last: 2)
            return .claim(claim.ticket, leaseMilliseconds: Int64(clamping: claim.second))
        case 5:
            let note = try WorkFields(bytes, last: 3)
            return .note(note.ticket, note.second == 0 ? nil : note.token, text: note.third ?? "")
        case 7:
            let escalation = try WorkFields(bytes, last: 5)
            let line = escalation.third ?? ""
            return .escalate(
                escalation.ticket, escalation.token, to: line.isEmpty ? nil : try name(line),
                note: escalation.fourth ?? "", budget: escalation.budget)
        case 8:
            let handBack = try WorkFields(bytes, last: 3)
            return .handBack(handBack.ticket, handBack.token, note: handBack.third ?? "")
        case 9:
            let resolve = try WorkFields(bytes, last: 4, hasSeen: true)
            return .resolve(resolve.ticket, resolve.token, seen: resolve.seen, text: resolve.fourth)
        default: throw .malformed
        }
    }

    /// The messages that begin with a ticket and a token, and have texts after those.
    private struct WorkFields {
        var ticket = TicketNumber(0)
        /// A token, or a lease.
        var second: UInt64 = 0
        var seen: UInt32 = 0
        var third: String?
        var fourth: String?
        var fifth: UInt64 = 0

        /// Nil when none was given.
        var budget: Int64? { fifth == 0 ? nil : Int64(clamping: fifth) }
        var token: Token { Token(second) }

        init(_ bytes: UnsafeRawBufferPointer, last: UInt32, hasSeen: Bool = false) throws(ProtoFlaw) {
            var fields = PlainFields(bytes)
            while let key = try fields.next() {
                guard key.number <= last else { throw .malformed }
                switch key.number {
                case 1: ticket = TicketNumber(try fields.number(key))
                case 2: second = try fields.number(key)
                case 3 where hasSeen: seen = try fields.number32(key)
                case 3: third = try fields.text(key)
                case 4: fourth = try fields.text(key)
                default: fifth = try fields.number(key)
                }
            }
        }
    }

    private static func submission(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) -> Submission {
        var fields = PlainFields(bytes, repeatedFrom: 7)
        guard let first = try fields.next(), first.number == 1 else { throw .malformed }
        var submission = Submission(
            channel: try name(try fields.text(first)), customer: "", subject: "", body: "")
        while let key = try fields.next() {
            switch key.number {
            case 2: submission.customer = try fields.text(key)
            case 3: submission.subject = try fields.text(key)
            case 4: submission.body = try fields.text(key)
            case 5: submission.kind = try fields.text(key)
            case 6: submission.priority = try priority(try fields.number(key))
            case 7: submission.tags.append(try fields.text(key))
            case 8: submission.fields.append(try field(try fields.slice(key)))
            default: throw .malformed
            }
        }
        return submission
    }

    private static func field(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) -> Field {
        var fields = PlainFields(bytes)
        var field = Field(name: "", value: "")
        while let key = try fields.next() {
            switch key.number {
            case 1: field.name = try fields.text(key)
            case 2: field.value = try fields.text(key)
            default: throw .malformed
            }
        }
        return field
    }

    private static func priority(_ number: UInt64) throws(ProtoFlaw) -> Priority {
        guard let priority = UInt8(exactly: number).flatMap(Priority.init(rawValue:)) else {
            throw .malformed
        }
        return priority
    }

    private static func name(_ text: String) throws(ProtoFlaw) -> Name {
        guard let name = Name(text) else { throw .malformed }
        return name
    }
}
