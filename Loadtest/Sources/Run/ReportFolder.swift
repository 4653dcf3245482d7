import Foundation
import Scenarios

/// The folder that a run's reports go to. Made before the run, so that no run is in vain.
struct ReportFolder {
    let path: String

    init(_ path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw RunFailure(
                code: 73,
                reason: "the folder \(path) cannot be made: choose another with --out, or fix its parent")
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw RunFailure(
                code: 73, reason: "the folder \(path) cannot be written: choose another with --out")
        }
    }

    func write(_ report: RunReport) throws {
        try write(try report.json() + "\n", to: "report.json")
        try write(report.page, to: "report.html")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: .atomic)
    }
}
