import ArgumentParser
import Client
import SwiftProtobuf
import Tickets
import Wire

struct TicketWhy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why a ticket is where it is.",
        discussion: "Which rules fired when it came, its place in its line, and what keeps each node from it."
    )

    @OptionGroup var ticket: TicketArgument
    @OptionGroup var people: PeopleOptions

    func run() throws {
        let report = WhyReport(ticket.ticket, try people.why(ticket.number))
        if people.json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
    }
}

struct TicketWhyNot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not", abstract: "Say why a node does not have a ticket.")

    @OptionGroup var ticket: TicketArgument
    @Option(help: "The node's name.") var node: String
    @OptionGroup var people: PeopleOptions

    func run() throws {
        let node = try Name(argument: node, "--node")
        let report = WhyReport(ticket.ticket, try people.why(ticket.number, node: node))
        if people.json { try Terminal.say(json: report) } else { Terminal.say(report.nodesText) }
    }
}

extension PeopleOptions {
    fileprivate func why(_ ticket: TicketNumber, node: Name? = nil) throws -> ProtoWhyResult {
        let desk = try connect()
        defer { desk.connection.close() }
        let query = ProtoWhyQuery.with { ($0.number, $0.node) = (ticket.rawValue, node?.text ?? "") }
        guard case .why(let result) = try desk.connection.query(.why(query)).result else {
            throw Failure(
                .inputOutput, "the broker answered something else than why: is it of another version?")
        }
        return result
    }
}

/// What `why` and `why-not` print.
private struct WhyReport: Encodable {
    struct Reason: Encodable {
        var word: String
        var text: String
    }

    struct Node: Encodable {
        var node: String
        /// None: nothing keeps the ticket from it.
        var reasons: [Reason]
    }

    struct Standing: Encodable {
        var line: String
        var status: String
        var place: String
        var priority: String
        var policy: String
        var since: String
        var headStart: String
        var ahead: UInt32
        var mayHaveMoreAhead: Bool
        /// From now on; nil where there is no telling.
        var waitMilliseconds: Int64?
        /// Who of those that may have it and have room gets it.
        var selection: String
        var holder: String?
        var holderNode: String?
        /// Until when the holder may accept it; nil when they have, or need not.
        var offeredUntil: String?
        var owner: String?
        var isReserved: Bool
        var declined: [String]
        /// `english 2`
        var required: [String]
        var preferred: [String]
        /// Until when it is kept for those with the skills that it prefers; nil when that is over.
        var preferredUntil: String?
        /// Who solved its customer's last ticket, and gets it first when they have room.
        var familiar: String?
        var failures: UInt32
        var frames: [String]
        var wakes: String?
    }

    var number: UInt64
    /// Nil when the ticket is closed.
    var standing: Standing?
    /// The ticket that it ended in.
    var mergedInto: UInt64?
    var rules: [String]
    var nodes: [Node]

    init(_ number: UInt64, _ result: ProtoWhyResult) {
        self.number = number
        standing = result.hasStanding ? Standing(result.standing) : nil
        mergedInto = result.mergedInto == 0 ? nil : result.mergedInto
        rules = result.rules
        nodes = result.nodes.map { node in
            Node(node: node.node, reasons: node.reasons.map { Reason(word: $0.word, text: $0.text) })
        }
    }

