import Desk
import Foundation
import Storage
import Tickets

/// What `replay` prints.
struct ReplayReport: Encodable {
    struct Line: Encodable {
        var name: String
        var waiting: UInt64
        var claimed: UInt64
    }

    struct Entry: Encodable {
        var number: UInt32
        var kind: String
        var author: String
        var at: String
        var text: String
    }

    struct TicketThen: Encodable {
        var number: UInt64
        var subject: String
        var customer: String
        var status: String
        var place: String
        var line: String?
        var owner: String?
        var holder: String?
        var frames: [String]
        var entries: [Entry]
    }

    /// The last event that is folded, and its moment.
    var position: UInt64
    var at: String
    /// SHA-256 in hexadecimal.
    var digest: String
    var submitted: UInt64
    var waiting: UInt64
    var claimed: UInt64
    var parked: UInt64
    var pending: UInt64
    var onHold: UInt64
    var solved: UInt64
    var closed: UInt64
    var spam: UInt64
    var replies: UInt64
    var escalated: UInt64
    var handedBack: UInt64
    var lines: [Line]
    /// Who held what, by name.
    var holders: [String: [UInt64]]
    var ticket: TicketThen?

    init(_ replay: Replay, ticket number: UInt64?) throws {
        let desk = replay.desk
        position = desk.position.rawValue
        at = desk.lastMoment.iso8601
        digest = try SnapshotCoding.digest(of: desk).map { String(format: "%02x", $0) }.joined()
        let census = desk.census
        (submitted, waiting, claimed) = (census.submitted, census.waiting, census.claimed)
        (parked, pending, onHold) = (census.parked, census.pending, census.onHold)
        (solved, closed, spam, replies) = (census.solved, census.closed, census.spam, census.replies)
        (escalated, handedBack) = (census.escalated, census.handedBack)
        lines = desk.settings.lines.map { line in
            let counts = census[line.name]
            return Line(name: line.name.text, waiting: counts.waiting, claimed: counts.claimed)
        }
        holders = Dictionary(
            uniqueKeysWithValues: desk.holdings.filter { !$0.value.isEmpty }.map { name, numbers in
                (name.text, numbers.map(\.rawValue))
            })
        if let number, let submission = replay.submission {
            ticket = TicketThen(number, submission, replay)
        }
    }

    var text: String {
        var lines = [
            "event \(position), \(at)", "digest \(digest)",
            "\(submitted) submitted: \(waiting) waiting, \(claimed) claimed, \(parked) parked, \(pending) pending, "
                + "\(onHold) on hold, \(solved) solved, \(closed) closed, \(spam) spam",
            "\(replies) replies, \(escalated) escalated, \(handedBack) handed back", "",
            Terminal.table(
                ["LINE", "WAITING", "CLAIMED"],
                self.lines.map { [$0.name, "\($0.waiting)", "\($0.claimed)"] }),
        ]
        for (name, numbers) in holders.sorted(by: { $0.key < $1.key }) {
            lines.append("\(name) held \(numbers.map(String.init).joined(separator: ", "))")
        }
        if let ticket { lines += ["", ticket.text] }
        return lines.joined(separator: "\n")
    }
}

extension ReplayReport.TicketThen {
    init(_ number: UInt64, _ submission: Submission, _ replay: Replay) {
        self.number = number
        (subject, customer) = (submission.subject, submission.customer)
        entries = replay.entries.map {
            ReplayReport.Entry(
                number: $0.number, kind: $0.kind.word, author: $0.author.text, at: $0.at.iso8601,
                text: $0.text)
        }
        let key = TicketNumber(number)
        // A closed ticket has left the desk's memory; its conversation is in the log.
        (status, place, frames) = (Status.closed.word, Place.aside.word, [])
        guard let ticket = replay.desk.tickets[key] else { return }
        (status, place) = (ticket.status.word, ticket.place.word)
        (line, owner) = (ticket.line.text, ticket.owner?.text)
        holder = replay.desk.claim(of: key)?.holder.displayName.text
        frames = ticket.frames.map(\.text)
    }

    /// For people; nothing in it can move the terminal.
    var text: String {
        var lines = [
            "Ticket \(number)  \(Terminal.harmless(subject))",
            "  \(status), \(place)" + (line.map { " in \($0)" } ?? "")
                + ", from \(Terminal.harmless(customer))",
        ]
        if let owner { lines.append("  owner \(owner)" + (holder.map { ", held by \($0)" } ?? "")) }
        for entry in entries {
            let word = entry.kind == "note" ? "note (internal)" : entry.kind
            lines += ["", "[\(entry.number)] \(word) by \(entry.author), \(entry.at)"]
            lines += Terminal.harmless(entry.text, keepsLines: true)
                .split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}
