import Client
import Foundation
import Tickets

/// One request as a line of JSON has it. Keys that are not listed here are left alone.
struct RequestLine: Decodable {
    var channel: String
    var customer: String
    var subject: String
    var body: String
    var kind: String?
    var priority: String?
    var tags: [String]?
    var fields: FieldList?
    /// Makes it idempotent.
    var id: String?
    /// The ticket that the customer writes about again.
    var ticket: UInt64?
    /// The Message-ID of the letter that the customer answers, as their mail program wrote it.
    var inReplyTo: String?

    /// Whether it answers a letter that is none of the desk's: then it is a request of its own.
    var citesStranger: Bool {
        inReplyTo.map { !$0.isEmpty && MessageID(citedIn: $0) == nil } ?? false
    }

    /// An object of names and values, or a list of `{"name", "value"}`.
    struct FieldList: Decodable {
        var fields: [Field]

        init(fields: [Field]) {
            self.fields = fields
        }

        private struct Item: Decodable {
            var name: String
            var value: String
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                // In order of name: a dictionary has none.
                let values = try container.decode([String: String].self)
                fields = values.sorted { $0.key < $1.key }.map { Field(name: $0.key, value: $0.value) }
            } catch {
                fields = try container.decode([Item].self).map { Field(name: $0.name, value: $0.value) }
            }
        }
    }

    /// The command; its id comes from the line's, if it has one.
    func command() throws(LineRefusal) -> Command {
        guard let channel = Name(channel) else {
            throw LineRefusal("`channel` must be 1 to \(Name.bytesMax) letters, digits, or any of . _ @ -")
        }
        guard let priority = priority.map({ Priority(word: $0) }) ?? .normal else {
            throw LineRefusal(
                "`priority` must be one of \(Priority.allCases.map(\.word).joined(separator: ", "))")
        }
        guard ticket == nil || inReplyTo == nil else {
            throw LineRefusal("`ticket` and `inReplyTo` both say what it is about: leave one out")
        }
        let named = ticket.map { TicketNumber($0) } ?? inReplyTo.flatMap { MessageID(citedIn: $0) }?.ticket
        let submission = Submission(
            channel: channel, customer: customer, subject: subject, body: body, kind: kind,
            priority: priority,
            tags: tags ?? [], fields: fields?.fields ?? [],
            origin: named.map { Origin(ticket: $0, cause: .follows) })
        return Command(id: id.map { CommandID(derivedFrom: $0) } ?? .random(), action: .submit(submission))
    }

    /// Reads one line of a file.
    static func parse(_ bytes: [UInt8]) throws(LineRefusal) -> RequestLine {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw LineRefusal("the line is not UTF-8")
        }
        do {
            return try JSONDecoder().decode(RequestLine.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw LineRefusal(explain(error))
        } catch {
            throw LineRefusal("the line is no JSON object")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "`\(key.stringValue)` is missing"
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: "the line is no JSON object"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "`\(context.codingPath[0].stringValue)` has a value of the wrong type"
        case .dataCorrupted: "the line is no valid JSON"
        @unknown default: "the line is no valid JSON"
        }
    }
}

/// Why a line was not sent at all.
struct LineRefusal: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
