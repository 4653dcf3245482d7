import ArgumentParser
import Foundation
import Peers

/// How many durable lifecycles a second: submit, claim, resolve, each answered after its commit.
struct Lifecycles: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Counts durable lifecycles (submit, claim, resolve) a second, load generator included.",
        discussion: """
            A broker process of its own, on a folder of its own, with fsync before every answer. One thread keeps \
            --outstanding submits on their way, one node resolves with --seats seats and no service time. Afterwards \
            `switchboard verify` must find the folder clean. The bare path is a broker that decides nothing: the same \
            frames and the same log, no rules, no view.
            """)

    @Option(help: "What is measured.") var system = OwnSystem.switchboard
    @Option(help: "Submits on their way at a time.") var outstanding = 64
    @Option(help: "Seats of the node.") var seats = 64
    @Option(help: "Seconds that are measured, after one second of warming up.") var seconds = 5
    @Option(help: "How often the whole is repeated; the median is the result.") var rounds = 3
    @Option(help: "The switchboard program; by default the one beside this.") var switchboard: String?
    @Option(help: "Where the brokers' folders go; on the disk that is to be measured.") var folder: String?
    @Option(help: "Requests to submit, one JSON object a line.") var requests = SampleRequests.defaultPath
    @Flag(help: "One JSON object on standard output.") var json = false

    func validate() throws {
        guard outstanding > 0, seats > 0, seconds > 0, rounds > 0 else {
            throw ValidationError("--outstanding, --seats, --seconds and --rounds are at least 1.")
        }
    }

    func run() throws {
        let rounds = LifecycleRounds(
            system: system, program: switchboard, folder: folder,
            requests: try SampleRequests(path: requests), outstanding: outstanding, seats: seats,
            seconds: seconds)
        var results: [Measured] = []
        for round in 1...self.rounds {
            let measured = try rounds.measure()
            results.append(measured)
            FileHandle.standardError.write(Data("round \(round) of \(self.rounds): \(measured.line)\n".utf8))
        }
        results.sort { $0.lifecyclesPerSecond < $1.lifecyclesPerSecond }
        let median = results[results.count / 2]
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            print(String(decoding: try encoder.encode(median), as: UTF8.self))
        } else {
            print("median of \(self.rounds): \(median.line)\n\(median.threadLines)")
        }
    }
}

/// What one round measured.
struct Measured: Codable {
    var system: String
    var durability: String
    var outstanding: Int
    var seats: Int
    var lifecyclesPerSecond: Double
    var submitP50Ms: Double
    var submitP99Ms: Double
    var grantP50Ms: Double
    var grantP99Ms: Double
    /// What each thread of the broker and of the load generator cost a lifecycle.
    var threads: [Thread]

    struct Thread: Codable {
        var process: String
        var name: String
        /// Of processor time, for each lifecycle.
        var microseconds: Double
    }

    var threadLines: String {
        let total = threads.reduce(0) { $0 + $1.microseconds }
        let lines = threads.map {
            String(format: "%8.2f µs  ", $0.microseconds) + "\($0.process) \($0.name)"
        }
        return (lines + [String(format: "%8.2f µs  of processor time a lifecycle", total)]).joined(
            separator: "\n")
    }

    var line: String {
        String(
            format:
                "%.0f lifecycles/s; submit answered p50 %.2f ms, p99 %.2f ms; granted p50 %.2f ms, p99 %.2f ms",
            lifecyclesPerSecond, submitP50Ms, submitP99Ms, grantP50Ms, grantP99Ms)
    }
}
