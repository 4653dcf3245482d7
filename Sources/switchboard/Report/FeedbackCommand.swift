import ArgumentParser
import Client
import Desk
import Figures
import Storage
import StorageSQLite
import Tickets

struct FeedbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "List what customers say of the product, by topic, and tell them when it is done.",
        discussion: """
            Topics are set with `switchboard ticket set NUMBER --feedback TOPIC`. Without a subcommand the topics are \
            listed.
            """,
        subcommands: [FeedbackList.self, FeedbackClose.self], defaultSubcommand: FeedbackList.self)
}

struct FeedbackList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the topics with their tickets.",
        discussion: """
            Reads the log; a broker may run meanwhile. Spam is left out. OPEN are the tickets since the topic was \
            closed last, or all; TOLD are the customers who were told then.
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
            /// Since the last closing.
            var open: Int
            var closings: [Closing]
        }

        struct Closing: Encodable {
            var at: String
            var told: Int
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
                    last: topic.last.iso8601, open: topic.openCount,
                    closings: topic.closings.map { .init(at: $0.at.iso8601, told: $0.told) })
            }
            return try Terminal.say(json: Output(topics: output))
        }
        if csv { return Terminal.say(text(topics)) }
        let rows = topics.map { topic in
            [
                String(topic.tickets.count), String(topic.openCount), Terminal.harmless(topic.name),
                topic.last.iso8601, topic.closings.last?.at.iso8601 ?? "-",
                topic.closings.last.map { String($0.told) } ?? "-",
                topic.tickets.suffix(8).map(\.description).joined(separator: " "),
            ]
        }
        Terminal.say(
            Terminal.table(["TICKETS", "OPEN", "TOPIC", "LAST", "CLOSED", "TOLD", "NEWEST"], rows))
    }

    private func text(_ topics: [ProductFeedback.Topic]) -> String {
        let lines = topics.flatMap { topic in
            topic.tickets.map { "\(Report.field(topic.name)),\($0)" }
        }
        return (["topic,ticket"] + lines).joined(separator: "\n")
    }
}

struct FeedbackClose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Tell the customers who asked that an improvement is there.",
        discussion: """
            Each is written to once, in the newest of their tickets with the topic, whether it is open or closed; \
            no ticket moves. Those are told to whom the desk writes by itself: by the channels of its \
            acknowledgement, else of its delay notice, as these were when the ticket came; never of spam. What \
            customers ask for afterwards under the same topic is a new matter.
            """)

    @Argument(help: "The topic, as `switchboard feedback` lists it.") var topic: String
    @Option(help: "What the customers are told, or - for standard input.") var text: String
    @Option(help: "The command's id, 32 hexadecimal digits, to repeat one whose answer was lost.")
    var id: String?
    @OptionGroup var people: PeopleOptions

    func validate() throws {
        if let id, CommandID(hexadecimal: id) == nil {
            throw ValidationError("--id is 32 hexadecimal digits")
        }
    }

    private struct Report: Encodable {
        var ok = true
        var topic: String
        var position: UInt64
        /// Left out when the command was carried out before.
        var told: UInt32?
    }

    func run() throws {
        let text = try readText(text)
        let desk = try people.connect()
        let answer: Answer
        do {
            answer = try desk.connection.perform(
                .improve(topic: topic, text: text),
                id: id.flatMap { CommandID(hexadecimal: $0) } ?? .random())
        } catch {
            guard case .refused(let refusal) = error, refusal.code == .nobodyAsked else { throw error }
            throw try explained(refusal)
        }
        desk.connection.close()
        if people.json {
            return try Terminal.say(
                json: Report(topic: topic, position: answer.position.rawValue, told: answer.told))
        }
        let outcome =
            switch answer.told {
            case nil: "its customers were told before"
            case 1: "1 customer is told"
            case let told?: "\(told) customers are told"
            }
        Terminal.say("\(Terminal.harmless(topic)): \(outcome).")
    }
}

extension FeedbackClose {
    /// Why nobody is to be told, where the log is at hand: a topic that was closed before, or that nobody has asked for.
    private func explained(_ refusal: Refusal) throws -> any Error {
        let folder = people.data.folder
        // Another desk's log would tell of that one.
        guard people.endpoint == nil, folder.hasDesk else { return refusal }
        let topics = try ProductFeedback(SQLiteStore(folder: folder.path).openLogReader()).topics
        let name = Terminal.harmless(topic)
        guard let known = topics.first(where: { $0.name.isSameText(as: topic) }) else {
            let hint =
                NearestWord.to(topic, among: topics.map(\.name))
                .map { "; did you mean `\(Terminal.harmless($0))`?" } ?? ""
            return Failure(
                .refused,
                "\(refusal.code.word): nobody has asked under `\(name)`\(hint.isEmpty ? ";" : hint) `switchboard feedback` "
                    + "lists the topics")
        }
        guard let last = known.closings.last, known.openCount == 0 else { return refusal }
        return Failure(
            .refused,
            "\(refusal.code.word): `\(name)` was closed \(last.at.iso8601) and all who had asked were told; nobody has "
                + "asked since. Who asks from now on is told when it is closed again")
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
