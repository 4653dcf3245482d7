import ArgumentParser
import Tickets

struct TicketSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a ticket's kind, priority, tags, fields, links and marks.",
        discussion: "Several at once are carried out one after the other; the first that is refused ends it.")

    @OptionGroup var ticket: TicketArgument
    @Option(help: "Its kind; empty for none.") var kind: String?
    @Option(help: "low, normal, high or urgent.") var priority: String?
    @Option(help: "A tag to put on; repeat for more.") var tag: [String] = []
    @Option(help: "A tag to take off; repeat for more.") var untag: [String] = []
    @Option(help: "A field as name=value, without a value to take it away; repeat for more.")
    var field: [String] = []
    @Option(help: "Somebody who takes part: reads it and writes notes; repeat for more.") var join: [String] =
        []
    @Option(help: "Somebody who takes part no more; repeat for more.") var part: [String] = []
    @Option(help: "The ticket that it is a part of; 0 for none.") var parent: UInt64?
    @Option(help: "A ticket that it has to do with; repeat for more.") var link: [UInt64] = []
    @Option(help: "A ticket that it has nothing to do with any more; repeat for more.") var unlink: [UInt64] =
        []
    @Option(help: "What it says of the product, as a topic; empty for nothing.") var feedback: String?
    @Flag(inversion: .prefixedNo, help: "Whether it is spam, which is in no figure.") var spam: Bool?
    @Option(help: "Why it is spam, or is not.") var reason = ""
    @OptionGroup var deed: DeedOptions

    func validate() throws {
        if let priority, Priority(word: priority) == nil {
            let words = Priority.allCases.map(\.word).joined(separator: ", ")
            throw ValidationError("there is no priority `\(priority)`: take one of \(words)")
        }
        for pair in field where pair.first == "=" || !pair.contains("=") {
            throw ValidationError("`--field \(pair)` is no pair: write it like order=4711")
        }
        try Failure.asValidation {
            guard try !amendments().isEmpty else { throw ValidationError("say what to set; see --help") }
        }
        guard reason.isEmpty || spam != nil else {
            throw ValidationError(
                "--reason says why it is spam, or is not: give --spam or --no-spam, or leave it out")
        }
    }

    func run() throws {
        let amendments = try amendments()
        try deed.perform(ticket.number, amendments.map(\.word).joined(separator: ", ")) { _ in
            amendments.map { .amend(ticket.number, deed.givenToken, $0) }
        }
    }

    private func amendments() throws -> [Amendment] {
        var amendments: [Amendment] = []
        if let kind { amendments.append(.kind(kind.isEmpty ? nil : kind)) }
        if let priority = priority.flatMap({ Priority(word: $0) }) { amendments.append(.priority(priority)) }
        amendments += tag.map { .tag($0, isOn: true) } + untag.map { .tag($0, isOn: false) }
        amendments += field.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return .field(Field(name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : ""))
        }
        amendments += try join.map { .participant(try Name(argument: $0, "--join"), isOn: true) }
        amendments += try part.map { .participant(try Name(argument: $0, "--part"), isOn: false) }
        if let parent { amendments.append(.parent(parent == 0 ? nil : TicketNumber(parent))) }
        amendments += link.map { .link(TicketNumber($0), isOn: true) }
        amendments += unlink.map { .link(TicketNumber($0), isOn: false) }
        if let feedback { amendments.append(.feedback(topic: feedback)) }
        if let spam { amendments.append(.spam(spam, reason: reason)) }
        return amendments
    }
}
