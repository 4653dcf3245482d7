import Tickets
import Wire

/// What `forward` reads of a ticket, in the form that a node gives its program.
struct ForwardedTicket: Decodable {
    struct Entry: Decodable {
        var number: UInt32
        var kind: String
        var text: String
    }

    struct NamedValue: Decodable {
        var name: String
        var value: String
    }

    var number: UInt64
    var customer: String
    var subject: String
    var kind: String?
    var priority: String
    var tags: [String]
    var fields: [NamedValue]
    var entries: [Entry]
    var lastMessage: UInt32
    var isEscalated: Bool

    /// The field that holds the ticket's number at another desk.
    static func field(of desk: Name) -> String { "ticket-at-\(desk)" }

    /// The ticket as another desk gets it: again about the one that it has of it, if it has one. No note is in it.
    func submission(from: Name, to: Name) -> Submission {
        let before = fields.first { $0.name == Self.field(of: to) }.flatMap { UInt64($0.value) }
        let said = entries.filter { $0.kind == EntryKind.message.word || $0.kind == EntryKind.reply.word }
        let new = before == nil ? said : said.filter { $0.number == lastMessage }
        let body = new.map { $0.kind == EntryKind.reply.word ? "\(from): \($0.text)" : $0.text }
        let others = fields.filter { !$0.name.hasPrefix("ticket-at-") }
        return Submission(
            channel: "desk", customer: customer, subject: subject, body: body.joined(separator: "\n\n"),
            kind: kind, priority: Priority(word: priority) ?? .normal, tags: tags,
            fields: others.map { Field(name: $0.name, value: $0.value) } + [
                Field(name: Self.field(of: from), value: "\(number)")
            ], origin: before.map { Origin(ticket: TicketNumber($0), cause: .follows) })
    }
}

/// A decision in the form in which a node takes it from its program.
struct ForwardDecision: Encodable {
    enum Word: String, Encodable {
        case resolve, pend, release, decline
        case handBack = "hand-back"
    }

    struct NamedValue: Encodable {
        var name: String
        var value: String
    }

    var decision: Word
    var reply: String?
    var note: String?
    var reason: String?
    var fields: [NamedValue]?

    init(decision: Word, reply: String? = nil, note: String? = nil, reason: String? = nil) {
        self.decision = decision
        self.reply = reply
        self.note = note
        self.reason = reason
    }

    /// What becomes of a ticket by what another desk has made of it; nil while that has not answered.
    init?(of ticket: ForwardedTicket, _ found: ProtoTicketResult, _ desk: Name) {
        let last = found.entries.last { $0.kind == .message }?.number ?? 0
        let replies = found.entries.filter {
            $0.kind == .reply && $0.number > last && $0.author != Author.desk.displayName.text
        }
        let answer = replies.map(\.text).joined(separator: "\n\n")
        let isDone = [Status.solved, .closed].contains { $0.word == found.ticket.status }
        guard isDone || found.ticket.status == Status.pending.word && !answer.isEmpty else { return nil }
        let reply = answer.isEmpty ? nil : answer
        if ticket.isEscalated {
            self.init(decision: .handBack, note: "\(desk): \(reply ?? "solved without an answer")")
        } else if isDone, reply != nil {
            self.init(decision: .resolve, reply: reply)
        } else if isDone {
            // Ended in another one, or taken for spam: somebody here has to look, or its customer hears nothing.
            self.init(decision: .decline, reason: "\(desk) is done with it and has not answered")
        } else {
            self.init(decision: .pend, reply: reply, reason: "\(desk) has asked the customer")
        }
        fields = [NamedValue(name: ForwardedTicket.field(of: desk), value: "\(found.ticket.number)")]
    }
}
