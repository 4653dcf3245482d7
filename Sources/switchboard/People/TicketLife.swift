import ArgumentParser
import Client
import SwiftProtobuf
import Tickets
import Wire

struct TicketTakeOver: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take-over", abstract: "Take a ticket from whoever holds it; for leads.",
        discussion:
            "With the key of a lead or an admin (--key). What the holder still does under their claim is refused."
    )

    @OptionGroup var ticket: TicketArgument
    @Option(help: "Why.") var reason: String
    @Option(help: "Minutes for which the claim holds without a further command.") var minutes: Double = 30
    @OptionGroup var command: CommandOptions

    func validate() throws {
        guard minutes > 0, minutes <= 720 else {
            throw ValidationError("--minutes is more than 0 and at most 720")
        }
    }

    func run() throws {
        try command.perform(ticket.number, "taken over", .begins) { _ in
            [.takeOver(ticket.number, leaseMilliseconds: Int64(minutes * 60_000), reason: reason)]
        }
    }
}

struct TicketAssign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Say who answers to a ticket's customer from now on.",
        discussion: "By whoever holds the ticket, or by a lead. The claim stays where it is.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "The new owner; without one it is whoever claims the ticket next.") var owner: String?
    @Option(help: "Why.") var reason: String
    @OptionGroup var deed: DeedOptions

    func validate() throws {
        try Failure.asValidation { if let owner { _ = try Name(argument: owner, "the owner") } }
    }

    func run() throws {
        try deed.perform(ticket.number, owner.map { "owned by \($0)" } ?? "owned by whoever is next") {
            desk in
            let owner = try owner.map { try Name(argument: $0, "the owner") }
            return .amend(
                ticket.number, deed.tokenIfKnown(desk, ticket.number), .owner(owner, reason: reason))
        }
    }
}

struct TicketDraft: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft", abstract: "Keep what you have written of a reply so far.",
        discussion: "Your last one is kept with the ticket until you reply; `ticket show` shows it.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "The reply so far, or - for standard input; without one the draft is thrown away.")
    var text: String?
    @OptionGroup var deed: DeedOptions

    func run() throws {
        try deed.perform(ticket.number, text == nil ? "draft thrown away" : "draft kept") { _ in
            .amend(ticket.number, deed.givenToken, .draft(try text.map(readText) ?? ""))
        }
    }
}

struct TicketConsult: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consult", abstract: "Ask a colleague without giving the ticket away.",
        discussion: "They become a participant and answer with `ticket note`; the claim stays where it is.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "Whom: an agent, a line or a department.") var whom: String
    @Argument(help: "The question, an internal note, or - for standard input.") var question: String
    @OptionGroup var deed: DeedOptions

    func validate() throws {
        try Failure.asValidation { _ = try Name(argument: whom, "whom to ask") }
    }

    func run() throws {
        let name = try Name(argument: whom, "whom to ask")
        let question = try readText(question)
        try deed.perform(ticket.number, "\(name) is asked") { _ in
            [
                .note(ticket.number, deed.givenToken, text: question),
                .amend(ticket.number, deed.givenToken, .participant(name, isOn: true)),
            ]
        }
    }
}

struct TicketMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "End a ticket in another one, where its customer is heard from then on.")

    @OptionGroup var ticket: TicketArgument
    @Option(help: "The ticket that goes on.") var into: UInt64
    @OptionGroup var deed: DeedOptions

    func run() throws {
        var customers: [String] = []
        try deed.perform(ticket.number, "merged into ticket \(into)", .ends) { desk in
            customers = [ticket.number.rawValue, into].compactMap { customer(of: $0, desk) }
            return .merge(ticket.number, deed.tokenIfKnown(desk, ticket.number), into: TicketNumber(into))
        }
        guard customers.count == 2, customers[0].lowercased() != customers[1].lowercased() else { return }
        Terminal.note(
            "switchboard: ticket \(ticket.number) was of \(Terminal.harmless(customers[0])), who is heard in ticket "
                + "\(into) but gets no answer there: those go to \(Terminal.harmless(customers[1]))")
    }

    private func customer(of number: UInt64, _ desk: PeopleOptions.Desk) -> String? {
        // A ticket that cannot be read is the merge's to refuse, or its answer says enough.
        let result = try? desk.connection.query(.ticket(.with { $0.number = number })).result
        guard case .ticket(let found) = result else { return nil }
        return found.ticket.customer
    }
}

struct TicketSplit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Make a second ticket of the same customer out of one.")

    @OptionGroup var ticket: TicketArgument
    @Option(help: "The new ticket's subject.") var subject: String
    @Option(help: "Its text, or - for standard input.") var body: String
    @Flag(help: "It is a part of the ticket, which is solved after it.") var part = false
    @OptionGroup var command: CommandOptions

    func run() throws {
        let body = try readText(body)
        try command.perform(ticket.number, part ? "divided" : "split") { desk in
            let row = try desk.read(ticket.number, atLeast: .start).ticket
            let origin = Origin(ticket: ticket.number, cause: part ? .child : .split)
            let submission = Submission(
                channel: try Name(argument: row.channel, "the channel"), customer: row.customer,
                subject: subject, body: body, priority: Priority(row.priority), origin: origin)
            return [.submit(submission)]
        }
    }
}
