import Desk
import ProtoBytes
import Tickets

/// Reads the body of one row. What a later version added is stepped over; of a field that comes twice the last
/// counts.
struct RecordReading {
    private(set) var records: [Record] = []
    /// The position of the record that is read next.
    private(set) var next: Position
    private var names: NameReading

    init(first: Position, byteCount: Int) {
        next = first
        names = NameReading(byteCount: byteCount)
    }

    mutating func readBody(_ bytes: UnsafeRawBufferPointer) throws {
        var body = ProtoReader(bytes)
        while let key = try body.next() {
            guard key.number == 1, key.kind == .bytes else {
                try body.skip(key)
                continue
            }
            guard next.rawValue < .max else { throw DecodingFlaw("position") }
            records.append(try record(try body.slice()))
            next = next.next
        }
    }

    private mutating func record(_ bytes: UnsafeRawBufferPointer) throws -> Record {
        var reader = ProtoReader(bytes)
        var (at, author, event) = (Moment.zero, Author?.none, Event?.none)
        var stamp = CommandStamp(id: CommandID(high: 0, low: 0), fingerprint: 0)
        var hasCommand = false
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): at = try reader.moment()
            case (2, .bytes): author = try self.author(try reader.slice())
            case (3, .fixed64): stamp.id.high = try reader.fixed64()
            case (4, .fixed64): stamp.id.low = try reader.fixed64()
            case (5, .fixed64): stamp.fingerprint = try reader.fixed64()
            case (6, .varint): hasCommand = try reader.varint() != 0
            case (10...21, .bytes), (30, .bytes), (40...42, .bytes), (60...62, .bytes),
                (70, .bytes):
                event = try self.event(key.number, try reader.slice())
            default: try reader.skip(key)
            }
        }
        guard let author else { throw DecodingFlaw("author") }
        guard let event else { throw DecodingFlaw("kind") }
        return Record(
            position: next, at: at, author: author, command: hasCommand ? stamp : nil, event: event)
    }

    private mutating func author(_ bytes: UnsafeRawBufferPointer) throws -> Author {
        var reader = ProtoReader(bytes)
        var (role, key, node, agent) = (Role?.none, Name?.none, Name?.none, Name?.none)
        while let field = try reader.next() {
            switch (field.number, field.kind) {
            case (1, .varint): role = try reader.value(Role.init(rawValue:))
            case (2, .bytes): key = try names.name(try reader.slice(), "key")
            case (3, .bytes): node = try names.name(try reader.slice(), "node")
            case (4, .bytes): agent = try names.name(try reader.slice(), "agent")
            default: try reader.skip(field)
            }
        }
        guard let role else { throw DecodingFlaw("role") }
        guard let key else { throw DecodingFlaw("key") }
        return Author(role: role, key: key, node: node, agent: agent)
    }

    private mutating func event(_ kind: UInt32, _ bytes: UnsafeRawBufferPointer) throws -> Event {
        switch kind {
        case 10: try submitted(bytes)
        case 21: try Self.closed(bytes)
        case 30: .configured(try RecordCoding.configuration(bytes))
        case 40...42: try RecordCoding.lifeEvent(kind, bytes, &names)
        case 60: try RecordCoding.alerted(bytes, &names)
        case 61: try RecordCoding.acknowledged(bytes)
        case 62: try RecordCoding.improved(bytes)
        default: try EventFields(bytes).event(kind, &names)
        }
    }

    private mutating func submitted(_ bytes: UnsafeRawBufferPointer) throws -> Event {
        var reader = ProtoReader(bytes)
        var (number, line) = (TicketNumber(0), Name?.none)
        var (channel, priority) = (Name?.none, Priority?.none)
        var (origin, cause) = (TicketNumber(0), Origin.Cause?.none)
        var ruling = SentValues()
        var submission = Submission(channel: "none", customer: "", subject: "", body: "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .bytes): line = try names.name(try reader.slice(), "line")
            case (3, .bytes): channel = try names.name(try reader.slice(), "channel")
            case (4, .bytes): submission.customer = try reader.text()
            case (5, .bytes): submission.subject = try reader.text()
            case (6, .bytes): submission.body = try reader.text()
            case (7, .bytes): submission.kind = try reader.text()
            case (8, .varint): priority = try reader.value(Priority.init(rawValue:))
            case (9, .bytes): submission.tags.append(try reader.text())
            case (10, .bytes): submission.fields.append(try RecordCoding.field(try reader.slice()))
            case (31, .bytes): ruling.rules.append(try reader.text())
            case (32, .varint): ruling.priority = try reader.value(Priority.init(rawValue:))
            case (33, .bytes): ruling.kind = try reader.text()
            case (34, .varint): ruling.tagCount = try reader.varint()
            case (35, .bytes): ruling.demands.required.append(try SkillCoding.skill(try reader.slice()))
            case (36, .bytes): ruling.demands.preferred.append(try SkillCoding.skill(try reader.slice()))
            case (37, .varint): submission.others = UInt32(truncatingIfNeeded: try reader.varint())
            case (38, .bytes): submission.familiar = try names.name(try reader.slice(), "familiar")
            case (39, .varint): submission.expectedWaitMilliseconds = Int64(bitPattern: try reader.varint())
            case (40, .varint): origin = TicketNumber(try reader.varint())
            case (42, .bytes): submission.group = try reader.text()
            case (41, .varint): cause = try reader.value(Origin.Cause.init(rawValue:))
            default: try reader.skip(key)
            }
        }
        guard let line else { throw DecodingFlaw("line") }
        guard let channel else { throw DecodingFlaw("channel") }
        guard let priority else { throw DecodingFlaw("priority") }
        submission.channel = channel
        submission.priority = priority
        if !ruling.rules.isEmpty { submission.ruling = try ruling.ruling(submission) }
        if origin.rawValue != 0 {
            guard let cause else { throw DecodingFlaw("origin") }
            submission.origin = Origin(ticket: origin, cause: cause)
        }
        return .submitted(number, line: line, submission)
    }

    private static func closed(_ bytes: UnsafeRawBufferPointer) throws -> Event {
        var reader = ProtoReader(bytes)
        var numbers: [TicketNumber] = []
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): numbers.append(TicketNumber(try reader.varint()))
            case (1, .bytes):
                var packed = ProtoReader(try reader.slice())
                while !packed.isAtEnd { numbers.append(TicketNumber(try packed.varint())) }
            default: try reader.skip(key)
            }
        }
        return .closed(numbers)
    }
}

/// What a submission was sent with, where rules made something else of it.
private struct SentValues {
    var rules: [String] = []
    var priority: Priority?
    var kind: String?
    var tagCount: UInt64 = 0
    var demands = Demands()

    func ruling(_ submission: Submission) throws -> Ruling {
        guard let priority, tagCount <= UInt64(submission.tags.count) else { throw DecodingFlaw("rules") }
        return Ruling(
            rules: rules, priority: priority, kind: kind, tagCount: Int(tagCount), demands: demands)
    }
}
