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
            Reads the view, and the log where the view is behind it; a broker may run meanwhile. The figures are of \
            the tickets that were accepted in the time given, whatever happened to them later. Times are times of \
            business, without those for which the customer was waited for. What each figure counts is written in \
            Sources/Figures/Documentation.docc/Figures.md.

            Promises are judged as the desk judges them: by the configurations that its log has, each for as long as it \
            was in force. What was broken then stays broken. Before the first, and of a desk that writes no promises \
            down, an answer and a solution are due within a day. A policy asks what would have become of them under \
            other promises; it is a desk's file, or says what was promised and when the desk is open:

              zone: Europe/Berlin
              open: {monday-friday: "9:00-13:00, 14:00-18:00", saturday: "10:00-14:00"}
              holidays: [2026-12-25, 2026-12-26]
              promises:
                - {name: chat, channels: [chat], first-response: 15m, resolution: 4h}
                - {name: others, first-response: 1d, next-response: 1d, resolution: 3d}
              warnings: [15m]
              shifts: {early: "6:00-14:00", late: "14:00-22:00"}
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

    @Option(help: "A YAML file to judge by, instead of what the desk promised.", completion: .file())
    var policy: String?

    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: "Print comma-separated values, times in milliseconds.") var csv = false

    func run() throws {
        guard !(json && csv) else {
            throw Failure(.usage, "--json and --csv are two forms of one report; take one")
        }
        let groupings = try ReportGrouping.list(by)
        let file = try policy.map { try PolicyFile($0) }
        let days = try (first: day(from, "--from"), end: day(to, "--to"))
        let folder = data.folder
        try folder.require()
        let store = SQLiteStore(folder: folder.path)
        func report(_ fold: KeptFold) throws -> Report {
            let promises = file?.promises ?? fold.promises
            let accepted = try range(days.first, days.end, in: promises.last.zone)
            return try Report(
                fold,
                Report.Question(
                    by: groupings, accepted: accepted, promises: promises, shifts: file?.shifts ?? []))
        }
        var fold = try KeptFold(store)
        let made: Report
        do {
            made = try report(fold)
        } catch let error as StoreError {
            // A ticket in the view that cannot be read is found when it is its turn.
            fold = try KeptFold(log: store, because: error.reason)
            made = try report(fold)
        }
        if fold.strays > 0 {
            Terminal.note(
                "switchboard: \(fold.strays) events are of tickets that nobody submitted; run `verify`")
        }
        if json {
            try Terminal.say(json: ReportOutput(made, fold))
        } else {
            Terminal.say(csv ? made.csv : made.text)
        }
    }

    private func day(_ text: String?, _ option: String) throws -> CivilDay? {
        guard let text else { return nil }
        if let day = CivilDay(text) { return day }
        throw Failure(.usage, "\(option): `\(text)` is no day; write it as 2026-11-22")
    }

    private func range(_ first: CivilDay?, _ end: CivilDay?, in zone: ZoneOffsets) throws -> Range<Moment> {
        let start = first.map { zone.moment(of: $0, minute: 0) } ?? Moment(milliseconds: .min)
        let end = end.map { zone.moment(of: $0, minute: 0) } ?? .distantFuture
        guard start < end else { throw Failure(.usage, "--from must be before --to") }
        return start..<end
    }
}

extension ReportGrouping {
    /// Those of `--by`, separated by commas.
    static func list(_ words: String) throws -> [ReportGrouping] {
        try words.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let grouping = ReportGrouping(rawValue: String(word)) else {
                let known = allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.usage, "--by: there is no grouping `\(word)`; there are \(known)")
            }
            return grouping
        }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension KeptFold {
    /// What the view kept, and after it the log; all of the log when the view cannot be used.
    init(_ store: any Store) throws(StoreError) {
        do throws(StoreError) {
            self = try store.openViewReader().keptFigures()
        } catch {
            self = Self.nothing(error.reason)
        }
        let log = try store.openLogReader()
        if position > (try log.last) {
            Terminal.note("switchboard: the view is ahead of the log; all of the log is read")
            self = Self.nothing()
        }
        try follow(log)
    }

    /// All of the log.
    init(log store: any Store, because reason: String) throws(StoreError) {
        self = Self.nothing(reason)
        try follow(try store.openLogReader())
    }

    private static func nothing(_ reason: String? = nil) -> KeptFold {
        if let reason {
            Terminal.note("switchboard: the view is not used (\(reason)); all of the log is read")
        }
        return KeptFold(tickets: KeptRoll())
    }

    private mutating func follow(_ log: any LogReader) throws(StoreError) {
        while true {
            let turns = try log.turns(after: position, limit: 256)
            guard let last = turns.last?.records.last else { return }
            for turn in turns { for record in turn.records { follow(record) } }
            guard position >= last.position else { return }
        }
    }
}
