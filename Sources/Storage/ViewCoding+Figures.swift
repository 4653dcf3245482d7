package import Desk
package import Figures
import Promises
package import ProtoBytes
package import Tickets

/// What figures are made of, kept many in a block: a report of a million tickets reads a few thousand rows.
///
/// A block has three kinds of items. Two have their ticket's number: what a ticket was submitted with, once; and how
/// it went, written whenever it was solved, the last of which counts. How an open ticket goes is in its row. The third
/// is what the desk was from a moment on, whole: a few of them are in all of a view.
extension ViewCoding {
    // MARK: - Writing

    package static func write(_ origin: TicketOrigin, of ticket: TicketNumber, to block: inout ProtoWriter) {
        let start = block.begin(1)
        block.field(1, ticket.rawValue)
        block.field(2, origin.channel.text)
        block.field(3, UInt32(origin.priority.rawValue))
        block.field(4, optional: origin.kind)
        for tag in origin.tags { block.fieldAlways(5, tag) }
        block.field(6, fixed64: origin.topic)
        if let wait = origin.expectedWaitMilliseconds { block.fieldAlways(7, UInt64(bitPattern: wait)) }
        block.field(8, optional: origin.group)
        block.end(start)
    }

    package static func write(_ course: TicketCourse, of ticket: TicketNumber, to block: inout ProtoWriter) {
        let start = block.begin(2)
        block.field(1, ticket.rawValue)
        write(course, to: &block)
        block.end(start)
    }

    package static func write(_ settings: DeskSettings, at moment: Moment, to block: inout ProtoWriter) {
        let start = block.begin(3)
        block.fieldAlways(1, UInt64(bitPattern: moment.milliseconds))
        let inner = block.begin(2)
        SettingsCoding.write(settings, to: &block)
        block.end(inner)
        block.end(start)
    }

    /// Adds the fields of a course; 1 is left to its ticket's number.
    static func write(_ course: TicketCourse, to writer: inout ProtoWriter) {
        let base = course.clocks.firstResponse.started
        ClocksCoding.write(course.clocks, to: &writer)
        if let owner = course.owner { writer.field(9, owner.text) }
        writer.field(10, course.claims)
        writer.field(11, course.escalations)
        writer.field(12, course.handBacks)
        writer.field(13, course.reopenings)
        writer.field(14, course.isSolved)
        writer.field(15, course.heldMilliseconds)
        if let since = course.heldSince { writer.fieldAlways(16, ClocksCoding.span(from: base, to: since)) }
        writer.field(17, course.isSpam)
        writer.field(18, course.isMerged)
        if let taken = course.taken { writer.fieldAlways(19, ClocksCoding.span(from: base, to: taken)) }
        for change in course.changes { write(change, after: base, to: &writer) }
    }

    private static func write(
        _ change: TicketCourse.Change, after base: Moment, to writer: inout ProtoWriter
    ) {
        let fields = AmendmentFields(change.amendment)
        let start = writer.begin(20)
        writer.fieldAlways(1, ClocksCoding.span(from: base, to: change.at))
        writer.field(2, UInt32(fields.subject.rawValue))
        writer.field(3, fields.text)
        writer.field(4, fields.number)
        writer.field(5, fields.isOff)
        writer.end(start)
    }

    // MARK: - Reading

    /// Whose figures an item of a block has.
    static func ticket(ofFigures item: UnsafeRawBufferPointer) throws -> TicketNumber {
        var reader = ProtoReader(item)
        while let key = try reader.next() {
            // The writer puts it first.
            if key.number == 1, key.kind == .varint { return TicketNumber(try reader.varint()) }
            try reader.skip(key)
        }
        throw DecodingFlaw("ticket")
    }

