import ArgumentParser
import Desk
import Foundation
import Storage
import StorageSQLite
import Tickets

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check the desk's log, its view and its files.",
        discussion:
            "Reads only; a broker may run meanwhile. Ends with 1 when something that must hold does not.")

    @OptionGroup var data: DataOptions

    @Option(
        help: "The broker's configuration file. (default: DATA/run/broker.yaml if `up` wrote one)",
        completion: .file())
    var config: String?

    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let folder = data.folder
        try folder.require()
        let report = try VerifyReport(folder, config: config)
        if json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
        for notice in report.notices { Terminal.note("switchboard: \(notice)") }
        guard report.ok else { throw ExitCode(ExitStatus.refused.rawValue) }
    }
}

/// What `verify --json` prints.
struct VerifyReport: Encodable {
    struct Invariant: Encodable {
        var name: String
        var title: String
        var checked: Int
        var violations: Int
        /// The first of them in words.
        var details: [String]
    }

    var ok: Bool
    var tickets: Int
    var events: Int
    /// Events that the view is behind the log.
    var viewLag: UInt64
    var invariants: [Invariant]
    var notices: [String]

    /// Reads all of a desk; takes as long as that takes.
    init(_ folder: DataFolder, config: String? = nil) throws {
        let verdict = try Verifier.verify(
            SQLiteStore(folder: folder.path), settings: folder.deskSettings(config: config))
        (ok, tickets, events, viewLag) = (verdict.ok, verdict.tickets, verdict.events, verdict.viewLag)
        notices = verdict.notices
        invariants = verdict.invariants.map {
            Invariant(
                name: $0.name, title: $0.title, checked: $0.checked, violations: $0.violationCount,
                details: $0.violations)
        }
    }

    /// One line for all of it.
    var line: String {
        let violations = invariants.reduce(0) { $0 + $1.violations }
        let checks = invariants.reduce(0) { $0 + $1.checked }
        return
            "verify: \(ok ? "ok" : "VIOLATED"), \(tickets) tickets, \(events) events, \(checks) facts checked, \(violations) violations"
    }

    var text: String {
        let rows = invariants.map { [$0.name, String($0.checked), String($0.violations), $0.title] }
        let details = invariants.flatMap { invariant in invariant.details.map { "\(invariant.name): \($0)" } }
        return ([Terminal.table(["NAME", "CHECKED", "VIOLATIONS", "WHAT HOLDS"], rows)] + details + [line])
            .joined(separator: "\n")
    }
}

extension DataFolder {
    /// The desk's settings, from the file that its broker was started with, if that is known.
    func deskSettings(config: String?) throws -> DeskSettings {
        let written = "\(runPath)/broker.yaml"
        guard let path = config ?? (FileManager.default.fileExists(atPath: written) ? written : nil) else {
            return DeskSettings()
        }
        var file = try RoleFile.read(path, as: BrokerFile.self)
        // What the desk is stands in its log; the file that it came from may be gone.
        file.desk = nil
        return try file.settings()
    }
}
