package import Figures
import Promises
package import ProtoBytes
package import Tickets

/// What figures are made of, kept many in a block: a report of a million tickets reads a few thousand rows.
///
/// A block has two kinds of items, each with its ticket's number: what a ticket was submitted with, once; and how it
/// went, written whenever it was solved, the last of which counts. How an open ticket goes is in its row.
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
        block.end(start)
    }

    package static func write(_ course: TicketCourse, of ticket: TicketNumber, to block: inout ProtoWriter) {
        let start = block.begin(2)
        block.field(1, ticket.rawValue)
        write(course, to: &block)
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
    }

    // MARK: - Reading

    /// Reads a block; `origin` and `course` are given what it has, in order.
    package mutating func read(
        figures block: UnsafeRawBufferPointer, origin: (TicketNumber, TicketOrigin) throws -> Void,
        course: (TicketNumber, TicketCourse) throws -> Void
    ) throws(StoreError) {
        do {
            var reader = ProtoReader(block)
            while let key = try reader.next() {
                switch (key.number, key.kind) {
                case (1, .bytes):
                    let (ticket, value) = try readOrigin(try reader.slice())
                    try origin(ticket, value)
                case (2, .bytes):
                    let (ticket, value) = try readCourse(try reader.slice())
                    try course(ticket, value)
                default: try reader.skip(key)
                }
            }
        } catch {
            throw Self.flaw("a ticket's figures", error)
        }
    }

    private mutating func readOrigin(
        _ bytes: UnsafeRawBufferPointer
    ) throws -> (TicketNumber, TicketOrigin) {
        var reader = ProtoReader(bytes)
        var ticket = TicketNumber(0)
        var (channel, priority, kind) = (Name?.none, Priority?.none, String?.none)
        var (tags, topic, wait) = ([String](), UInt64(0), Int64?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
            case (2, .bytes): channel = try names.name(try reader.slice(), "channel")
            case (3, .varint): priority = try reader.value(Priority.init(rawValue:))
            case (4, .bytes): kind = try reader.text()
            case (5, .bytes): tags.append(try reader.text())
            case (6, .fixed64): topic = try reader.fixed64()
            case (7, .varint): wait = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let channel, let priority else { throw DecodingFlaw("origin") }
        return (
            ticket,
            TicketOrigin(
                channel: channel, priority: priority, kind: kind, tags: tags, topic: topic,
                expectedWaitMilliseconds: wait)
        )
    }

    mutating func readCourse(_ bytes: UnsafeRawBufferPointer) throws -> (TicketNumber, TicketCourse) {
        var reader = ProtoReader(bytes)
        var (ticket, clocks) = (TicketNumber(0), ClocksReading())
        var (owner, held, taken) = (Name?.none, Moment?.none, Moment?.none)
        var (claims, escalations, handBacks, reopenings) = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
        var (isSolved, isSpam, isMerged, heldMilliseconds) = (false, false, false, Int64(0))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try reader.varint())
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
            default: try clocks.read(key, &reader, &names)
            }
        }
        let course = TicketCourse(
            clocks: try clocks.clocks(), owner: owner, claims: claims, escalations: escalations,
            handBacks: handBacks,
            reopenings: reopenings, isSolved: isSolved, isSpam: isSpam, isMerged: isMerged,
            heldMilliseconds: heldMilliseconds, heldSince: held, taken: taken)
        return (ticket, course)
    }
}
