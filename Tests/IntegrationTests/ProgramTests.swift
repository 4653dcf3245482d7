import Foundation
import Rig
import Testing

/// Suites that run the program without a cluster, on files and folders of their own.
protocol ProgramTests {}

extension ProgramTests {
    func run(_ arguments: [String]) throws -> Outcome {
        try Outcome.of(TestDesk.programBeside(), arguments)
    }

    /// - Returns: The path.
    func write(_ text: String, to path: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// A folder that is there for as long as the body runs.
    func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Issue.record("the test's folder stays: \(error)")
            }
        }
        try body(folder.path)
    }
}