    static func settings(_ bytes: UnsafeRawBufferPointer) throws -> (DeskSettings, Moment) {
        var reader = ProtoReader(bytes)
        var (settings, moment) = (DeskSettings?.none, Moment.zero)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): moment = Moment(milliseconds: Int64(bitPattern: try reader.varint()))
            case (2, .bytes): settings = try SettingsCoding.decode(try reader.slice())
            default: try reader.skip(key)
            }
        }
        guard let settings else { throw DecodingFlaw("settings") }
        return (settings, moment)
    }

    /// The course in a ticket's packed state.
    static func course(inState state: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
        var (reader, course) = (ProtoReader(state), UnsafeRawBufferPointer?.none)
        while let key = try reader.next() {
            if key.number == 18, key.kind == .bytes {
                course = try reader.slice()
            } else {
                try reader.skip(key)
            }
        }
        guard let course else { throw DecodingFlaw("course") }
        return course
    }

    /// The little that is asked of every ticket.
    static func sketch(
        origin: UnsafeRawBufferPointer, course: UnsafeRawBufferPointer
    ) throws -> TicketSketch {
        var sketch = TicketSketch(topic: 0, submitted: .zero, counts: true)
        var reader = ProtoReader(origin)
        while let key = try reader.next() {
            if key.number == 6, key.kind == .fixed64 {
                sketch.topic = try reader.fixed64()
            } else {
                try reader.skip(key)
            }
        }
        reader = ProtoReader(course)
        var (isSpam, isMerged) = (false, false)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (2, .varint): sketch.submitted = try reader.moment()
            case (17, .varint): isSpam = try reader.varint() != 0
            case (18, .varint): isMerged = try reader.varint() != 0
            default: try reader.skip(key)
            }
        }
        sketch.counts = !isSpam && !isMerged
        sketch.isMerged = isMerged && !isSpam
        return sketch
    }

    mutating func origin(_ bytes: UnsafeRawBufferPointer) throws -> TicketOrigin {
        var reader = ProtoReader(bytes)
        var (channel, priority, kind) = (Name?.none, Priority?.none, String?.none)
        var (tags, topic, wait, group) = ([String](), UInt64(0), Int64?.none, String?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (2, .bytes): channel = try names.name(try reader.slice(), "channel")
            case (3, .varint): priority = try reader.value(Priority.init(rawValue:))
            case (4, .bytes): kind = try word(&reader)
            case (5, .bytes): tags.append(try word(&reader))
            case (6, .fixed64): topic = try reader.fixed64()
            case (8, .bytes): group = try word(&reader)
            case (7, .varint): wait = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let channel, let priority else { throw DecodingFlaw("origin") }
        return TicketOrigin(
            channel: channel, priority: priority, kind: kind, group: group, tags: tags, topic: topic,
            expectedWaitMilliseconds: wait)
    }

    mutating func course(_ bytes: UnsafeRawBufferPointer) throws -> TicketCourse {
        var reader = ProtoReader(bytes)
        var clocks = ClocksReading()
        var (owner, held, taken) = (Name?.none, Moment?.none, Moment?.none)
        var (claims, escalations, handBacks, reopenings) = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
        var (isSolved, isSpam, isMerged, heldMilliseconds) = (false, false, false, Int64(0))
        var changes: [TicketCourse.Change] = []
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (9, .bytes): owner = try names.name(try reader.slice(), "owner")
            case (10, .varint): claims = try reader.number()
            case (11, .varint): escalations = try reader.number()
            case (12, .varint): handBacks = try reader.number()
            case (13, .varint): reopenings = try reader.number()
            case (14, .varint): isSolved = try reader.varint() != 0
            case (15, .varint): heldMilliseconds = Int64(bitPattern: try reader.varint())
            case (16, .varint): held = ClocksCoding.moment(try reader.varint(), after: clocks.base)
            case (19, .varint): taken = ClocksCoding.moment(try reader.varint(), after: clocks.base)
            case (17, .varint): isSpam = try reader.varint() != 0
            case (18, .varint): isMerged = try reader.varint() != 0
            case (20, .bytes): changes.append(try Self.change(try reader.slice(), after: clocks.base))
            default: try clocks.read(key, &reader, &names)
            }
        }
        return TicketCourse(
            clocks: try clocks.clocks(), owner: owner, claims: claims, escalations: escalations,
            handBacks: handBacks,
            reopenings: reopenings, isSolved: isSolved, isSpam: isSpam, isMerged: isMerged,
            heldMilliseconds: heldMilliseconds, heldSince: held, taken: taken, changes: changes)
    }

    static func flaw(figures error: any Error) -> StoreError {
        error as? StoreError ?? flaw("a ticket's figures", error)
    }

    private static func change(
        _ bytes: UnsafeRawBufferPointer, after base: Moment
    ) throws -> TicketCourse.Change {
        var reader = ProtoReader(bytes)
        var (at, fields) = (base, AmendmentFields(.kind))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): at = ClocksCoding.moment(try reader.varint(), after: base)
            case (2, .varint): fields.subject = try reader.value(AmendmentFields.Subject.init(rawValue:))
            case (3, .bytes): fields.text = try reader.text()
            case (4, .varint): fields.number = try reader.varint()
            case (5, .varint): fields.isOff = try reader.varint() != 0
            default: try reader.skip(key)
            }
        }
        guard let change = fields.amendment.flatMap({ TicketCourse.Change($0, at: at) }) else {
            throw DecodingFlaw("change")
        }
        return change
    }
}
