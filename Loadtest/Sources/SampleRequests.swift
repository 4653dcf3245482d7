import Foundation
import Rig
import Tickets

/// Real requests, taken in turn: what every system of a comparison is given.
struct SampleRequests {
    let submissions: [Submission]
    /// The same requests as the lines they came in.
    let lines: [[UInt8]]

    private struct Request: Decodable {
        var channel: String
        var customer: String
        var subject: String
        var body: String
        var kind: String?
        var tags: [String]?
        var fields: [String: String]?
    }

    static let defaultPath = "Cluster/sample/requests.jsonl"

    /// Reads a file of requests, one JSON object a line, as `switchboard submit --jsonl` does.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RigError(
                "\(path) cannot be read; run this from the project's folder, or name a file with --requests")
        }
        let lines = data.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        guard !lines.isEmpty else { throw RigError("\(path) has no requests") }
        self.lines = lines
        submissions = try lines.map { line in
            let request = try JSONDecoder().decode(Request.self, from: Data(line))
            guard let channel = Name(request.channel) else {
                throw RigError("\(path) has a channel without a name")
            }
            let fields = (request.fields ?? [:]).sorted { $0.key < $1.key }
            return Submission(
                channel: channel, customer: request.customer, subject: request.subject, body: request.body,
                kind: request.kind, tags: request.tags ?? [],
                fields: fields.map { Field(name: $0.key, value: $0.value) })
        }
    }

    /// The request of a number, from 1.
    subscript(number: UInt64) -> Submission { submissions[Int(number % UInt64(submissions.count))] }
}
