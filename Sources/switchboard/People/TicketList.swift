import ArgumentParser
import Client
import Desk
import SwiftProtobuf
import Tickets
import Wire

struct TicketList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tickets in order of number.")

    @Option(help: "Only those on this line.") var line: String?
    @Option(help: "Only new, open, pending, on-hold, solved or closed ones.") var status: String?
    @Option(help: "Only waiting, claimed, parked or aside ones, or spam.") var place: String?
    @Option(help: "Only those of this owner.") var owner: String?
    @Option(help: "Only those of this customer.") var customer: String?
    @Flag(help: "Only open ones of which a promise is broken, by the promises in force.") var overdue = false
    @Option(help: "Only open ones of which a promise runs out within so long (30m), or has run out.")
    var dueWithin: String?
    @Option(help: "Only numbers above this one, for the next page.") var after: UInt64 = 0
    @Option(help: "At most so many, up to 1000.") var limit: UInt32 = 100
    @OptionGroup var people: PeopleOptions

    func validate() throws {
        if let status, !Status.allCases.contains(where: { $0.word == status }) {
            throw ValidationError(
                "there is no status `\(status)`: take one of \(Status.allCases.map(\.word).joined(separator: ", "))"
            )
        }
        if let place, !Place.allCases.contains(where: { $0.word == place }) {
            throw ValidationError(
                "there is no place `\(place)`: take one of \(Place.allCases.map(\.word).joined(separator: ", "))"
            )
        }
        try Failure.asValidation {
            if let line { _ = try Name(argument: line, "--line") }
            if let owner { _ = try Name(argument: owner, "--owner") }
        }
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is from 1 to 1000") }
        if overdue, dueWithin != nil {
            throw ValidationError("--due-within has those that are --overdue too: give one of them")
        }
        if let dueWithin { try Span.check(dueWithin) }
    }

    private struct Report: Encodable {
        var tickets: [TicketReport]
        var more: Bool
    }

    func run() throws {
        let desk = try people.connect()
        let page = try page(desk.connection)
        if page.tickets.isEmpty { try checkLine(desk.connection) }
        desk.connection.close()
        if people.json {
            return try Terminal.say(
                json: Report(tickets: page.tickets.map { TicketReport($0) }, more: page.more))
        }
        let asksForDue = overdue || dueWithin != nil
        let rows = page.tickets.map { ticket in
            let holder = ticket.holderAgent.isEmpty ? ticket.holderNode : ticket.holderAgent
            return [
                String(ticket.number), ticket.status, ticket.place, ticket.line,
                Priority(ticket.priority).word,
                holder.isEmpty ? "-" : holder, Terminal.harmless(shortened(ticket.customer, 28)),
                Terminal.harmless(shortened(ticket.subject, 48)),
            ] + (asksForDue ? [words(ticket.due)] : [])
        }
        Terminal.say(
            Terminal.table(
                ["NUMBER", "STATUS", "PLACE", "LINE", "PRIORITY", "HOLDER", "CUSTOMER", "SUBJECT"]
                    + (asksForDue ? ["DUE"] : []), rows))
        if page.more, let last = page.tickets.last {
            Terminal.note("There are more: --after \(last.number)")
        }
    }

    /// A line that the desk does not have has no tickets, and is a slip; one that it had may have closed ones.
    private func checkLine(_ connection: borrowing Connection) throws {
        guard let line else { return }
        let lines = try connection.configuration().settings.lines.map(\.name.text)
        guard !lines.contains(line) else { return }
        throw Failure(
            .usage,
            "there is no line `\(Terminal.harmless(line))`: the desk has \(lines.joined(separator: ", "))")
    }

    /// As many as were asked for, if there are.
    private func page(_ connection: borrowing Connection) throws -> ProtoTicketsResult {
        var query = ProtoTicketsQuery.with {
            ($0.line, $0.status, $0.place) = (line ?? "", status ?? "", place ?? "")
            ($0.owner, $0.customer, $0.after, $0.limit) = (owner ?? "", customer ?? "", after, limit)
        }
        if let span = overdue ? 0 : dueWithin.flatMap(Span.milliseconds) { query.dueWithinMs = UInt64(span) }
        var whole = ProtoTicketsResult()
        while true {
            guard case .tickets(let page) = try connection.query(.tickets(query)).result else {
                throw Failure(
                    .inputOutput, "the broker answered something else than tickets: is it of another version?"
                )
            }
            whole.tickets += page.tickets
            whole.more = page.more
            // The broker looks at so many tickets at a time, however few of them are due.
            guard query.hasDueWithinMs, page.more, whole.tickets.count < limit else { return whole }
            query.after = page.last
            query.limit = limit - UInt32(whole.tickets.count)
        }
    }

    private func words(_ due: ProtoPromiseAlert) -> String {
        "\(due.clock) \(Moment(milliseconds: due.dueMs).iso8601)"
    }
}

/// Text for a column that is no wider than so many characters.
func shortened(_ text: String, _ countMax: Int) -> String {
    text.count > countMax ? text.prefix(countMax - 1) + "…" : text
}
