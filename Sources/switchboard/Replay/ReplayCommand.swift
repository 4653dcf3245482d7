import ArgumentParser
import Desk
import Imports
import Storage
import StorageSQLite
import Tickets

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show the desk as it was at any moment of its past.",
        discussion: """
            Folds the log from its first event, and nothing else; a broker may run meanwhile. The digest is the \
            SHA-256 at the end of a snapshot: it is equal to that of a snapshot which the broker took at the same \
            event, bit for bit.
            """)

    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp(
            "The last event, by its position or by its moment in UTC, as 2026-11-22T18:30:00. (default: the end)",
            valueName: "time|position"))
    var at: String?

    @Option(help: "Show this ticket as it was, with its conversation, notes too.")
    var ticket: UInt64?

    @Option(
        help: "The broker's configuration file. (default: DATA/run/broker.yaml if `up` wrote one)",
        completion: .file())
    var config: String?

    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let end = try self.end()
        let folder = data.folder
        try folder.require()
        let log = try SQLiteStore(folder: folder.path).openLogReader()
        if case .position(let position) = end, position > (try log.last), at != nil {
            throw Failure(.usage, "--at \(position): the log ends at event \(try log.last)")
        }
        let settings = try folder.deskSettings(config: config)
        let replay = try Replay(
            log, settings: settings, until: end, ticket: ticket.map { TicketNumber($0) })
        if let ticket, replay.submission == nil {
            throw Failure(.refused, "ticket \(ticket) was not submitted yet at event \(replay.desk.position)")
        }
        let report = try ReplayReport(replay, ticket: ticket)
        if json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
    }

    private func end() throws -> Replay.End {
        guard let at else { return .position(Position(.max)) }
        if let position = UInt64(at) { return .position(Position(position)) }
        guard let moment = FileRow.moment(at) else {
            throw Failure(
                .usage, "--at: `\(at)` is no position and no moment; write it as 42 or 2026-11-22T18:30:00")
        }
        return .moment(moment)
    }
}
