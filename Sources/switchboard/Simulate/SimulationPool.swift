import Foundation
import Simulation
import Subprocess
import SystemPackage

/// Runs plans in processes of their own, because one that goes wrong may end in a trap.
struct SimulationPool: Sendable {
    let runs: Int
    /// A bug that was built in and is to be found; nil for none.
    let planted: String?

    func run(_ plan: Plan) async throws -> ChunkResult {
        try await run([plan.description])
    }

    func run(_ seeds: Range<UInt64>) async throws -> ChunkResult {
        try await run(seeds.map(String.init))
    }

    /// Runs lines of plans; after a trap another process goes on behind it.
    private func run(_ lines: [String]) async throws -> ChunkResult {
        var result = ChunkResult()
        var rest = lines[...]
        while !rest.isEmpty {
            let last = try await runOnce(rest, into: &result)
            guard let last, let index = rest.firstIndex(of: last) else { break }
            result.failures.append(
                SeedFailure(line: last, flaw: Flaw.trapped.name, detail: "the process ended"))
            rest = rest[(index + 1)...]
        }
        return result
    }

    /// - Returns: The line at which the process ended before its time; nil when it did all.
    private func runOnce(_ lines: ArraySlice<String>, into result: inout ChunkResult) async throws -> String?
    {
        var arguments = ["simulate", "--runs", String(runs), "--child", lines.joined(separator: ";")]
        if let planted { arguments += ["--planted", planted] }
        var gathered = ChunkResult()
        var current: String?
        _ = try await Subprocess.run(
            .path(FilePath(UpCommand.executablePath)), arguments: Arguments(arguments), input: .none,
            output: .sequence, error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                let words = line.trimmingCharacters(in: .newlines)
                guard let space = words.firstIndex(of: " ") else { continue }
                let value = String(words[words.index(after: space)...])
                switch words[..<space] {
                case "at": current = value
                case "failed":
                    gathered.failures.append(
                        try JSONDecoder().decode(SeedFailure.self, from: Data(value.utf8)))
                case "totals":
                    gathered.take(try JSONDecoder().decode(ChildTotals.self, from: Data(value.utf8)))
                    current = nil
                default: break
                }
            }
        }
        result.add(gathered)
        return current
    }
}

/// What came of some seeds.
struct ChunkResult: Sendable {
    var totals = Totals()
    /// Of one processor, for the runs with all checks.
    var coreSeconds = 0.0
    var failures: [SeedFailure] = []

    mutating func take(_ child: ChildTotals) {
        totals.add(child.totals)
        coreSeconds += child.coreSeconds
    }

    mutating func add(_ other: ChunkResult) {
        totals.add(other.totals)
        coreSeconds += other.coreSeconds
        failures += other.failures
    }
}

/// What a child says when it has done all.
struct ChildTotals: Codable {
    var totals: Totals
    var coreSeconds: Double
}

/// A seed that failed.
struct SeedFailure: Codable, Sendable {
    /// What runs it again.
    var line: String
    /// The check that does not hold, `differs` or `trapped`.
    var flaw: String
    var detail: String
    var seconds = 0.0
    var event = 0
    /// The plan after it was made smaller.
    var shrunk: String?
}

/// The process that runs the seeds.
struct SimulationChild {
    let runs: Int

    func run(_ lines: String) throws {
        var totals = Totals()
        var coreSeconds = 0.0
        let encoder = JSONEncoder()
        func say(_ word: String, _ value: some Encodable) throws {
            Terminal.say("\(word) \(String(decoding: try encoder.encode(value), as: UTF8.self))")
        }
        for line in lines.split(separator: ";").map(String.init) {
            guard let plan = Plan(line: line) else { throw Failure(.usage, "\(line) is no plan") }
            Terminal.say("at \(line)")
            let start = Self.coreSeconds
            let outcome = Cluster(plan).run()
            coreSeconds += Self.coreSeconds - start
            totals.add(outcome)
            var failure = outcome.failure(line)
            for _ in 1..<max(runs, 1) {
                let again = Cluster(plan).run(audits: false)
                if again.digest != outcome.digest, failure == nil {
                    failure = SeedFailure(
                        line: line, flaw: Flaw.differs.name, detail: "two runs of it are not the same")
                }
            }
            if let failure { try say("failed", failure) }
        }
        try say("totals", ChildTotals(totals: totals, coreSeconds: coreSeconds))
    }

    private static var coreSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Outcome {
    fileprivate func failure(_ line: String) -> SeedFailure? {
        violation.map {
            SeedFailure(
                line: line, flaw: $0.check.name, detail: $0.detail, seconds: Double($0.time) / 1e6,
                event: $0.event)
        }
    }
}