    var text: String {
        let words = Terminal.harmless(rules.joined(separator: ", "))
        let fired =
            rules.isEmpty
            ? "No rule fired when it came."
            : "When it came, \(rules.count == 1 ? "rule" : "rules") \(words) fired."
        guard let standing else { return "\(ending)\n\(fired)" }
        return (["Ticket \(number) \(standing.sentence)", fired] + standing.lines + [nodesText])
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var ending: String {
        mergedInto.map { "Ticket \(number) was merged into \($0): ask why of that one." }
            ?? "Ticket \(number) is closed."
    }

    var nodesText: String {
        if standing == nil { return ending }
        if nodes.isEmpty {
            return standing?.place == Place.waiting.word ? "No node serves its line now." : ""
        }
        let place = standing?.place
        if nodes.count > 1, let first = nodes.first?.reasons.map(\.text),
            place != Place.waiting.word, place != Place.claimed.word
        {
            return first.isEmpty ? "" : "For every node: \(first.joined(separator: "; "))."
        }
        return nodes.map { "  \($0.node): \(words(of: $0))" }.joined(separator: "\n")
    }

    private func words(of node: Node) -> String {
        guard node.reasons.isEmpty else { return node.reasons.map(\.text).joined(separator: "; ") }
        guard let standing, standing.holderNode == node.node else { return "nothing keeps it from this one" }
        return standing.offeredUntil.map { "it is offered to it, until \($0)" } ?? "it holds it"
    }
}

extension WhyReport.Standing {
    fileprivate init(_ standing: ProtoWhyResult.Standing) {
        (line, status, place) = (standing.line, standing.status, standing.place)
        priority = Priority(standing.priority).word
        since = Moment(milliseconds: standing.sinceMs).iso8601
        policy = standing.policy
        let headStart = standing.headStartMs
        self.headStart = (headStart < 0 ? "-" : "") + Span.text(Int64(clamping: headStart.magnitude))
        (ahead, mayHaveMoreAhead) = (standing.ahead, standing.aheadMore)
        waitMilliseconds = standing.hasWaitMs ? standing.waitMs : nil
        selection = standing.selection
        holder = standing.holder.isEmpty ? nil : standing.holder
        holderNode = standing.holderNode.isEmpty ? nil : standing.holderNode
        offeredUntil =
            standing.offeredUntilMs == 0 ? nil : Moment(milliseconds: standing.offeredUntilMs).iso8601
        owner = standing.owner.isEmpty ? nil : standing.owner
        isReserved = standing.reserved
        (declined, failures, frames) = (standing.declined, standing.failures, standing.frames)
        required = standing.required.map { "\($0.name) \($0.level)" }
        preferred = standing.preferred.map { "\($0.name) \($0.level)" }
        familiar = standing.familiar.isEmpty ? nil : standing.familiar
        preferredUntil =
            standing.preferredUntilMs == 0
            ? nil : Moment(milliseconds: standing.preferredUntilMs).iso8601
        wakes = standing.wakesMs == 0 ? nil : Moment(milliseconds: standing.wakesMs).iso8601
    }

    fileprivate var sentence: String {
        switch Place.allCases.first(where: { $0.word == place }) {
        case .waiting: "waits in \(line) since \(since), with priority \(priority)."
        case .claimed:
            offeredUntil.map { "is offered to \(holder ?? "somebody") for \(line), to accept until \($0)." }
                ?? "is held by \(holder ?? "somebody") for \(line)."
        case .parked: "is parked on \(line): a person has to take it."
        case .spam: "is spam: it waits in no line until somebody says that it is none."
        case .aside, nil:
            "is \(status) on \(line)" + (wakes.map { ", and wakes at \($0)." } ?? ".")
        }
    }

    /// What breaks the tie between those who may have a ticket.
    private static let turns = [
        Selection.longestIdle.word: "whoever idles longest gets it",
        Selection.mostFree.word: "whoever has the most seats free gets it",
        Selection.leastWorked.word: "whoever was given the least gets it",
        Selection.bestSkill.word: "whoever knows best what it asks for gets it, then whoever idles longest",
        Selection.roundRobin.word: "whoever's last ticket is the longest ago gets it",
    ]

    /// What it asks of whoever gets it.
    private var wants: [String] {
        var wants: [String] = []
        if !required.isEmpty { wants.append("It asks for \(required.joined(separator: ", ")).") }
        if !preferred.isEmpty {
            let end = preferredUntil.map { "until \($0)" } ?? "and nobody came in time: it is for others, too"
            wants.append("It prefers \(preferred.joined(separator: ", ")), \(end).")
        }
        if let familiar {
            wants.append(
                "\(familiar) knows its customer, or is whom a rule names, and has it first if there is room.")
        }
        return wants
    }

    /// What there is to say besides.
    fileprivate var lines: [String] {
        var lines: [String] = []
        if place == Place.waiting.word {
            let count =
                mayHaveMoreAhead
                ? "\(ahead) tickets or more come" : ahead == 1 ? "1 ticket comes" : "\(ahead) tickets come"
            let shift =
                headStart.hasPrefix("-") ? "\(headStart.dropFirst()) later" : "\(headStart) earlier"
            lines.append("By \(policy) it counts as if it had come \(shift); \(count) before it.")
            if let waitMilliseconds {
                let words = TicketReport.QueueReport.words(waitMilliseconds)
                lines.append("At the pace of the last quarter of an hour it has \(words) to wait.")
            }
        }
        if let words = Self.turns[selection] {
            lines.append("Of those who may have it and have room, \(words).")
        }
        // What is solved or set aside goes to nobody now.
        if place == Place.waiting.word || place == Place.claimed.word || place == Place.parked.word {
            lines += wants
        }
        if isReserved, let owner { lines.append("It waits for its owner \(owner), and for nobody else yet.") }
        if !frames.isEmpty {
            lines.append("It was escalated: \((frames + [line]).joined(separator: " → ")).")
        }
        if !declined.isEmpty { lines.append("Declined by \(declined.joined(separator: ", ")).") }
        if failures > 0 { lines.append("Failed claims: \(failures).") }
        return lines
    }
}
