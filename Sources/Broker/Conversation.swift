import Storage
import SwiftProtobuf
import Tickets
import Wire

/// The text of a ticket, ready for the wire: what a grant adds to the facts that the desk knows.
struct Conversation: Sendable {
    var channel: String
    var customer: String
    var subject: String
    var kind: String
    var tags: [String]
    var fields: [ProtoField]
    var created: Moment
    var entries: [ProtoEntry]
    /// Bytes of text, to bound what is kept.
    private(set) var byteCount = 0

    init(_ submission: Submission, author: Name, at moment: Moment) {
        channel = submission.channel.text
        customer = submission.customer
        subject = submission.subject
        kind = submission.kind ?? ""
        tags = submission.tags
        fields = submission.fields.map { field in .with { ($0.name, $0.value) = (field.name, field.value) } }
        created = moment
        entries = []
        byteCount = customer.utf8.count + subject.utf8.count + 64
        append(.message, 1, submission.body, author: author, at: moment)
    }

    init(_ row: TicketRow, _ rows: [EntryRow]) {
        channel = row.channel.text
        customer = row.customer
        subject = row.subject
        kind = row.kind ?? ""
        tags = row.tags
        fields = row.fields.map { field in .with { ($0.name, $0.value) = (field.name, field.value) } }
        created = row.created
        entries = rows.map { ProtoEntry($0) }
    }

    mutating func append(_ kind: EntryKind, _ number: UInt32, _ text: String, author: Name, at moment: Moment)
    {
        entries.append(
            ProtoEntry(EntryRow(number: number, kind: kind, author: author, at: moment, text: text)))
        byteCount += text.utf8.count + 64
    }
}

extension ProtoEntry {
    init(_ row: EntryRow) {
        self.init()
        number = row.number
        kind = Self.proto(row.kind)
        author = row.author.text
        atMs = row.at.milliseconds
        text = row.text
    }

    private static func proto(_ kind: EntryKind) -> ProtoEntryKind {
        switch kind {
        case .message: .message
        case .reply: .reply
        case .note: .note
        }
    }
}
