import ArgumentParser
import Client
import Tickets

struct SubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Bring requests in: one, or those of a file.",
        discussion: """
            --jsonl reads one request a line: {"channel", "customer", "subject", "body"} and optional "kind", \
            "priority", "tags", "fields", "id", "ticket" (the one that its customer writes about again) or "inReplyTo" \
            (the letter of `switchboard outbox` that they answer, by its Message-ID). --csv reads \
            columns of the same names, with --channel, --customer and the like for what has none; --map names others. \
            A request with an `id` is taken once, however often it is sent. A wrong line is refused, the rest goes on; \
            a --csv file of which the rest cannot be told from a wrong line is refused as a whole.
            """)

    @Option(help: "The channel. (default: cli)") var channel: String?
    @Option(help: "The customer's address or id there.") var customer: String?
    @Option(help: "The subject.") var subject: String?
    @Option(help: "The text, or - for standard input.") var body: String?
    @Option(help: "The kind of request, for example cancel_order.") var kind: String?
    @Option(help: "low, normal, high or urgent.") var priority: String?
    @Option(name: .customLong("tag"), help: "A tag; repeat for more.") var tags: [String] = []
    @Option(name: .customLong("field"), help: "A field as name=value; repeat for more.") var fields:
        [String] = []
    @Option(help: "Makes it idempotent: the same id is taken once.") var id: String?
    @Option(
        help:
            "The customer writes about this ticket again. With --customer a new ticket is made if that one is closed; with --body alone it is refused then."
    )
    var ticket: UInt64?
    @Option(
        help:
            "The customer answers a letter of the desk: the Message-ID, as `switchboard outbox` has it and their In-Reply-To says it. The same as --ticket; one that is none of the desk's is left out."
    )
    var inReplyTo: String?
    @Option(help: "A file of requests, one JSON object a line; - is standard input.", completion: .file())
    var jsonl: String?
    @Option(help: "A file of requests with a heading line.", completion: .file()) var csv: String?
    @Option(
        help: "With --csv: part=COLUMN, for example subject=Betreff or field.order=Number; repeat for more.")
    var map: [String] = []
    @OptionGroup var people: PeopleOptions

    func validate() throws {
        guard [jsonl != nil, csv != nil, ticket != nil, inReplyTo != nil].filter({ $0 }).count < 2 else {
            throw ValidationError("--jsonl, --csv, --ticket and --in-reply-to exclude each other")
        }
        if jsonl == nil, csv == nil {
            guard body != nil else {
                throw ValidationError("give --body (or - for standard input), --jsonl or --csv")
            }
            guard ticket != nil || (customer != nil && subject != nil) else {
                throw ValidationError(
                    "a request needs --customer and --subject"
                        + (inReplyTo == nil
                            ? "" : ": it is a new one when its Message-ID is none of the desk's"))
            }
        }
        guard map.isEmpty || csv != nil else { throw ValidationError("--map goes with --csv") }
        try refuseWhatIsIgnored()
        // What a script gives whose variable is empty.
        guard !tags.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
            throw ValidationError("--tag is empty: give a word, or leave it out")
        }
        try Failure.asValidation {
            _ = try Name(argument: channel ?? "cli", "--channel")
            _ = try priorityValue()
            _ = try fieldValues()
        }
    }

    /// An option that would change nothing is a slip.
    private func refuseWhatIsIgnored() throws {
        let ofOne = [("tag", !tags.isEmpty), ("field", !fields.isEmpty), ("id", id != nil)]
        let ofNew = [
            ("channel", channel != nil), ("subject", subject != nil), ("kind", kind != nil),
            ("priority", priority != nil),
        ]
        func refuse(_ options: [(name: String, isGiven: Bool)], _ reason: String) throws {
            let given = options.filter(\.isGiven).map { "--\($0.name)" }
            guard !given.isEmpty else { return }
            throw ValidationError("\(given.joined(separator: " and ")) would change nothing: \(reason)")
        }
        if jsonl != nil {
            try refuse(
                ofNew + [("customer", customer != nil), ("body", body != nil)] + ofOne,
                "with --jsonl each line says that of its own request")
        } else if csv != nil {
            try refuse(
                ofOne,
                "with --csv a column says that of each request; name it with --map tags=COLUMN, field.NAME=COLUMN "
                    + "or id=COLUMN")
        } else if let ticket, customer == nil {
            try refuse(
                ofNew + ofOne.dropLast(),
                "a message to ticket \(ticket) is its text; `switchboard ticket set \(ticket)` sets what a ticket has, and "
                    + "with --customer a new ticket is made if that one is closed")
        }
    }

    private struct Single: Encodable {
        var accepted = 1
        var refused = 0
        var ticket: UInt64
        var position: UInt64
        /// Which entry of a ticket that was there the request became; nil when it made a ticket.
        var entry: UInt32?
        /// nil where there is no telling.
        var expectedWaitMs: Int64?
        /// The options that are of a new ticket, where it is none.
        var leftOut: [String]?
    }

    func run() throws {
        if jsonl != nil || csv != nil { return try sendFile() }
        var named = ticket ?? inReplyTo.flatMap { MessageID(citedIn: $0) }?.ticket.rawValue
        let desk = try people.connect(role: "client")
        let id = id.map { CommandID(derivedFrom: $0) } ?? .random()
        let text = try readText(body ?? "")
        let answer: Answer
        do {
            answer = try desk.connection.perform(action(named, text), id: id)
        } catch ClientError.refused(let refusal) where refusal.code == .unknownTicket && inReplyTo != nil {
            // Another desk's, or made up: a customer's letter is not lost over it.
            named = nil
            answer = try desk.connection.perform(action(nil, text), id: id)
        }
        desk.connection.close()
        if let inReplyTo, !inReplyTo.isEmpty, named == nil {
            Terminal.note(
                "switchboard: `\(Terminal.harmless(shortened(inReplyTo, 120)))` is no Message-ID of this desk (they are like "
                    + "\(MessageID(outbox: 17, ticket: TicketNumber(1_042)))): taken as a request of its own")
        }
        let leftOut = leftOut(answer, named)
        if people.json {
            try Terminal.say(
                json: Single(
                    ticket: answer.ticket.rawValue, position: answer.position.rawValue, entry: answer.entry,
                    expectedWaitMs: answer.expectedWaitMilliseconds, leftOut: leftOut.isEmpty ? nil : leftOut)
            )
        } else {
            Terminal.say("Ticket \(answer.ticket): \(outcome(answer, named)).")
        }
        guard !leftOut.isEmpty else { return }
        Terminal.note(
            "switchboard: ticket \(answer.ticket) is open, and keeps its own: left out --\(leftOut.joined(separator: ", --")); "
                + "see `switchboard ticket set`")
    }

    /// What only a new ticket would have taken, where the message went to one that is there.
    private func leftOut(_ answer: Answer, _ ticket: UInt64?) -> [String] {
        let isMessage = answer.entry != nil || answer.token > Token(0)
        guard isMessage || ticket.map({ answer.ticket.rawValue <= $0 }) == true else { return [] }
        // A subject is a part of the message.
        return [("channel", channel != nil), ("kind", kind != nil), ("priority", priority != nil)]
            .filter(\.1).map(\.0)
    }

    /// What became of it, for people.
    private func outcome(_ answer: Answer, _ ticket: UInt64?) -> String {
        guard let ticket else {
            // The answer to a repeated command does not say; but nobody can have claimed a new ticket yet.
            if answer.entry != nil || answer.token > Token(0) {
                return "it is open already, and this request joined it"
            }
            let wait = answer.expectedWaitMilliseconds.map { TicketReport.QueueReport.words($0) }
            return "submitted" + (wait.map { ", \($0) to wait" } ?? "")
        }
        if answer.ticket.rawValue == ticket { return "message added" }
        return answer.ticket.rawValue > ticket
            ? "it goes on here from ticket \(ticket)" : "message added; ticket \(ticket) was merged into it"
    }

    private func action(_ ticket: UInt64?, _ text: String) throws -> Action {
        if let ticket, customer == nil { return .followUp(TicketNumber(ticket), body: text) }
        var submission = Submission(
            channel: try Name(argument: channel ?? "cli", "--channel"), customer: customer ?? "",
            subject: subject ?? "", body: text, kind: kind, tags: tags,
            origin: ticket.map { Origin(ticket: TicketNumber($0), cause: .follows) })
        if let priority = try priorityValue() { submission.priority = priority }
        submission.fields = try fieldValues()
        return .submit(submission)
    }

    private func priorityValue() throws -> Priority? {
        guard let priority else { return nil }
        if let known = Priority(word: priority) { return known }
        let words = Priority.allCases.map(\.word).joined(separator: ", ")
        throw Failure(.usage, "there is no priority `\(priority)`: take one of \(words)")
    }

    private func fieldValues() throws -> [Field] {
        try fields.map { pair in
            guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
                throw Failure(.usage, "`--field \(pair)` is no pair: write it like order=4711")
            }
            return Field(name: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]))
        }
    }

    private func sendFile() throws {
        var batch = Batch()
        batch.progress = { outcome in
            guard Terminal.errorIsTerminal else { return }
            Terminal.write("\r\u{1B}[K\(outcome.accepted) accepted, \(outcome.refused) refused")
        }
        // Read before connecting: what is wrong with the arguments needs no broker.
        let rows = try csv.map { try Table(map: map, defaults: defaults()).rows(DataFolder.absolute($0)) }
        let desk = try people.connect(role: "client")
        var failure: (any Error)?
        do {
            if let rows {
                var iterator = rows.makeIterator()
                try batch.send(through: desk.connection) { iterator.next() }
            } else if let jsonl {
                try batch.send(
                    jsonLines: jsonl == "-" ? jsonl : DataFolder.absolute(jsonl), through: desk.connection)
            }
        } catch {
            failure = error
        }
        desk.connection.close()
        if Terminal.errorIsTerminal { Terminal.write("\r\u{1B}[K") }
        try report(batch.outcome)
        if let failure { throw failure }
        if batch.outcome.refused > 0 { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func defaults() -> [String: String] {
        var defaults = ["channel": channel ?? "cli"]
        for (part, value) in [
            ("customer", customer), ("subject", subject), ("body", body), ("kind", kind),
            ("priority", priority),
        ] {
            defaults[part] = value
        }
        return defaults
    }

    private func report(_ outcome: Batch.Outcome) throws {
        for refusal in outcome.refusals {
            Terminal.note("line \(refusal.line): \(Terminal.harmless(refusal.reason))")
        }
        let more = outcome.refused - outcome.refusals.count
        if more > 0 { Terminal.note("… and \(more) more refused") }
        if let strangers = outcome.citingStrangers {
            Terminal.note(
                "switchboard: the `inReplyTo` of \(strangers) of them is no Message-ID of this desk: each was taken as a "
                    + "request of its own")
        }
        if people.json { return try Terminal.say(json: outcome) }
        Terminal.say("\(outcome.accepted) accepted, \(outcome.refused) refused")
    }
}
