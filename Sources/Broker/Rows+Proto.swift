import Desk
import Promises
import Storage
import SwiftProtobuf
import Tickets
import Wire

extension ProtoTicket {
    init(_ row: TicketRow) {
        self.init()
        number = row.number.rawValue
        line = row.line.text
        status = row.status.word
        place = row.place.word
        priority = row.currentPriority.proto
        channel = row.channel.text
        customer = row.customer
        subject = row.subject
        kind = row.currentKind ?? ""
        tags = row.currentTags
        fields = row.currentFields.map { field in .with { ($0.name, $0.value) = (field.name, field.value) } }
        owner = row.owner?.text ?? ""
        token = row.token.rawValue
        holderNode = row.holder?.node.text ?? ""
        holderAgent = row.holder?.agent?.text ?? ""
        failures = row.failures
        assignments = row.assignments
        escalations = row.escalations
        frames = row.frames.map(\.text)
        lastMessage = row.lastMessage
        entries = row.entries
        revision = row.revision
        createdMs = row.created.milliseconds
        updatedMs = row.updated.milliseconds
        sinceMs = row.since.milliseconds
        if let wakes = row.wakes { wakesMs = wakes.milliseconds }
        if let extras = row.extras.value { add(extras) }
    }

    private mutating func add(_ extras: Extras) {
        participants = extras.participants.map(\.text)
        links = extras.links.map { link in
            .with { ($0.word, $0.ticket) = (link.bond.word, link.ticket.rawValue) }
        }
        spam = extras.isSpam
        feedback = extras.feedback
        lacking = extras.lacking
        drafts = extras.drafts.map { draft in
            .with { ($0.author, $0.atMs, $0.text) = (draft.author.text, draft.at.milliseconds, draft.text) }
        }
        ownerReason = extras.ownerReason
        if let alert = extras.alert {
            promise = ProtoPromiseAlert(alert)
            promise.word = alert.word
        }
    }
}

extension ProtoPromiseAlert {
    /// Without its word.
    init(_ alert: PromiseAlert) {
        self.init()
        (clock, rule, dueMs) = (alert.clock.kind.word, alert.rule, alert.due.milliseconds)
    }
}

extension ProtoEntry {
    init(_ row: EntryRow) {
        self.init()
        number = row.number
        kind = ProtoEntryKind(row.kind)
        author = row.author.text
        atMs = row.at.milliseconds
        text = row.text
    }

    /// As many entries as fit in a frame: the first, which is the request, and the newest.
    static func fitting(_ entries: [ProtoEntry]) -> [ProtoEntry] {
        var room = wireFrameBytesMax * 3 / 4
        guard let first = entries.first, entries.reduce(0, { $0 + $1.text.utf8.count + 64 }) > room else {
            return entries
        }
        room -= first.text.utf8.count + 64
        var newest: [ProtoEntry] = []
        for entry in entries.dropFirst().reversed() {
            room -= entry.text.utf8.count + 64
            if room < 0 { break }
            newest.append(entry)
        }
        return [first] + newest.reversed()
    }
}

extension ProtoEntryKind {
    init(_ kind: EntryKind) {
        self =
            switch kind {
            case .message: .message
            case .reply: .reply
            case .note: .note
            }
    }
}

extension ProtoNodeTally {
    init(_ tally: NodeTally) {
        self.init()
        node = tally.node.text
        incarnation = tally.incarnation
        claims = tally.claims
        notes = tally.notes
        replies = tally.replies
        escalated = tally.escalated
        handedBack = tally.handedBack
        resolved = tally.resolved
        pended = tally.pended
        released = tally.released
    }
}

extension ProtoHistoryEvent {
    init(_ record: Record, revision: UInt32, before: String?) {
        self.init()
        self.revision = revision
        position = record.position.rawValue
        atMs = record.at.milliseconds
        role = record.author.role.word
        key = record.author.key.text
        node = record.author.node?.text ?? ""
        agent = record.author.agent?.text ?? ""
        word = record.event.word
        token = record.event.token?.rawValue ?? 0
        detail = record.event.detail
        self.before = before ?? ""
    }
}

extension TicketFilter {
    /// - Throws: What is wrong with the question.
    init(_ proto: ProtoTicketsQuery) throws(Refusal) {
        self.init()
        if !proto.line.isEmpty { line = try Name(wire: proto.line) }
        if !proto.owner.isEmpty { owner = try Name(wire: proto.owner) }
        if !proto.customer.isEmpty { customer = proto.customer }
        if !proto.status.isEmpty {
            status = try Self.word(proto.status, among: Status.allCases.map { ($0.word, $0) }, "a status")
        }
        if !proto.place.isEmpty {
            place = try Self.word(proto.place, among: Place.allCases.map { ($0.word, $0) }, "a place")
        }
        after = TicketNumber(proto.after)
        limit = proto.limit == 0 ? 100 : Int(min(proto.limit, 1_000))
    }

    private static func word<Value>(
        _ word: String, among choices: [(String, Value)], _ what: String
    ) throws(Refusal) -> Value {
        guard let choice = choices.first(where: { $0.0 == word }) else {
            let words = choices.map(\.0).joined(separator: ", ")
            throw Refusal(.invalidName, "\(what) is one of \(words)")
        }
        return choice.1
    }
}
