import ArgumentParser
import Desk
import Figures
import Storage
import StorageSQLite
import Tickets

struct FeedbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback", abstract: "List what customers say of the product, by topic.",
        discussion: """
            Topics are set with `switchboard ticket set NUMBER --feedback TOPIC`. Reads the log; a broker may run \
            meanwhile. Spam is left out.
            """)

    @OptionGroup var data: DataOptions
    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: "Print comma-separated values, a line for each ticket.") var csv = false

    func validate() throws {
        guard !(json && csv) else {
            throw ValidationError("--json and --csv are two forms of one list; take one")
        }
    }

    private struct Output: Encodable {
        struct Topic: Encodable {
            var topic: String
            var count: Int
            var tickets: [UInt64]
            var last: String
        }

        var topics: [Topic]
    }

    func run() throws {
        let folder = data.folder
        try folder.require()
        let topics = try ProductFeedback(SQLiteStore(folder: folder.path).openLogReader()).topics
        if json {
            let output = topics.map { topic in
                Output.Topic(
                    topic: topic.name, count: topic.tickets.count, tickets: topic.tickets.map(\.rawValue),
                    last: topic.last.iso8601)
            }
            return try Terminal.say(json: Output(topics: output))
        }
        if csv { return Terminal.say(text(topics)) }
        let rows = topics.map { topic in
            [
                String(topic.tickets.count), Terminal.harmless(topic.name), topic.last.iso8601,
                topic.tickets.suffix(8).map(\.description).joined(separator: " "),
            ]
        }
        Terminal.say(Terminal.table(["TICKETS", "TOPIC", "LAST", "NEWEST"], rows))
    }

    private func text(_ topics: [ProductFeedback.Topic]) -> String {
        let lines = topics.flatMap { topic in
            topic.tickets.map { "\(Report.field(topic.name)),\($0)" }
        }
        return (["topic,ticket"] + lines).joined(separator: "\n")
    }
}

extension ProductFeedback {
    /// Folds all of a log.
    init(_ log: any LogReader) throws(StoreError) {
        self.init()
        var position = Position.start
        while true {
            let turns = try log.turns(after: position, limit: 256)
            guard let last = turns.last?.records.last else { return }
            for turn in turns { for record in turn.records { follow(record) } }
            position = last.position
        }
    }
}
