import ArgumentParser
import Desk
import Figures
import Foundation
import Promises
import Storage
import StorageSQLite
import Tickets

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print the desk's figures: answers, solutions, promises kept and broken.",
        discussion: """
            Reads the log; a broker may run meanwhile. The figures are of the tickets that were accepted in the \
            time given, whatever happened to them later. Times are times of business, without those for which the \
            customer was waited for.

            A policy says what was promised, and when the desk is open:

              zone: Europe/Berlin
              open: {monday-friday: "9:00-13:00, 14:00-18:00", saturday: "10:00-14:00"}
              holidays: [2026-12-25, 2026-12-26]
              promises:
                - {name: chat, channels: [chat], first-response: 15m, resolution: 4h}
                - {name: others, first-response: 1d, resolution: 3d}

            Without one, an answer and a solution within a day, at any hour.
            """)

    @OptionGroup var data: DataOptions

    @Option(
        help:
            "What to group by, separated by commas: \(ReportGrouping.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var by = "all,line"

    @Option(help: "Only tickets accepted on this day or later, as 2026-11-22.")
    var from: String?

    @Option(help: "Only tickets accepted before this day.")
    var to: String?

    @Option(help: "A YAML file of what was promised.", completion: .file())
    var policy: String?

    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: "Print comma-separated values, times in milliseconds.") var csv = false

    func run() throws {
        guard !(json && csv) else {
            throw Failure(.usage, "--json and --csv are two forms of one report; take one")
        }
        let groupings = try self.groupings()
        let file = try policy.map { try RoleFile.read($0, as: PolicyFile.self) } ?? PolicyFile()
        let (policy, zone) = try (file.policy(), file.zoneOffsets())
        let accepted = try range(in: zone)
        let folder = data.folder
        try folder.require()
        let fold = try FiguresFold(SQLiteStore(folder: folder.path).openLogReader())
        let report = Report(fold, by: groupings, accepted: accepted, policy: policy, zone: zone)
        if fold.strays > 0 {
            Terminal.note(
                "switchboard: \(fold.strays) events are of tickets that nobody submitted; run `verify`")
        }
        if json {
            try Terminal.say(json: ReportOutput(report, fold))
        } else {
            Terminal.say(csv ? report.csv : report.text)
        }
    }

    private func groupings() throws -> [ReportGrouping] {
        try by.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let grouping = ReportGrouping(rawValue: String(word)) else {
                let known = ReportGrouping.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.usage, "--by: there is no grouping `\(word)`; there are \(known)")
            }
            return grouping
        }
    }

    private func range(in zone: ZoneOffsets) throws -> Range<Moment> {
        func moment(_ text: String?, _ option: String) throws -> Moment? {
            guard let text else { return nil }
            guard let day = CivilDay(text) else {
                throw Failure(.usage, "\(option): `\(text)` is no day; write it as 2026-11-22")
            }
            return zone.moment(of: day, minute: 0)
        }
        let start = try moment(from, "--from") ?? Moment(milliseconds: .min)
        let end = try moment(to, "--to") ?? .distantFuture
        guard start < end else { throw Failure(.usage, "--from must be before --to") }
        return start..<end
    }
}

extension FiguresFold {
    /// Folds all of a log.
    init(_ log: any LogReader) throws(StoreError) {
        self.init()
        var position = Position.start
        while true {
            let turns = try log.turns(after: position, limit: 256)
            guard let last = turns.last?.records.last else { return }
            for turn in turns { for record in turn.records { follow(record) } }
            position = last.position
        }
    }
}
