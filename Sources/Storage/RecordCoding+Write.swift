import Desk
import ProtoBytes
import Tickets

extension RecordCoding {
    /// Writes the event as the record's field of its kind.
    static func write(_ event: Event, to writer: inout ProtoWriter) {
        let start: Int
        switch event {
        case .submitted(let number, let line, let submission):
            start = writer.begin(10)
            write(number, line, submission, to: &writer)
        case .followedUp(let number, let entry, let body, let wakes):
            start = writer.begin(11)
            writer.field(1, number.rawValue)
            writer.field(2, entry)
            writer.field(3, body)
            writer.field(4, wakes)
        case .claimed(let number, let token, let holder, let lease):
            start = begin(12, number, token, in: &writer)
            write(holder, 3, to: &writer)
            writer.field(4, lease)
        case .noted(let number, let token, let entry, let text):
            start = begin(13, number, token ?? Token(0), in: &writer)
            writer.field(3, entry)
            writer.field(4, text.text)
        case .replied(let number, let token, let reply):
            start = begin(14, number, token, in: &writer)
            write(reply, to: &writer)
        case .escalated(let number, let token, let line, let entry, let note, let budget):
            start = begin(15, number, token, in: &writer)
            write(line, entry, note, to: &writer)
            if let budget { writer.fieldAlways(6, UInt64(bitPattern: budget)) }
        case .handedBack(let number, let token, let line, let entry, let note):
            start = begin(16, number, token, in: &writer)
            write(line, entry, note, to: &writer)
        case .resolved(let number, let token, let reply):
            start = begin(17, number, token, in: &writer)
            if let reply { write(reply, to: &writer) }
        case .pended(let number, let token, let onHold, let until, let reason):
            start = begin(18, number, token, in: &writer)
            writer.field(3, onHold)
            #if PLANTED_BUGS
                let until = PlantedBug.isActive(.recordLosesWakes) ? nil : until
            #endif
            if let until { writer.fieldAlways(4, UInt64(bitPattern: until.milliseconds)) }
            writer.field(5, reason)
        case .woke(let number):
            start = writer.begin(19)
            writer.field(1, number.rawValue)
        case .overflowed(let number, let line, let reason):
            start = writer.begin(70)
            writer.field(1, number.rawValue)
            writer.field(3, line.text)
            writer.field(4, reason)
        case .released(let number, let token, let cause, let reason, let failures, let parks):
            start = begin(20, number, token, in: &writer)
            writer.field(3, UInt32(cause.rawValue))
            writer.field(4, reason)
            writer.field(5, failures)
            writer.field(6, parks)
        case .closed(let numbers):
            start = writer.begin(21)
            writer.field(1, packed: numbers.map(\.rawValue))
        case .configured(let configuration):
            return write(configuration, 30, to: &writer)
        case .amended(let number, let token, let amendment, let lacking):
            start = writer.begin(40)
            write(number, token, amendment, lacking: lacking, to: &writer)
        case .tookOver(let number, let token, let holder, let lease, let reason):
            start = begin(41, number, token, in: &writer)
            write(holder, 3, to: &writer)
            writer.field(4, lease)
            writer.field(5, reason)
        case .merged(let number, let token, let target):
            start = begin(42, number, token ?? Token(0), in: &writer)
            writer.field(3, target.rawValue)
        case .alerted(let number, let alert, let notice):
            start = writer.begin(60)
            write(number, alert, notice, to: &writer)
        case .acknowledged(let number, let letter, let promised):
            start = writer.begin(61)
            writer.field(1, number.rawValue)
            write(letter, to: &writer)
            if let promised { writer.fieldAlways(4, UInt64(bitPattern: promised)) }
        case .improved(let improvement):
            start = writer.begin(62)
            write(improvement, to: &writer)
        }
        writer.end(start)
    }

    private static func write(
        _ number: TicketNumber, _ line: Name, _ submission: Submission, to writer: inout ProtoWriter
    ) {
        writer.field(1, number.rawValue)
        writer.field(2, line.text)
        writer.field(3, submission.channel.text)
        writer.field(4, submission.customer)
        writer.field(5, submission.subject)
        writer.field(6, submission.body)
        writer.field(7, optional: submission.kind)
        writer.field(8, UInt32(submission.priority.rawValue))
        for tag in submission.tags { writer.fieldAlways(9, tag) }
        for field in submission.fields { write(field, 10, to: &writer) }
        if let ruling = submission.ruling { write(ruling, to: &writer) }
        writer.field(37, submission.others)
        if let familiar = submission.familiar { writer.field(38, familiar.text) }
        if let wait = submission.expectedWaitMilliseconds { writer.fieldAlways(39, UInt64(bitPattern: wait)) }
        if let origin = submission.origin { write(origin, to: &writer) }
        writer.field(42, optional: submission.group)
    }

    private static func write(_ ruling: Ruling, to writer: inout ProtoWriter) {
        for rule in ruling.rules { writer.fieldAlways(31, rule) }
        writer.field(32, UInt32(ruling.priority.rawValue))
        writer.field(33, optional: ruling.kind)
        writer.field(34, UInt64(ruling.tagCount))
        SkillCoding.write(ruling.demands.required, 35, to: &writer)
        SkillCoding.write(ruling.demands.preferred, 36, to: &writer)
    }

    static func write(_ reply: Reply, to writer: inout ProtoWriter) {
        let start = writer.begin(3)
        writer.field(1, reply.entry)
        writer.field(2, reply.outbox)
        writer.field(3, reply.text.text)
        writer.end(start)
    }

    /// What escalations and hand-backs have after their token.
    private static func write(_ line: Name, _ entry: UInt32, _ note: NoteText, to writer: inout ProtoWriter) {
        writer.field(3, line.text)
        writer.field(4, entry)
        writer.field(5, note.text)
    }

    private static func begin(
        _ kind: UInt32, _ number: TicketNumber, _ token: Token, in writer: inout ProtoWriter
    ) -> Int {
        let start = writer.begin(kind)
        writer.field(1, number.rawValue)
        writer.field(2, token.rawValue)
        return start
    }
}

extension ProtoWriter {
    /// A packed `repeated uint64`.
    mutating func field(_ number: UInt32, packed values: [UInt64]) {
        if values.isEmpty { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(5 * values.count)
        for value in values { bytes.append(varint: value) }
        bytes.withUnsafeBytes { fieldAlways(number, $0) }
    }
}

extension [UInt8] {
    mutating func append(varint: UInt64) {
        var rest = varint
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
