import Figures
import Tickets
import Wire

/// What `customer show --json` prints.
struct CustomerReport: Encodable {
    struct Contact: Encodable {
        var at: String
        var ticket: UInt64
    }

    struct Topic: Encodable {
        var topic: String
        var tickets: [UInt64]
    }

    var names: [String]
    /// In order of name.
    var channels: [String]
    /// Tickets that count: no spam, and none that ended in another.
    var requests: Int
    var open: [UInt64]
    /// Those that are at least the third about the same thing within 30 days.
    var repeats: [UInt64]
    /// Of which the desk said last that a promise is broken.
    var broken: [UInt64]
    var first: Contact?
    var last: Contact?
    /// What they say of the product.
    var feedback: [Topic]
    /// In order of number.
    var tickets: [TicketReport]

    init(_ names: [String], _ found: [ProtoTicket], first: Contact?, last: Contact?) {
        self.names = names
        // A name that was given twice is one.
        var numbers: Set<UInt64> = []
        let all = found.filter { numbers.insert($0.number).inserted }.sorted { $0.number < $1.number }
        let counted = Self.counted(all)
        channels = Set(counted.map(\.channel)).sorted()
        requests = counted.count
        open = Self.open(counted)
        repeats = Self.repeats(counted)
        broken = counted.filter { $0.hasPromise && $0.promise.word == "broken" }.map(\.number)
        (self.first, self.last) = (first, last)
        feedback = Self.topics(counted)
        tickets = all.map { TicketReport($0) }
    }

    /// No spam, and none that ended in another.
    static func counted(_ tickets: [ProtoTicket]) -> [ProtoTicket] {
        tickets.filter { ticket in !ticket.spam && !ticket.links.contains { $0.word == "merged-into" } }
    }

    static func open(_ tickets: [ProtoTicket]) -> [UInt64] {
        let closed = [Status.solved, .closed].map(\.word)
        return tickets.filter { !closed.contains($0.status) }.map(\.number)
    }

    static func repeats(_ tickets: [ProtoTicket]) -> [UInt64] {
        var contacts = RepeatContacts(capacity: tickets.count)
        return tickets.filter { ticket in
            let kind = ticket.kind.isEmpty ? nil : ticket.kind
            return contacts.follow(
                TicketOrigin.topic(ticket.customer, kind, ticket.subject),
                at: Moment(milliseconds: ticket.createdMs))
        }.map(\.number)
    }

    /// In order of their first ticket; topics are compared by their bytes.
    private static func topics(_ tickets: [ProtoTicket]) -> [Topic] {
        var topics: [Topic] = []
        for ticket in tickets where !ticket.feedback.isEmpty {
            let index = topics.firstIndex { $0.topic.utf8.elementsEqual(ticket.feedback.utf8) }
            if let index {
                topics[index].tickets.append(ticket.number)
            } else {
                topics.append(Topic(topic: ticket.feedback, tickets: [ticket.number]))
            }
        }
        return topics
    }

    /// For people; nothing in it can move the terminal.
    var text: String {
        func list(_ numbers: [UInt64]) -> String { numbers.map(String.init).joined(separator: ", ") }
        func count(_ numbers: [UInt64], _ word: String) -> String {
            numbers.isEmpty ? "none \(word)" : "\(numbers.count) \(word): \(list(numbers))"
        }
        var lines = [
            Terminal.harmless(names.joined(separator: ", ")),
            "  \(requests == 1 ? "1 request" : "\(requests) requests")"
                + (channels.isEmpty ? "" : " by \(channels.joined(separator: ", "))")
                + "; \(count(open, "open"))",
        ]
        if let first, let last {
            lines.append(
                "  wrote first \(first.at) (ticket \(first.ticket)), last \(last.at) (ticket \(last.ticket))")
        }
        if !repeats.isEmpty { lines.append("  " + count(repeats, "again about the same thing")) }
        if !broken.isEmpty { lines.append("  " + count(broken, "with a broken promise")) }
        for topic in feedback {
            lines.append(
                "  says of the product: \(Terminal.harmless(topic.topic)) (\(list(topic.tickets)))")
        }
        let rows = tickets.map { ticket in
            [
                String(ticket.number), ticket.status, ticket.place, ticket.line, ticket.priority,
                ticket.channel,
                ticket.created, ticket.owner ?? "-", Terminal.harmless(shortened(ticket.kind ?? "-", 20)),
                Terminal.harmless(shortened(ticket.subject, 48)) + (ticket.spam ? " (spam)" : ""),
            ]
        }
        let headings = [
            "NUMBER", "STATUS", "PLACE", "LINE", "PRIORITY", "CHANNEL", "CREATED", "OWNER", "KIND", "SUBJECT",
        ]
        return (lines + ["", Terminal.table(headings, rows)]).joined(separator: "\n")
    }
}
