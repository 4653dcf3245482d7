import ProtoBytes
import Tickets

/// What was set on a ticket ⇄ a part of its row's bytes.
extension ViewCoding {
    static func write(_ extras: Extras, to writer: inout ProtoWriter) {
        let start = writer.begin(20)
        if let kind = extras.kind {
            writer.field(1, kind.name == nil ? 1 : 2 as UInt64)
            writer.field(2, optional: kind.name)
        }
        if let priority = extras.priority { writer.field(3, UInt32(priority.rawValue)) }
        for change in extras.tags { writer.fieldAlways(change.isOn ? 4 : 5, change.tag) }
        for field in extras.fields { RecordCoding.write(field, 6, to: &writer) }
        for name in extras.participants { writer.fieldAlways(7, name.text) }
        for link in extras.links {
            // The bond fits below: there are fewer than 16.
            writer.fieldAlways(8, link.ticket.rawValue << 4 | UInt64(link.bond.rawValue))
        }
        writer.field(9, extras.isSpam)
        writer.field(10, extras.feedback)
        for name in extras.lacking { writer.fieldAlways(11, name) }
        for draft in extras.drafts {
            let start = writer.begin(12)
            writer.field(1, draft.author.text)
            writer.field(2, draft.at.milliseconds)
            writer.field(3, draft.text)
            writer.end(start)
        }
        writer.field(13, extras.ownerReason)
        if let alert = extras.alert { RecordCoding.write(alert, 60, to: &writer) }
        writer.end(start)
    }

    mutating func extras(_ bytes: UnsafeRawBufferPointer) throws -> Extras {
        var reader = ProtoReader(bytes)
        var extras = Extras()
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): if try reader.varint() != 0 { extras.kind = Extras.NewKind(name: nil) }
            case (2, .bytes): extras.kind = Extras.NewKind(name: try reader.text())
            case (3, .varint): extras.priority = try reader.value(Priority.init(rawValue:))
            case (4, .bytes): extras.tags.append(Extras.TagChange(tag: try reader.text(), isOn: true))
            case (5, .bytes): extras.tags.append(Extras.TagChange(tag: try reader.text(), isOn: false))
            case (6, .bytes): extras.fields.append(try RecordCoding.field(try reader.slice()))
            case (7, .bytes): extras.participants.append(try names.name(try reader.slice(), "participant"))
            case (8, .varint): extras.links.append(try Self.link(try reader.varint()))
            case (9, .varint): extras.isSpam = try reader.varint() != 0
            case (10, .bytes): extras.feedback = try reader.text()
            case (11, .bytes): extras.lacking.append(try reader.text())
            case (12, .bytes): extras.drafts.append(try draft(try reader.slice()))
            case (13, .bytes): extras.ownerReason = try reader.text()
            case (60, .bytes): extras.alert = try RecordCoding.alert(try reader.slice(), &names)
            default: try reader.skip(key)
            }
        }
        return extras
    }

    private static func link(_ packed: UInt64) throws -> Extras.Link {
        guard let bond = Extras.Bond(rawValue: UInt8(packed & 15)) else { throw DecodingFlaw("link") }
        return Extras.Link(bond, TicketNumber(packed >> 4))
    }

    private mutating func draft(_ bytes: UnsafeRawBufferPointer) throws -> Extras.Draft {
        var reader = ProtoReader(bytes)
        var (author, at, text) = (Name?.none, Moment.zero, "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): author = try names.name(try reader.slice(), "author")
            case (2, .varint): at = try reader.moment()
            case (3, .bytes): text = try reader.text()
            default: try reader.skip(key)
            }
        }
        guard let author else { throw DecodingFlaw("draft") }
        return Extras.Draft(author: author, at: at, text: text)
    }
}
