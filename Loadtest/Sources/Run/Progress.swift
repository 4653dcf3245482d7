import Foundation
import Glibc
import Scenarios

/// A line a second on standard error while it runs: over itself on a terminal, below each other elsewhere.
final class Progress {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var phase = ""

    init(_ scenario: Scenario) {
        let seconds = scenario.phases.compactMap(\.seconds).reduce(0, +)
        write(
            "\(scenario.name): \(scenario.phases.count) phases, \(Int(seconds)) s and what it takes to drain\n"
        )
    }

    func enter(_ phase: String) {
        self.phase = phase
    }

    func show(_ sample: Sample, isBrokerAway: Bool) {
        let waiting = sample.lines.map { "\($0.name) \($0.waiting)" }.joined(separator: ", ")
        var line = String(
            format: "%4.0f s  %5ld/s in, %5ld/s solved; answered p99 %.1f ms, granted p99 %.1f ms; ",
            sample.atSeconds, sample.counts.offered, sample.counts.solved, sample.submitMs.p99,
            sample.grantMs.p99)
        line += "\(phase), waiting \(waiting.isEmpty ? "?" : waiting)"
        if sample.counts.refused > 0 { line += ", refused \(sample.counts.refused)/s" }
        if isBrokerAway { line += "  BROKER AWAY" }
        write(isTerminal ? "\r\(line)\u{1B}[K" : "\(line)\n")
    }

    /// Whatever comes next begins on a line of its own.
    func end() {
        if isTerminal { write("\n") }
    }

    func note(_ line: String) {
        write(line + "\n")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
