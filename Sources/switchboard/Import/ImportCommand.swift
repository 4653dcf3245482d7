import ArgumentParser
import Desk
import Foundation
import Imports
import Storage
import StorageSQLite
import Tickets

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a new desk out of another desk's history, or of an exported log.",
        discussion: """
            Each thing that the file says happened is done again through the desk's rules, at the time at which it \
            happened; so the new desk's log, figures and replays are those of the years in the file. The data \
            folder must be new: a log's time never goes back.

            incidents    a row an incident: opened_at, resolved_at, closed_at, contact_type, caller, category, \
            priority_last, group_first, group_last, reassignments, reopens, made_sla, …
            threads      a row a message: channel, timestamp, user, text, thread

            log          what `switchboard export` wrote: the same log again, event by event and to the byte, with its \
            positions, epochs and digests. A line that is not as it was written is refused with its number, and so is \
            a log that breaks a rule; nothing is left behind then.

            Times without a zone are UTC. What the file does not say, and how that is filled in, is printed.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case incidents, threads, log
    }

    @Argument(help: "What the file is: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: Format

    @Argument(
        help: "A CSV file with a heading line, or an export; `-` is standard input.", completion: .file())
    var file: String

    @Option(help: "The new desk's data folder; the same as --data.", completion: .directory)
    var into: String?

    @OptionGroup var data: DataOptions

    @Option(
        help: "Of `log`: the configuration file of the broker that wrote it, if it had other limits.",
        completion: .file())
    var config: String?

    @Flag(help: "Print one JSON object.") var json = false

    /// Two lines, so that a reassignment has somewhere to go; who solved an incident told its caller, too.
    private static let settings = DeskSettings(lines: [
        LineSettings(name: "line-one", next: "line-two"),
        LineSettings(name: "line-two", answersEscalated: true),
    ])

    private struct Report: Encodable {
        struct Mapping: Encodable {
            var what: String
            var count: Int
        }

        var rows: Int
        var tickets: UInt64
        var events: UInt64
        var mapped: [Mapping]
    }

    func validate() throws {
        guard into == nil || data.data == nil else {
            throw ValidationError("--into and --data are the same folder: give one of them")
        }
    }

    func run() throws {
        let folder = into.map { DataFolder($0) } ?? data.folder
        if format == .log { return try copyLog(to: folder) }
        let rows = try self.rows()
        let plan: ImportPlan
        do {
            plan = try format == .incidents ? IncidentHistory.plan(rows) : ThreadHistory.plan(rows)
        } catch {
            throw Failure(.usage, "\(file), \(error)")
        }
        let desk = try write(plan, to: NewDesk(folder))
        let report = Report(
            rows: rows.count, tickets: desk.census.submitted, events: desk.position.rawValue,
            mapped: plan.mapped.map { Report.Mapping(what: $0.what, count: $0.count) })
        if json { return try Terminal.say(json: report) }
        Terminal.say("\(report.tickets) tickets, \(report.events) events, from \(report.rows) rows")
        for mapping in report.mapped { Terminal.say("  \(mapping.count) \(mapping.what)") }
    }

    private func copyLog(to folder: DataFolder) throws {
        let verdict = try LogCopy(file, config: config).make(folder)
        let report = Report(
            rows: verdict.events, tickets: UInt64(verdict.tickets), events: UInt64(verdict.events), mapped: []
        )
        if json { return try Terminal.say(json: report) }
        Terminal.say("\(report.tickets) tickets, \(report.events) events, the same as in \(file); verify: ok")
    }

    private func rows() throws -> [FileRow] {
        let table = try CSVText(path: file)
        return try table.rows.map { row in
            if let misfit = table.misfit(row) {
                throw Failure(.usage, "\(file), line \(row.line): \(misfit)")
            }
            // Values that are left out at the end are empty.
            let empty = repeatElement("", count: max(0, table.heading.count - row.values.count))
            return FileRow(
                line: row.line,
                values: Dictionary(
                    zip(table.heading, row.values + empty), uniquingKeysWith: { first, _ in first }))
        }
    }

    private func write(_ plan: ImportPlan, to desk: NewDesk) throws -> Desk {
        var replayer = Replayer(Desk(settings: Self.settings))
        for step in plan.steps {
            do {
                try desk.append(replayer.take(step))
            } catch let obstacle as Replayer.Obstacle {
                throw Failure(.refused, "\(file): the desk refused \(obstacle)")
            }
        }
        try desk.finish()
        return replayer.desk
    }
}
