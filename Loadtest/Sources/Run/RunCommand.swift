import ArgumentParser
import Foundation
import Rig
import Scenarios

/// A scenario of customers, nodes and misfortunes, played against a real broker.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Plays a scenario against a broker of its own, and reports what was seen.",
        discussion: """
            Customers write at their own moments, whether or not the desk keeps up, and latencies count from these \
            moments. Afterwards everything that was acknowledged is looked for in the log, the order of claims is \
            compared with the policy, and `switchboard verify` must find the desk clean. Ends with 1 when something was \
            lost, held twice or out of order.

            SCENARIO is a file, or the name of one in \(RunCommand.folder).
            """)

    static let folder = "Loadtest/Scenarios"

    @Argument(
        help: "A YAML file, or the name of a shipped scenario.", completion: .file(extensions: ["yaml"]))
    var scenario: String
    @Option(help: "Where report.json and report.html go. (default: loadtest-NAME)", completion: .directory)
    var out: String?
    @Option(help: "The switchboard program; by default the one beside this.") var switchboard: String?
    @Option(help: "Where the desk's folder goes; on the disk that is to be measured.") var folder: String?
    @Option(help: "What every draw depends on, instead of the scenario's own.") var seed: UInt64?
    @Flag(help: "Keep the desk's folder also when all is well.") var keep = false
    @Flag(help: "Print the report as one JSON object on standard output.") var json = false

    func run() throws {
        let path = try Self.path(of: scenario)
        var plan = try ScenarioFile.read(path)
        if let seed { plan.seed = seed }
        let requestsPath = plan.requests.file ?? SampleRequests.defaultPath
        let requests = try SampleRequests(path: requestsPath)
        let out = try ReportFolder(out ?? "loadtest-\(plan.name)")
        let report = try ScenarioRun(
            scenario: plan, requests: requests, requestsPath: requestsPath, program: switchboard,
            parent: folder,
            keepsDesk: keep
        ).run()
        try out.write(report)
        print(json ? try report.json() : report.summary)
        FileHandle.standardError.write(
            Data("reports: \(out.path)/report.json, \(out.path)/report.html\n".utf8))
        guard report.ok else { throw ExitCode(1) }
    }

    /// The file that somebody means.
    private static func path(of scenario: String) throws -> String {
        if FileManager.default.fileExists(atPath: scenario) { return scenario }
        let shipped = "\(folder)/\(scenario).yaml"
        if !scenario.contains("/"), FileManager.default.fileExists(atPath: shipped) { return shipped }
        throw RunFailure(code: 66, reason: ScenarioFile.missing(scenario, known: Self.shipped))
    }

    /// The names of the scenarios that come with the program.
    private static var shipped: [String] {
        // Somewhere else there are none, which is what the message says then.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }
}

/// Why a run did not begin, with the exit code of the house.
struct RunFailure: Error, CustomStringConvertible {
    var code: Int32
    var reason: String

    var description: String { reason }
}
