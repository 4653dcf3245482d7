import Foundation
import Rig
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct LoadtestTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs the load tool of this build from the project's folder.
    private func loadtest(_ arguments: String...) throws -> Outcome {
        let switchboard = try TestDesk.programBeside()
        let program = URL(fileURLWithPath: switchboard).deletingLastPathComponent().appendingPathComponent(
            "loadtest")
        return try Outcome.of(
            program.path, ["run"] + arguments, environment: ["SWITCHBOARD_PROGRAM": switchboard],
            folder: Self.root)
    }

    @Test func `the smoke scenario holds, and its figures agree with each other`() throws {
        let out = FileManager.default.temporaryDirectory.appendingPathComponent(
            "loadtest-\(UUID().uuidString)")
        defer {
            // What is left in the temporary folder harms nobody.
            try? FileManager.default.removeItem(at: out)
        }
        let outcome = try loadtest("smoke", "--out", out.path, "--json")
        #expect(outcome.exitCode == 0, "\(outcome.errors)\n\(outcome.output.suffix(4_000))")
        let report = try outcome.json()
        func number(_ key: String) -> Int { report[key] as? Int ?? -1 }
        #expect(number("submitted") > 500)
        #expect(number("offered") == number("submitted") + number("refused"))
        #expect(number("submitted") == number("solved") + number("parked"))
        for key in ["lost", "doubleClaims", "overtakes"] { #expect(number(key) == 0, "\(key)") }
        let samples = report["samples"] as? [[String: Any]] ?? []
        #expect(samples.count >= 6)
        let restarts = report["restarts"] as? [[String: Any]] ?? []
        #expect(restarts.first?["firstGrantMs"] is Double)
        let names = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
        #expect(names == ["report.html", "report.json"])
    }

    @Test func `a scenario that does not exist, or is wrong, says so in one line`() throws {
        try loadtest("smok").expectError(66, "there is no scenario `smok`", "did you mean `smoke`?")
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
            .path
        try Data("phases:\n  - {name: a, forSecond: 1}\n".utf8).write(to: URL(fileURLWithPath: path))
        try loadtest(path).expectError(
            64, ".yaml:2: there is no key `forSecond`", "did you mean `forSeconds`?")
        try loadtest().expectError(64, "scenario")
    }
}
