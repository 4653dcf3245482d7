import FoundationEssentials
import Tickets

/// A ticket as a program gets it; ``ExecHandler`` documents the form.
struct ExecTicket: Encodable {
    struct Field: Encodable {
        var name: String
        var value: String
    }

    struct Entry: Encodable {
        var number: UInt32
        var kind: String
        var author: String
        var at: String
        var text: String
    }

    private enum CodingKeys: String, CodingKey {
        case number, token, line, channel, customer, subject, kind, priority, tags, fields, lacking, entries
        case lastMessage, frames, isEscalated, isHandedBack, owner, failures, offerMs
    }

    private let assignment: Assignment

    init(_ assignment: Assignment) {
        self.assignment = assignment
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(assignment.number.rawValue, forKey: .number)
        try container.encode(assignment.token.rawValue, forKey: .token)
        try container.encode(assignment.line, forKey: .line)
        try container.encode(assignment.channel, forKey: .channel)
        try container.encode(assignment.customer, forKey: .customer)
        try container.encode(assignment.subject, forKey: .subject)
        // Present and null rather than absent.
        try container.encode(assignment.kind, forKey: .kind)
        try container.encode(assignment.priority.word, forKey: .priority)
        try container.encode(assignment.tags, forKey: .tags)
        let fields = assignment.fields.map { Field(name: $0.name, value: $0.value) }
        try container.encode(fields, forKey: .fields)
        try container.encode(assignment.lacking, forKey: .lacking)
        try container.encode(assignment.entries.map { Entry($0) }, forKey: .entries)
        try container.encode(assignment.lastMessage, forKey: .lastMessage)
        try container.encode(assignment.frames, forKey: .frames)
        try container.encode(assignment.isEscalated, forKey: .isEscalated)
        try container.encode(assignment.isHandedBack, forKey: .isHandedBack)
        try container.encode(assignment.owner, forKey: .owner)
        try container.encode(assignment.failures, forKey: .failures)
        try container.encode(assignment.offerMilliseconds, forKey: .offerMs)
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

extension ExecTicket.Entry {
    init(_ entry: Assignment.Entry) {
        let seconds = Double(entry.at.milliseconds) / 1_000
        self.init(
            number: entry.number, kind: entry.kind.word, author: entry.author,
            at: Date(timeIntervalSince1970: seconds).formatted(
                Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            text: entry.text)
    }
}
