import ArgumentParser
import Foundation
import Simulation
import Tickets

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Run whole clusters in virtual time, with faults, and judge them.",
        discussion: """
            Each seed is another cluster in another world: the real core, node logic and frames, over a simulated \
            network, disk and clocks. Everything that must hold is checked after each event. A seed that fails is \
            printed with the line that runs it again, and is made smaller: simulate --seed "12 faults=3 serve=60".
            Ends with 1 when something that must hold does not.
            """)

    @Option(help: "How many seeds to run.") var seeds = 100
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Option(help: "Run seeds until so many hours were simulated, instead of --seeds.") var hours: Double?
    @Option(help: "Run one plan: a seed, or the line of a seed that failed.") var seed: String?
    @Option(help: "How often each seed is run; all its runs must be the same.") var runs = 2
    @Option(help: "Processes at a time. (default: one for each processor)") var jobs: Int?
    @Option(help: "Stop after so many seeds that fail.") var failures = 5
    @Flag(help: "Leave seeds that fail as they are.") var noShrink = false
    @Flag(help: "Print one JSON object.") var json = false
    /// What a child of this command runs.
    @Option(help: .hidden) var child: String?
    /// A bug that was built in, which the runs are to find, or `all`; see Cluster/faults/planted.
    @Option(help: .hidden) var planted: String?

    func validate() throws {
        guard seeds > 0, runs > 0, failures > 0, jobs ?? 1 > 0 else {
            throw ValidationError("--seeds, --runs, --failures and --jobs are at least 1")
        }
        guard seed == nil || seed.flatMap({ Plan(line: $0) }) != nil else {
            throw ValidationError("--seed is a number, or the line that a failed run printed")
        }
    }

    func run() async throws {
        #if PLANTED_BUGS
            if child == nil, planted == "all" {
                return try await PlantedReport.runAll(seeds: seeds, json: json)
            }
            if let planted {
                guard let bug = PlantedBug(rawValue: planted) else {
                    let names = PlantedBug.allCases.map(\.rawValue)
                    let hint = NearestWord.to(planted, among: names).map { "; did you mean \($0)?" } ?? ""
                    throw Failure(.usage, "there is no planted bug `\(planted)`\(hint)")
                }
                PlantedBug.activate(bug)
            }
        #else
            guard planted == nil else {
                throw Failure(.usage, "no bugs are built in; run Cluster/faults/planted")
            }
        #endif
        if let child { return try SimulationChild(runs: runs).run(child) }
        let pool = SimulationPool(runs: runs, planted: planted)
        var report = SimulationReport()
        if let plan = seed.flatMap({ Plan(line: $0) }) {
            report.add(try await pool.run(plan))
        } else {
            try await runAll(pool, into: &report)
        }
        if !noShrink { try await report.shrink(with: pool) }
        if json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
        guard report.violations.isEmpty else { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    /// Runs chunks of seeds in child processes until there are enough, or too many have failed.
    private func runAll(_ pool: SimulationPool, into report: inout SimulationReport) async throws {
        let jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
        let end = hours == nil ? from + UInt64(seeds) : .max
        var next = from
        try await withThrowingTaskGroup(of: ChunkResult.self) { group in
            func add() {
                guard next < end else { return }
                let chunk = next..<min(next + 20, end)
                next = chunk.upperBound
                group.addTask { try await pool.run(chunk) }
            }
            for _ in 0..<jobs { add() }
            while let result = try await group.next() {
                report.add(result)
                report.note()
                let isEnough = report.totals.hours >= hours ?? .infinity
                if !isEnough, report.violations.count < failures { add() }
            }
        }
    }
}
