import ArgumentParser
import Client
import Desk
import Storage
import SwiftProtobuf
import Tickets
import Wire

struct CustomerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer", abstract: "Read what there is of a customer.",
        subcommands: [CustomerShow.self])
}

struct CustomerShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything about a customer in one place.",
        discussion: """
            All their tickets on all channels, when they wrote first and last, what they came again about, and what \
            they say of the product. A customer is what a channel calls them; who is called otherwise on another is \
            shown as one with several names. The case of Latin letters does not matter, here as on all of the desk.

            A ticket comes again when it is at least the third of its customer about the same thing within 30 days, \
            as in `report`. Spam and what ended in another ticket is listed and not counted.
            """)

    @Argument(help: "What their channels call them: an address, a number.") var names: [String]
    @OptionGroup var people: PeopleOptions

    func validate() throws {
        guard !names.contains("") else {
            throw ValidationError("a customer's name is not empty: give what a channel calls them")
        }
    }

    func run() throws {
        let desk = try people.connect()
        let tickets = try names.flatMap { try all(of: $0, desk.connection) }
        guard !tickets.isEmpty else {
            let name = names.joined(separator: ", ")
            throw Failure(
                .refused,
                "nobody wrote as \(Terminal.harmless(name)): give all of what a channel calls them; `ticket list` shows it"
            )
        }
        let report = CustomerReport(
            names, tickets, first: try firstContact(tickets, desk), last: try lastContact(tickets, desk))
        desk.connection.close()
        if people.json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
    }

    private func all(of name: String, _ connection: borrowing Connection) throws -> [ProtoTicket] {
        var tickets: [ProtoTicket] = []
        var query = ProtoTicketsQuery.with { ($0.customer, $0.limit) = (name, 1_000) }
        while true {
            guard case .tickets(let page) = try connection.query(.tickets(query)).result else {
                throw Failure(
                    .inputOutput, "the broker answered something else than tickets: is it of another version?"
                )
            }
            tickets += page.tickets
            guard page.more, let last = page.tickets.last else { return tickets }
            query.after = last.number
        }
    }

    /// Their first request.
    private func firstContact(
        _ tickets: [ProtoTicket], _ desk: PeopleOptions.Desk
    ) throws -> CustomerReport.Contact? {
        let first = try tickets.sorted { $0.number < $1.number }.first { try !isMadeByDesk($0, desk) }
        return first.map {
            CustomerReport.Contact(at: Moment(milliseconds: $0.createdMs).iso8601, ticket: $0.number)
        }
    }

    /// Whether somebody at the desk made a ticket out of another: its first message is the desk's own word then. A ticket
    /// may also have become a part of another later, so its first event is asked.
    private func isMadeByDesk(_ ticket: ProtoTicket, _ desk: PeopleOptions.Desk) throws -> Bool {
        let bonds = ticket.links.map(\.word)
        if bonds.contains(Extras.Bond.splitFrom.word) { return true }
        guard bonds.contains(Extras.Bond.partOf.word) else { return false }
        let query = ProtoHistoryQuery.with { $0.number = ticket.number }
        guard case .history(let page) = try desk.connection.query(.history(query)).result else {
            throw Failure(
                .inputOutput, "the broker answered something else than a history: is it of another version?")
        }
        return page.events.first?.detail.contains(", \(Origin.Cause.child.word) ") == true
    }

    /// The last message of the customer. Of what changed last it is asked first: a ticket that did not change after a
    /// message has no later one.
    private func lastContact(
        _ tickets: [ProtoTicket], _ desk: PeopleOptions.Desk
    ) throws -> CustomerReport.Contact? {
        var last: (ms: Int64, ticket: UInt64)?
        for ticket in tickets.sorted(by: { ($0.updatedMs, $0.number) > ($1.updatedMs, $1.number) }) {
            if let last, ticket.updatedMs <= last.ms { break }
            let result = try desk.connection.query(.ticket(.with { $0.number = ticket.number }))
            guard case .ticket(let found) = result.result else {
                throw Failure(
                    .inputOutput,
                    "the broker answered something else than the ticket: is it of another version?")
            }
            let first: UInt32 = try isMadeByDesk(ticket, desk) ? 2 : 1
            for entry in found.entries
            where entry.kind == .message && entry.number >= first && entry.atMs > last?.ms ?? .min {
                last = (entry.atMs, ticket.number)
            }
        }
        return last.map { CustomerReport.Contact(at: Moment(milliseconds: $0.ms).iso8601, ticket: $0.ticket) }
    }
}
