import ArgumentParser
import Foundation
import Keys

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show what was done to the locks and at them, and by whom.",
        discussion: """
            Keys that were made and revoked, sessions that were opened, refused and ended, strangers at the door, \
            commands that a key may not send. What was done to a ticket, and by whom, is in `ticket history`.
            """)

    @OptionGroup var data: DataOptions
    @Option(help: "How many of the newest lines.") var last = 50
    @Option(help: "Only this deed, for example connection-refused.") var deed: String?
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
    }

    func validate() throws {
        guard last > 0 else { throw ValidationError("--last is at least 1.") }
        guard deed.map({ AuditEntry.Deed(rawValue: $0) != nil }) ?? true else {
            let known = AuditEntry.Deed.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no such deed; there are \(known).")
        }
    }

    func run() throws {
        let report = try read()
        if json { return try Terminal.say(json: report) }
        let rows = report.entries.map { entry in
            [entry.at, entry.deed, entry.who, entry.times == 1 ? "" : "\(entry.times)x", entry.detail]
                .map { Terminal.harmless($0) }
        }
        Terminal.say(Terminal.table(["AT", "DEED", "WHO", "", "WHAT"], rows))
        if report.unreadable > 0 { Terminal.note("switchboard: \(report.unreadable) lines cannot be read") }
    }

    /// The newest lines, oldest first.
    private func read() throws -> Report {
        var report = Report(entries: [], unreadable: 0)
        let decoder = JSONDecoder()
        for age in (0..<AuditFile.filesMax).reversed() {
            let path = data.folder.audit.path(age)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            for line in content.split(separator: UInt8(ascii: "\n")) {
                do {
                    let entry = try decoder.decode(Entry.self, from: Data(line))
                    if deed == nil || entry.deed == deed { report.entries.append(entry) }
                } catch {
                    report.unreadable += 1
                }
            }
        }
        report.entries.removeFirst(max(0, report.entries.count - last))
        return report
    }
}
