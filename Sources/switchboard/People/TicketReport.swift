import Tickets
import Wire

/// A ticket as `--json` prints it.
struct TicketReport: Encodable {
    struct Item: Encodable {
        var number: UInt32
        var kind: String
        var author: String
        var at: String
        var text: String
    }

    struct NamedValue: Encodable {
        var name: String
        var value: String
    }

    struct HolderReport: Encodable {
        var node: String
        var agent: String?
    }

    var number: UInt64
    var line: String
    var status: String
    var place: String
    var priority: String
    var channel: String
    var customer: String
    var subject: String
    var kind: String?
    var tags: [String]
    var fields: [NamedValue]
    var owner: String?
    var token: UInt64
    var holder: HolderReport?
    var failures: UInt32
    var assignments: UInt32
    var escalations: UInt32
    var frames: [String]
    var lastMessage: UInt32
    var created: String
    var updated: String
    var waitingSince: String
    var wakes: String?
    var entries: [Item]?

    init(_ ticket: ProtoTicket, _ entries: [ProtoEntry]? = nil) {
        number = ticket.number
        line = ticket.line
        status = ticket.status
        place = ticket.place
        priority = Priority(ticket.priority).word
        channel = ticket.channel
        customer = ticket.customer
        subject = ticket.subject
        kind = ticket.kind.isEmpty ? nil : ticket.kind
        tags = ticket.tags
        fields = ticket.fields.map { NamedValue(name: $0.name, value: $0.value) }
        owner = ticket.owner.isEmpty ? nil : ticket.owner
        token = ticket.token
        if !ticket.holderNode.isEmpty {
            holder = HolderReport(
                node: ticket.holderNode, agent: ticket.holderAgent.isEmpty ? nil : ticket.holderAgent)
        }
        failures = ticket.failures
        assignments = ticket.assignments
        escalations = ticket.escalations
        frames = ticket.frames
        lastMessage = ticket.lastMessage
        created = Moment(milliseconds: ticket.createdMs).iso8601
        updated = Moment(milliseconds: ticket.updatedMs).iso8601
        waitingSince = Moment(milliseconds: ticket.sinceMs).iso8601
        wakes = ticket.hasWakesMs ? Moment(milliseconds: ticket.wakesMs).iso8601 : nil
        self.entries = entries?.map { Item($0) }
    }

    /// For people; nothing in it can move the terminal.
    var text: String {
        func plain(_ text: String) -> String { Terminal.harmless(text) }
        var lines = [
            "Ticket \(number)  \(plain(subject))",
            "  \(status), \(place) in \(line), \(priority) priority, token \(token)",
            "  from \(plain(customer)) by \(channel), \(created)",
        ]
        if let kind { lines.append("  kind \(plain(kind))") }
        if !tags.isEmpty { lines.append("  tags \(tags.map(plain).joined(separator: ", "))") }
        for field in fields { lines.append("  \(plain(field.name)): \(plain(field.value))") }
        if let owner { lines.append("  owner \(owner)") }
        if let holder {
            lines.append(
                "  held by \(holder.agent ?? holder.node)\(holder.agent == nil ? "" : " (\(holder.node))")")
        }
        if !frames.isEmpty {
            lines.append("  goes back to \(frames.reversed().joined(separator: ", then "))")
        }
        if let wakes { lines.append("  wakes \(wakes)") }
        for entry in entries ?? [] {
            lines.append("")
            let word = entry.kind == "note" ? "note (internal)" : entry.kind
            lines.append("[\(entry.number)] \(word) by \(plain(entry.author)), \(entry.at)")
            let body = Terminal.harmless(entry.text, keepsLines: true)
            lines += body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

extension TicketReport.Item {
    init(_ entry: ProtoEntry) {
        number = entry.number
        kind =
            switch entry.kind {
            case .message: EntryKind.message.word
            case .reply: EntryKind.reply.word
            case .note: EntryKind.note.word
            case .unspecified, .UNRECOGNIZED: "unknown"
            }
        author = entry.author
        at = Moment(milliseconds: entry.atMs).iso8601
        text = entry.text
    }
}
