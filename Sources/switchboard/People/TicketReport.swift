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
    var participants: [String]
    var links: [LinkReport]
    var spam: Bool
    var feedback: String?
    var lacking: [String]
    var drafts: [DraftReport]
    var ownerReason: String?
    /// What the desk said last of its promises.
    var promise: PromiseReport?
    /// What of its promises runs out first; only where tickets are asked for by that.
    var due: DueReport?
    /// Others who are at it now.
    var present: [OnlookerReport]?
    /// While it waits.
    var queue: QueueReport?
    /// What its kind lays down for whoever takes it; never for its customer.
    var script: String?
    /// What else there is of its customer.
    var profile: ProfileReport?
    var entries: [Item]?

    struct OnlookerReport: Encodable {
        var name: String
        var writes: Bool
    }

    struct PromiseReport: Encodable {
        var word: String
        var clock: String
        var rule: String
        var due: String
    }

    struct DueReport: Encodable {
        var clock: String
        var rule: String
        var at: String
    }

    struct QueueReport: Encodable {
        var ahead: UInt32
        var mayHaveMoreAhead: Bool
        /// From now on; nil where there is no telling.
        var waitMilliseconds: Int64?

        init(_ queue: ProtoQueue) {
            (ahead, mayHaveMoreAhead) = (queue.ahead, queue.aheadMore)
            waitMilliseconds = queue.hasWaitMs ? queue.waitMs : nil
        }

        var text: String {
            (ahead == 1 ? "1 ticket comes" : "\(ahead) tickets\(mayHaveMoreAhead ? " or more" : "") come")
                + " before it" + (waitMilliseconds.map { ", \(Self.words($0)) to wait" } ?? "")
        }

        /// No more exact than an estimate is.
        static func words(_ milliseconds: Int64) -> String {
            milliseconds < 60_000 ? "less than 1m" : "about \(Span.text(milliseconds / 60_000 * 60_000))"
        }
    }

    struct LinkReport: Encodable {
        var what: String
        var ticket: UInt64
    }

    struct DraftReport: Encodable {
        var author: String
        var at: String
        var text: String
    }

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
        participants = ticket.participants
        links = ticket.links.map { LinkReport(what: $0.word, ticket: $0.ticket) }
        spam = ticket.spam
        feedback = ticket.feedback.isEmpty ? nil : ticket.feedback
        lacking = ticket.lacking
        drafts = ticket.drafts.map { draft in
            DraftReport(
                author: draft.author, at: Moment(milliseconds: draft.atMs).iso8601, text: draft.text)
        }
        ownerReason = ticket.ownerReason.isEmpty ? nil : ticket.ownerReason
        if ticket.hasPromise {
            promise = PromiseReport(
                word: ticket.promise.word, clock: ticket.promise.clock, rule: ticket.promise.rule,
                due: Moment(milliseconds: ticket.promise.dueMs).iso8601)
        }
        if ticket.hasDue {
            due = DueReport(
                clock: ticket.due.clock, rule: ticket.due.rule,
                at: Moment(milliseconds: ticket.due.dueMs).iso8601)
        }
        self.entries = entries?.map { Item($0) }
    }

    init(_ result: ProtoTicketResult) {
        self.init(result.ticket, result.entries)
        present = result.onlookers.map { OnlookerReport(name: $0.name, writes: $0.writes) }
        script = result.script.isEmpty ? nil : result.script
        queue = result.hasQueue ? QueueReport(result.queue) : nil
    }

    /// For people; nothing in it can move the terminal.
    var text: String {
        func plain(_ text: String) -> String { Terminal.harmless(text) }
        var lines = [
            "Ticket \(number)  \(plain(subject))",
            "  \(status), \(place) in \(line), \(priority) priority, token \(token)",
            "  from \(plain(customer)) by \(channel), \(created)",
        ]
        lines += profile?.lines ?? []
        if let kind { lines.append("  kind \(plain(kind))") }
        if !tags.isEmpty { lines.append("  tags \(tags.map(plain).joined(separator: ", "))") }
        for field in fields { lines.append("  \(plain(field.name)): \(plain(field.value))") }
        if let owner {
            lines.append("  owner \(owner)\(ownerReason.map { " (\(plain($0)))" } ?? "")")
        }
        if let queue { lines.append("  \(queue.text)") }
        for other in present ?? [] {
            lines.append("  \(other.name) is \(other.writes ? "writing a reply" : "looking at it") now")
        }
        if let promise {
            lines.append(
                "  promise \(plain(promise.rule)), \(promise.clock): \(promise.word), due \(promise.due)")
        }
        if spam { lines.append("  spam: in no figure") }
        if !lacking.isEmpty {
            lines.append("  still to fill in: \(lacking.map(plain).joined(separator: ", "))")
        }
        if let feedback { lines.append("  says of the product: \(plain(feedback))") }
        if !participants.isEmpty { lines.append("  with \(participants.joined(separator: ", "))") }
        for link in links { lines.append("  \(link.what) ticket \(link.ticket)") }
        if let holder {
            lines.append(
                "  held by \(holder.agent ?? holder.node)\(holder.agent == nil ? "" : " (\(holder.node))")")
        }
        if !frames.isEmpty {
            lines.append("  goes back to \(frames.reversed().joined(separator: ", then "))")
        }
        if let wakes { lines.append("  wakes \(wakes)") }
        if let script {
            lines.append("  script (internal):")
            let words = Terminal.harmless(script, keepsLines: true)
            lines += words.split(separator: "\n").map { "    \($0)" }
        }
        for entry in entries ?? [] {
            lines.append("")
            let word = entry.kind == "note" ? "note (internal)" : entry.kind
            lines.append("[\(entry.number)] \(word) by \(plain(entry.author)), \(entry.at)")
            let body = Terminal.harmless(entry.text, keepsLines: true)
            lines += body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        }
        for draft in drafts {
            lines.append("")
            lines.append("Draft of \(plain(draft.author)), \(draft.at), not sent")
            let body = Terminal.harmless(draft.text, keepsLines: true)
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
