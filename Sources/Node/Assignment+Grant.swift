import ProtoBytes
import Tickets
package import Wire

/// A grant becomes an assignment as it is read: nearly all that a node hears are grants and answers, so no message is
/// made of them in between.
extension Assignment {
    /// Nil when the grant makes no sense. What is said twice counts as it was said last, as everywhere.
    package init?(_ grant: GrantMessage) {
        self.init(number: grant.ticket, token: grant.token, line: "")
        lastMessage = grant.lastMessage
        do {
            try grant.withBytes { bytes throws(ProtoFlaw) in try read(grant: bytes) }
        } catch {
            return nil
        }
    }

    private mutating func read(grant bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        var reader = ProtoReader(bytes)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): try read(ticket: try reader.slice())
            case (4, .bytes): entries.append(try Entry(try reader.slice()))
            case (80, .varint): offerMilliseconds = Int64(clamping: try reader.varint())
            default: try reader.skip(key)
            }
        }
    }

    private mutating func read(ticket bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        var reader = ProtoReader(bytes)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (2, .bytes): line = try reader.text()
            case (5, .varint): priority = Priority(try reader.word() ?? ProtoPriority.unspecified)
            case (6, .bytes): channel = try reader.text()
            case (7, .bytes): customer = try reader.text()
            case (8, .bytes): subject = try reader.text()
            case (9, .bytes): kind = try reader.textUnlessEmpty()
            case (10, .bytes): tags.append(try reader.text())
            case (11, .bytes): fields.append(try Field(try reader.slice()))
            case (12, .bytes): owner = try reader.textUnlessEmpty()
            // Nobody needs them here, but a grant with a text that is none makes no sense.
            case (3, .bytes), (4, .bytes), (14, .bytes), (15, .bytes): _ = try reader.text()
            case (16, .varint): failures = UInt32(truncatingIfNeeded: try reader.varint())
            case (18, .varint): escalations = UInt32(truncatingIfNeeded: try reader.varint())
            case (19, .bytes): frames.append(try reader.text())
            case (44, .bytes): lacking.append(try reader.text())
            default: try reader.skip(key)
            }
        }
    }
}

extension Assignment.Entry {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        self.init(number: 0, kind: .note, author: "", at: .zero, text: "")
        var reader = ProtoReader(bytes)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = UInt32(truncatingIfNeeded: try reader.varint())
            case (2, .varint): kind = Self.kind(try reader.word())
            case (3, .bytes): author = try reader.text()
            case (4, .varint): at = Moment(milliseconds: Int64(bitPattern: try reader.varint()))
            case (5, .bytes): text = try reader.text()
            default: try reader.skip(key)
            }
        }
    }

    /// What is unknown is internal: never taken for something that a customer may see.
    private static func kind(_ proto: ProtoEntryKind?) -> EntryKind {
        switch proto {
        case .message: .message
        case .reply: .reply
        case .note, .unspecified, .UNRECOGNIZED, nil: .note
        }
    }
}

extension Field {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        self.init(name: "", value: "")
        var reader = ProtoReader(bytes)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): name = try reader.text()
            case (2, .bytes): value = try reader.text()
            default: try reader.skip(key)
            }
        }
    }
}

extension ProtoReader {
    /// A word of an enumeration.
    fileprivate mutating func word<Word: RawRepresentable>() throws(ProtoFlaw) -> Word?
    where Word.RawValue == Int {
        Word(rawValue: Int(Int32(truncatingIfNeeded: try varint())))
    }

    fileprivate mutating func textUnlessEmpty() throws(ProtoFlaw) -> String? {
        let text = try text()
        return text.utf8.isEmpty ? nil : text
    }
}
