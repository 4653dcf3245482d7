import Faults
import Foundation
import Rig

/// The list of long runs, a row each.
enum Ledger {
    private static let columns = "date,commit,command,seeds,hours,faults,verdict"

    static func append(_ report: RoundReport, seeds: [UInt64], commit: String, to path: String) throws {
        let date = ISO8601DateFormatter.string(
            from: Date(), timeZone: .gmt, formatOptions: [.withFullDate])
        let faults = report.faults.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.key.rawValue) \($0.value)"
        }
        let row = [
            date, commit, command,
            "\(seeds.first ?? 0)-\(seeds.last ?? 0)", String(format: "%.2f", report.seconds / 3_600),
            faults.joined(separator: "; ") + "; histories \(report.histories)",
            report.isGood ? "good" : "BAD: \(report.findings.first ?? "")",
        ]
        if access(path, F_OK) != 0 { try Data((columns + "\n").utf8).write(to: URL(fileURLWithPath: path)) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data((row.map(quoted).joined(separator: ",") + "\n").utf8))
        try file.close()
    }

    /// What the script adds by itself, or says something on this machine only, each with its value.
    private static let own = ["--texts", "--ledger", "--commit", "--folder", "--switchboard"]

    /// As somebody else would repeat it.
    private static var command: String {
        var words = ["Cluster/faults/run"]
        var rest = CommandLine.arguments.dropFirst()
        while let word = rest.popFirst() {
            if own.contains(word) {
                rest = rest.dropFirst()
            } else if word != "run" {
                words.append(word)
            }
        }
        return words.joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n".contains($0) }) else { return text }
        return
            "\"\(text.replacingOccurrences(of: "\"", with: "\"\"").replacingOccurrences(of: "\n", with: " "))\""
    }
}
