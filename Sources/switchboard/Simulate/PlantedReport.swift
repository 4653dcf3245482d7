#if PLANTED_BUGS
    import ArgumentParser
    import Foundation
    import Simulation
    import Tickets

    /// Whether each bug that was built in is found, by what, and after how long.
    struct PlantedReport: Encodable {
        struct Row: Encodable {
            var bug: String
            /// The check that found it, or `trapped`; nil when nothing did.
            var foundBy: String?
            /// The seed that found it.
            var seed: String?
            /// Of one processor, building not counted.
            var seconds: Double
        }

        var rows: [Row] = []
        var found = 0
        /// Of those that were found.
        var medianSeconds = 0.0

        mutating func add(_ row: Row) {
            rows.append(row)
            let times = rows.filter { $0.foundBy != nil }.map(\.seconds).sorted()
            found = times.count
            medianSeconds = times.isEmpty ? 0 : times[times.count / 2]
        }

        /// Runs seeds with each bug until one fails.
        ///
        /// - Throws: An exit code when a bug is not found.
        static func runAll(seeds: Int, json: Bool) async throws {
            var report = PlantedReport()
            for bug in PlantedBug.allCases {
                let row = try await find(bug, seeds: seeds)
                Terminal.note(
                    "\(row.bug): \(row.foundBy ?? "NOT FOUND") after \(Self.rounded(row.seconds)) s")
                report.add(row)
            }
            if json { try Terminal.say(json: report) } else { Terminal.say(report.text) }
            guard report.found == report.rows.count else {
                throw ExitCode(ExitStatus.refused.rawValue)
            }
        }

        private static func find(_ bug: PlantedBug, seeds: Int) async throws -> Row {
            let pool = SimulationPool(runs: 1, planted: bug.rawValue)
            let start = Date()
            for seed in 1...UInt64(seeds) {
                let failure = try await pool.run(seed..<seed + 1).failures.first
                guard let failure else { continue }
                return Row(
                    bug: bug.rawValue, foundBy: failure.flaw, seed: failure.line,
                    seconds: Date().timeIntervalSince(start))
            }
            return Row(bug: bug.rawValue, seconds: Date().timeIntervalSince(start))
        }

        private var text: String {
            let lines = rows.map {
                [$0.bug, $0.foundBy ?? "NOT FOUND", $0.seed ?? "", Self.rounded($0.seconds)]
            }
            return Terminal.table(["BUG", "FOUND BY", "SEED", "SECONDS"], lines)
                + "\nplanted: \(found) of \(rows.count) found, median \(Self.rounded(medianSeconds)) s"
        }

        private static func rounded(_ seconds: Double) -> String { String(format: "%.1f", seconds) }
    }
#endif
