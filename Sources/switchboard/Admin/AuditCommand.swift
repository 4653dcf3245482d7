import ArgumentParser
import Foundation
import Keys
import StorageSQLite
import Tickets

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show what was done to the locks and at them, and by whom.",
        discussion: """
            Keys that were made and revoked, sessions that were opened, refused and ended, strangers at the door, \
            commands that a key may not send. With --desk: what admins and leads did to the desk and to tickets that \
            they did not hold, from the log, in which nothing can be changed unseen (`verify` would see it). What was \
            done to one ticket, and by whom, is in `ticket history`.
            """)

    @OptionGroup var data: DataOptions
    @Flag(help: "What was done to the desk instead: settings, and tickets that somebody else had.")
    var desk = false
    @Option(help: "How many of the newest lines.") var last = 50
    @Option(help: "Only this deed, for example connection-refused; with --desk for example owner-changed.")
    var deed: String?
    @Flag(help: "Print one JSON object.") var json = false

    private struct Entry: Codable {
        var at: String
        var deed: String
        var who: String
        var detail: String
        var times: Int
    }

    private struct Report: Encodable {
        var entries: [Entry]
        /// Lines that are none of ours.
        var unreadable: Int
        /// Lines that are not as they were written, or from before which some are gone: `audit.jsonl, line 7`.
        var changed: [String]
    }

    func validate() throws {
        guard last > 0 else { throw ValidationError("--last is at least 1.") }
        let known = desk ? DeskAudit.Deed.allCases.map(\.rawValue) : AuditEntry.Deed.allCases.map(\.rawValue)
        guard let deed, !known.contains(deed) else { return }
        // Who asks for a deed of the other list has left --desk out, or given it too much.
        let others = desk ? AuditEntry.Deed.allCases.map(\.rawValue) : DeskAudit.Deed.allCases.map(\.rawValue)
        let hint =
            others.contains(deed)
            ? "; it is one of `audit\(desk ? "" : " --desk")`."
            : NearestWord.to(deed, among: known).map { "; did you mean `\($0)`?" } ?? "."
        throw ValidationError(
            "there is no deed `\(Terminal.harmless(deed))` here\(hint) There are \(known.joined(separator: ", "))"
        )
    }

    func run() throws {
        if desk { return try showDesk() }
        let report = try read()
        if json {
            try Terminal.say(json: report)
        } else {
            say(report)
        }
        guard report.changed.isEmpty else { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func say(_ report: Report) {
        let rows = report.entries.map { entry in
            [entry.at, entry.deed, entry.who, entry.times == 1 ? "" : "\(entry.times)x", entry.detail]
                .map { Terminal.harmless($0) }
        }
        Terminal.say(Terminal.table(["AT", "DEED", "WHO", "", "WHAT"], rows))
        if report.unreadable > 0 { Terminal.note("switchboard: \(report.unreadable) lines cannot be read") }
        guard let first = report.changed.first else { return }
        let others = report.changed.count == 1 ? "" : ", and \(report.changed.count - 1) more"
        Terminal.note(
            "switchboard: \(first)\(others): not as it was written, or what was before it is gone; compare with a copy"
        )
    }

    private struct DeskReport: Encodable {
        var acts: [DeskAudit.Act]
    }

    private func showDesk() throws {
        try data.folder.require()
        let log = try SQLiteStore(folder: data.folder.path).openLogReader()
        let acts = try DeskAudit(log, last: last, deed: deed.flatMap { .init(rawValue: $0) }).acts
        if json { return try Terminal.say(json: DeskReport(acts: acts)) }
        let rows = acts.map { act in
            [act.at, act.deed, act.who, act.ticket.map { "ticket \($0)" } ?? "", act.detail]
                .map { Terminal.harmless($0) }
        }
        Terminal.say(Terminal.table(["AT", "DEED", "WHO", "", "WHAT"], rows))
    }

    /// The newest lines, oldest first.
    private func read() throws -> Report {
        var report = Report(entries: [], unreadable: 0, changed: [])
        let decoder = JSONDecoder()
        let audit = data.folder.audit
        // The oldest file is deleted when there are too many.
        let isWhole = !FileManager.default.fileExists(atPath: audit.path(AuditFile.filesMax - 1))
        var chain = AuditChain(isWhole: isWhole)
        for age in (0..<AuditFile.filesMax).reversed() {
            let path = audit.path(age)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where !line.isEmpty {
                do {
                    let entry = try decoder.decode(Entry.self, from: Data(line))
                    if deed == nil || entry.deed == deed { report.entries.append(entry) }
                    if chain.judge(String(decoding: line, as: UTF8.self)) == .changed {
                        let name = URL(fileURLWithPath: path).lastPathComponent
                        report.changed.append("\(name), line \(index + 1)")
                    }
                } catch {
                    report.unreadable += 1
                }
            }
        }
        report.entries.removeFirst(max(0, report.entries.count - last))
        return report
    }
}
