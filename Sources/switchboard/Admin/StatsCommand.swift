import ArgumentParser
import Client
import Coordinator
import Foundation
import SwiftProtobuf
import Tickets
import Wire

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show the desk's figures.",
        discussion: "Asks the coordinator; when that is away, the broker, which knows no rates and latencies."
    )

    @Option(help: "The coordinator's endpoint. (default: that of DATA/endpoints.json)")
    var coordinator: String?

    @Option(help: "The window of rates and histories in seconds, up to a day.")
    var window: UInt32 = 60

    @OptionGroup var people: PeopleOptions

    func validate() throws {
        guard (1...86_400).contains(window) else {
            throw ValidationError("--window is from 1 to 86400 seconds")
        }
    }

    func run() throws {
        let json = try figures()
        if people.json { return Terminal.say(json) }
        let report: FiguresReport
        do {
            report = try JSONDecoder().decode(FiguresReport.self, from: Data(json.utf8))
        } catch {
            throw Failure(
                .inputOutput,
                "the coordinator's figures cannot be read: is it of another version? --json shows them")
        }
        Terminal.say(text(report))
    }

    private func figures() throws -> String {
        let key = try people.keyFile("agent")
        let endpoint = try coordinator ?? people.endpoints().coordinator
        // A live coordinator answers within milliseconds; the rest of the patience is for the broker.
        let patience = Int64(min(people.patience, 2) * 1_000)
        if let json = try CoordinatorQuestion.figures(
            endpoint: endpoint, key: key, seconds: window, patienceMilliseconds: patience)
        {
            return json
        }
        let json = try askBroker()
        Terminal.note(
            "switchboard: no coordinator answers at \(endpoint); these figures are the broker's own")
        return json
    }

    /// The same object, with what the broker knows.
    private func askBroker() throws -> String {
        let desk = try people.connect()
        let asked = CoordinatorClock.milliseconds
        var ledger = Ledger()
        ledger.brokerIsUp = true
        let stats = try desk.connection.query(.stats(.with { $0.nodes = true }))
        let nodes = try desk.connection.query(.nodes(ProtoNodesQuery()))
        desk.connection.close()
        let now = CoordinatorClock.milliseconds
        if case .stats(let result) = stats.result {
            ledger.take(result, viewPosition: stats.position, askedAt: asked, at: now)
        }
        if case .nodes(let result) = nodes.result { ledger.take(result, at: now) }
        return FiguresReport.json(
            ledger, seconds: window, at: now, wallMilliseconds: CoordinatorClock.wallMilliseconds)
    }

    private func text(_ report: FiguresReport) -> String {
        let lines = report.lines.map { line in
            [
                line.name, String(line.waiting),
                line.waiting == 0 ? "-" : spanText(milliseconds: line.oldestMs),
                line.expectedWaitMs.map { spanText(milliseconds: $0) } ?? "-",
                line.serviceLevel.map { String(format: "%.1f %%", 100 * $0) } ?? "-",
                line.waits.filter(\.isPastBound).map(\.priority).joined(separator: " "),
                String(line.claimed), String(line.freeSeats), String(line.nodes),
            ]
        }
        let totals = report.totals
        var text = [
            Terminal.table(
                [
                    "LINE", "WAITING", "OLDEST", "EXPECTED", "IN TIME", "PAST BOUND", "CLAIMED", "FREE SEATS",
                    "NODES",
                ], lines), "",
            "submitted \(totals.submitted) = waiting \(totals.waiting) + claimed \(totals.claimed) + parked "
                + "\(totals.parked) + pending \(totals.pending) + on hold \(totals.onHold) + solved \(totals.solved) "
                + "+ closed \(totals.closed)\(totals.spam == 0 ? "" : " + spam \(totals.spam)")\(totals.conserved ? "" : "  DOES NOT ADD UP")",
            "claims \(totals.claims), replies \(totals.replies), escalated \(totals.escalated), handed back "
                + "\(totals.handedBack), resolutions \(totals.resolutions), expired \(totals.expired), parkings "
                + "\(totals.parkings)",
        ]
        if let submitted = report.rates.submittedPerSecond, let solved = report.rates.solvedPerSecond {
            // A shop with a request a minute has a rate, too.
            func rate(_ value: Double) -> String { String(format: value < 1 ? "%.3f" : "%.1f", value) }
            let seconds = report.rates.measuredSeconds ?? report.rates.seconds
            text.append(
                "last \(seconds) s: \(rate(submitted)) submitted/s, \(rate(solved)) solved/s, "
                    + "\(rate(report.rates.escalatedPerSecond ?? 0)) escalated/s")
        }
        if report.lines.contains(where: { $0.expectedWaitMs != nil || $0.serviceLevel != nil }) {
            text.append(
                "EXPECTED and IN TIME are of the last quarter of an hour, or since the broker began; IN TIME is the share "
                    + "of the answers to customers.")
        }
        if report.stale { text.append("These figures are old: the broker does not answer the coordinator.") }
        if !report.reconciled {
            text.append("Some node's own account contradicts the log; see `stats --json`.")
        }
        return text.joined(separator: "\n")
    }
}
