import Foundation
import Tickets

/// Real requests, which the tickets of a workload are made from.
package struct Requests: Sendable {
    let submissions: [Submission]

    private struct Request: Decodable {
        var channel: String
        var customer: String
        var subject: String
        var body: String
        var kind: String?
        var tags: [String]?
        var fields: [String: String]?
    }

    /// The sample that comes with the project, seen from its folder.
    package static let samplePath = "Cluster/sample/requests.jsonl"

    /// A file that is none of requests.
    package struct Unreadable: Error, CustomStringConvertible {
        package var description: String
    }

    /// Reads a file of requests, one JSON object a line, as `switchboard submit --jsonl` does.
    package init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unreadable(description: "\(path) cannot be read; run this from the project's folder")
        }
        submissions = try data.split(separator: UInt8(ascii: "\n")).map { line in
            let request = try JSONDecoder().decode(Request.self, from: Data(line))
            let fields = (request.fields ?? [:]).sorted { $0.key < $1.key }
            return Submission(
                channel: Name(request.channel) ?? "web", customer: request.customer, subject: request.subject,
                body: request.body, kind: request.kind, tags: request.tags ?? [],
                fields: fields.map { Field(name: $0.key, value: $0.value) })
        }
        guard !submissions.isEmpty else { throw Unreadable(description: "\(path) has no requests") }
    }
}
