import Foundation
import Scenarios

extension RunReport {
    static var sample: RunReport {
        let machine = Machine(cores: 2, processor: "p", kernel: "k", memoryGiB: 1)
        let scenario = Scenario(name: "a <b>", about: "x & y")
        return RunReport(scenario: scenario, startedAt: "2026-11-27T00:00:00Z", machine: machine)
    }
}

/// Reads a scenario from text, through a file of its own.
func readScenario(_ yaml: String) throws -> Scenario {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
    defer {
        // What is left in the temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }
    return try ScenarioFile.read(path)
}
