import Desk
package import ProtoBytes
import Tickets

/// The parts of a view's rows that nobody searches by, as bytes: a row of a few columns costs a fraction of one with
/// a column for each value. In protobuf's format, but of no schema, because a view of another layout is built again.
///
/// Decoding is total: any bytes give a value or an error.
package struct ViewCoding: Sendable {
    var names: NameReading
    /// Kinds and tags: as few as names.
    private var texts = RecentTexts<String>(room: 256)

    package init() { self.init(names: 256) }

    /// With room for so many names.
    init(names: Int) { self.names = NameReading(room: names) }

    // MARK: - What events change

    package static func write(_ state: TicketState, to writer: inout ProtoWriter) {
        writer.field(1, state.token.rawValue)
        if let holder = state.holder { RecordCoding.write(holder, 2, to: &writer) }
        if let owner = state.owner { writer.field(3, owner.text) }
        writer.field(4, state.failures)
        writer.field(5, state.assignments)
        writer.field(6, state.escalations)
        for line in state.frames { writer.fieldAlways(7, line.text) }
        writer.field(8, state.lastMessage)
        writer.field(9, state.entries)
        writer.field(10, state.revision)
        writer.field(11, state.updated.milliseconds)
        writer.field(12, state.since.milliseconds)
        writer.field(13, state.wakes != nil)
        writer.field(14, state.wakes?.milliseconds ?? 0)
        writer.field(15, state.line.text)
        writer.field(16, UInt32(state.status.rawValue))
        writer.field(17, UInt32(state.place.rawValue))
        let course = writer.begin(18)
        write(state.course, to: &writer)
        writer.end(course)
        writer.field(19, state.lastReply)
        if let extras = state.extras.value { write(extras, to: &writer) }
    }

    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, into state: inout TicketState
    ) throws(StoreError) {
        do {
            try merge(bytes, into: &state)
        } catch {
            throw Self.flaw("a ticket's state", error)
        }
    }

    private mutating func merge(_ bytes: UnsafeRawBufferPointer, into state: inout TicketState) throws {
        var reader = ProtoReader(bytes)
        var (wakes, doesWake) = (Moment.zero, false)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): state.token = Token(try reader.varint())
            case (2, .bytes): state.holder = try RecordCoding.holder(try reader.slice(), &names)
            case (3, .bytes): state.owner = try names.name(try reader.slice(), "owner")
            case (4, .varint): state.failures = try reader.number()
            case (5, .varint): state.assignments = try reader.number()
            case (6, .varint): state.escalations = try reader.number()
            case (7, .bytes): state.frames.append(try names.name(try reader.slice(), "line"))
            case (8, .varint): state.lastMessage = try reader.number()
            case (9, .varint): state.entries = try reader.number()
            case (10, .varint): state.revision = try reader.number()
            case (11, .varint): state.updated = try reader.moment()
            case (12, .varint): state.since = try reader.moment()
            case (13, .varint): doesWake = try reader.varint() != 0
            case (14, .varint): wakes = try reader.moment()
            case (15, .bytes): state.line = try names.name(try reader.slice(), "line")
            case (16, .varint): state.status = try reader.value(Status.init(rawValue:))
            case (17, .varint): state.place = try reader.value(Place.init(rawValue:))
            case (18, .bytes): state.course = try course(try reader.slice())
            case (19, .varint): state.lastReply = try reader.number()
            case (20, .bytes): state.extras = Rare(try extras(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        if doesWake { state.wakes = wakes }
    }

    // MARK: - What stays

    package static func write(_ opening: TicketChange.Opening, to writer: inout ProtoWriter) {
        let submission = opening.submission
        writer.field(1, UInt32(submission.priority.rawValue))
        writer.field(2, submission.channel.text)
        writer.field(3, submission.customer)
        writer.field(4, submission.subject)
        writer.field(5, optional: submission.kind)
        for tag in submission.tags { writer.fieldAlways(6, tag) }
        for field in submission.fields { RecordCoding.write(field, 7, to: &writer) }
        writer.field(8, opening.at.milliseconds)
        writer.field(9, optional: submission.group)
    }

    /// Reads what a ticket was submitted with.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, into row: inout TicketRow
    ) throws(StoreError) {
        do {
            try merge(bytes, into: &row)
        } catch {
            throw Self.flaw("what a ticket was submitted with", error)
        }
    }

    private mutating func merge(_ bytes: UnsafeRawBufferPointer, into row: inout TicketRow) throws {
        var reader = ProtoReader(bytes)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): row.priority = try reader.value(Priority.init(rawValue:))
            case (2, .bytes): row.channel = try names.name(try reader.slice(), "channel")
            case (3, .bytes): row.customer = try reader.text()
            case (4, .bytes): row.subject = try reader.text()
            case (5, .bytes): row.kind = try reader.text()
            case (6, .bytes): row.tags.append(try reader.text())
            case (7, .bytes): row.fields.append(try RecordCoding.field(try reader.slice()))
            case (8, .varint): row.created = try reader.moment()
            case (9, .bytes): row.group = try reader.text()
            default: try reader.skip(key)
            }
        }
    }

    mutating func word(_ reader: inout ProtoReader) throws(ProtoFlaw) -> String {
        let bytes = try reader.slice()
        let key = TextKey(bytes)
        if let word = texts.value(key, bytes, { $0 }) { return word }
        guard let word = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else {
            throw .notUTF8
        }
        texts.remember(word, key)
        return word
    }

    static func flaw(_ what: String, _ error: any Error) -> StoreError {
        StoreError(.corrupt, "\(what) in the view has no valid \(DecodingFlaw(error).part)")
    }
}
