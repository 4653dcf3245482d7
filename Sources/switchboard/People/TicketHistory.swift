import ArgumentParser
import Client
import SwiftProtobuf
import Tickets
import Wire

struct TicketHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show who did what to a ticket, from the log.")

    @OptionGroup var ticket: TicketArgument
    @OptionGroup var people: PeopleOptions

    private struct Deed: Encodable {
        var revision: UInt32
        var position: UInt64
        var at: String
        var role: String
        var key: String
        var node: String
        var agent: String
        var what: String
        var token: UInt64
        var detail: String
        /// What was there before; empty: nothing that it replaced.
        var before: String

        init(_ event: ProtoHistoryEvent) {
            (revision, position) = (event.revision, event.position)
            at = Moment(milliseconds: event.atMs).iso8601
            (role, key, node, agent) = (event.role, event.key, event.node, event.agent)
            (what, token, detail, before) = (event.word, event.token, event.detail, event.before)
        }

        var words: String { before.isEmpty ? detail : "\(detail) (before: \(before))" }
    }

    private struct Report: Encodable {
        var number: UInt64
        var events: [Deed]
    }

    func run() throws {
        let desk = try people.connect()
        var report = Report(number: ticket.ticket, events: [])
        while true {
            let query = ProtoHistoryQuery.with {
                ($0.number, $0.after) = (ticket.ticket, report.events.last?.revision ?? 0)
            }
            guard case .history(let page) = try desk.connection.query(.history(query)).result else {
                throw Failure(
                    .inputOutput,
                    "the broker answered something else than a history: is it of another version?")
            }
            report.events += page.events.map { Deed($0) }
            guard page.more, !page.events.isEmpty else { break }
        }
        desk.connection.close()
        if people.json { return try Terminal.say(json: report) }
        let rows = report.events.map { deed in
            let who = [deed.agent, deed.node, deed.key].first { !$0.isEmpty } ?? "-"
            return [
                String(deed.revision), deed.at, deed.what, who, String(deed.token),
                Terminal.harmless(deed.words),
            ]
        }
        Terminal.say(Terminal.table(["#", "AT", "WHAT", "WHO", "TOKEN", "DETAIL"], rows))
    }
}
