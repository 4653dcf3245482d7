import ArgumentParser
import Tickets

struct TicketNote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Leave an internal note; needs no claim.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "The note, or - for standard input.") var text: String
    @OptionGroup var deed: DeedOptions

    func run() throws {
        try deed.perform(ticket.number, "noted") { _ in
            .note(ticket.number, deed.givenToken, text: try readText(text))
        }
    }
}

struct TicketReply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reply", abstract: "Answer the customer and keep the ticket.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "What the customer gets, or - for standard input.") var text: String
    @Option(
        help: "The customer's last message that you have read. (default: that of your last `claim` or `show`)"
    )
    var seen: UInt32?
    @OptionGroup var deed: DeedOptions

    func run() throws {
        try deed.perform(ticket.number, "replied") { desk in
            .reply(
                ticket.number, try deed.claimToken(desk, ticket.number),
                seen: try deed.seen(seen, desk, ticket.number),
                text: try readText(text))
        }
    }
}

struct TicketResolve: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resolve", abstract: "Solve a ticket.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "The last answer to the customer, or - for standard input; without it none is sent.")
    var text: String?
    @Option(
        help: "The customer's last message that you have read. (default: that of your last `claim` or `show`)"
    )
    var seen: UInt32?
    @OptionGroup var deed: DeedOptions

    func run() throws {
        try deed.perform(ticket.number, "solved", .ends) { desk in
            .resolve(
                ticket.number, try deed.claimToken(desk, ticket.number),
                seen: try deed.seen(seen, desk, ticket.number),
                text: try text.map(readText))
        }
    }
}

struct TicketEscalate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escalate", abstract: "Give a ticket to the next line, with a note.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "The internal note, or - for standard input.") var note: String
    @Option(help: "The line. (default: the next one)") var to: String?
    @Option(
        help:
            "How much business time the line is given for it, such as 4h. (default: as the desk's promises say)"
    )
    var within: String?
    @OptionGroup var deed: DeedOptions

    func validate() throws {
        try Failure.asValidation { if let to { _ = try Name(argument: to, "--to") } }
        if let within { try Span.check(within) }
    }

    func run() throws {
        try deed.perform(ticket.number, "escalated", .ends) { desk in
            .escalate(
                ticket.number, try deed.claimToken(desk, ticket.number),
                to: try to.map { try Name(argument: $0, "--to") }, note: try readText(note),
                budget: within.flatMap(Span.milliseconds))
        }
    }
}

struct TicketHandBack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-back", abstract: "Return an escalated ticket to its owner, with a note.")

    @OptionGroup var ticket: TicketArgument
    @Argument(help: "The internal note, or - for standard input.") var note: String
    @OptionGroup var deed: DeedOptions

    func run() throws {
        try deed.perform(ticket.number, "handed back", .ends) { desk in
            .handBack(ticket.number, try deed.claimToken(desk, ticket.number), note: try readText(note))
        }
    }
}

struct TicketPend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pend",
        abstract: "Set a ticket aside until its customer, or somebody else, has answered.")

    @OptionGroup var ticket: TicketArgument
    @Flag(help: "It waits for somebody else than the customer.") var onHold = false
    @Option(help: "It wakes by itself after so many minutes.") var minutes: Double?
    @Option(help: "Why.") var reason = "set aside by hand"
    @OptionGroup var deed: DeedOptions

    func validate() throws {
        guard (minutes ?? 1) > 0, (minutes ?? 1) < 5_256_000 else {
            throw ValidationError("--minutes is more than 0 and at most ten years")
        }
    }

    func run() throws {
        try deed.perform(ticket.number, onHold ? "on hold" : "pending", .ends) { desk in
            .pend(
                ticket.number, try deed.claimToken(desk, ticket.number), onHold: onHold,
                until: minutes.map { Moment.wall.advanced(byMilliseconds: Int64($0 * 60_000)) },
                reason: reason)
        }
    }
}

struct TicketRelease: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Put a ticket back at its place in its line.")

    @OptionGroup var ticket: TicketArgument
    @Flag(help: "It counts as a failed claim; after three the ticket is parked.") var failed = false
    @Option(help: "Why.") var reason = "released by hand"
    @OptionGroup var deed: DeedOptions

    func run() throws {
        try deed.perform(ticket.number, "released", .ends) { desk in
            .release(ticket.number, try deed.claimToken(desk, ticket.number), reason: reason, failed: failed)
        }
    }
}
