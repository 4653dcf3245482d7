import ArgumentParser
import Storage
import StorageSQLite
import Tickets

struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "List what customers are to get, for the program that delivers it.",
        discussion: """
            Replies and what the desk writes by itself, each once, in order of number; no note is among them. Reads the \
            view, which is a moment behind a running broker. Who delivers letters asks for those --after the last that \
            was delivered.

            A letter's Message-ID is always the same. What a customer answers to it is a message of its ticket: \
            `switchboard submit --in-reply-to ID`.
            """)

    @OptionGroup var data: DataOptions
    @Option(help: "Only letters after this number.") var after: UInt64 = 0
    @Option(help: "How many letters at most, 1 to 10000.") var limit = 100
    @Flag(help: "Print one JSON object.") var json = false

    private struct Report: Encodable {
        struct Item: Encodable {
            var number: UInt64
            var messageID: String
            var ticket: UInt64
            var channel: String
            var customer: String
            var at: String
            var text: String

            init(_ letter: Letter) {
                (number, messageID) = (letter.number, letter.messageID.description)
                (ticket, channel) = (letter.ticket.rawValue, letter.channel.text)
                (customer, at, text) = (letter.customer, letter.at.iso8601, letter.text.text)
            }
        }

        var letters: [Item]
        /// Whether there are later ones.
        var more: Bool
    }

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000") }
    }

    func run() throws {
        try data.folder.require()
        let view = try SQLiteStore(folder: data.folder.path).openViewReader()
        // One more than is shown tells whether there are more.
        let found = try view.letters(after: after, limit: limit + 1)
        let report = Report(letters: found.prefix(limit).map { .init($0) }, more: found.count > limit)
        if json { return try Terminal.say(json: report) }
        let rows = report.letters.map { letter in
            [
                String(letter.number), letter.messageID, String(letter.ticket), letter.channel,
                Terminal.harmless(shortened(letter.customer, 32)), letter.at,
                Terminal.harmless(shortened(letter.text, 48)),
            ]
        }
        Terminal.say(
            Terminal.table(["NUMBER", "MESSAGE-ID", "TICKET", "CHANNEL", "CUSTOMER", "AT", "TEXT"], rows))
        if report.more, let last = report.letters.last {
            Terminal.note("There are more: `switchboard outbox --after \(last.number)`.")
        }
    }
}
