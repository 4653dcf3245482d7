import Foundation

extension RunReport {
    /// The report as a person reads it on a terminal.
    package var summary: String {
        var text = ["\(scenario): \(ok ? "ok" : "FAILED")"]
        text.append(
            "\(offered) requests in \(Int(seconds)) s: \(submitted) accepted, \(refused) refused, \(solved) solved, "
                + "\(parked) parked; lost \(lost), held twice \(doubleClaims), out of order \(overtakes)")
        text.append("")
        text += rows
        text.append("")
        text.append(latencyLine("written → answered", submitMs))
        text.append(latencyLine("written → granted", grantMs))
        text.append(latencyLine("written → solved", solveMs))
        text.append(latencyLine("view behind the log", viewLagMs))
        if let viewCatchUpMs {
            text.append(String(format: "the view had everything %.0f ms after the end", viewCatchUpMs))
        }
        text.append("leases that ended: \(expired); sessions lost without a cause: \(falseLosses)")
        for phase in phases {
            guard let ratio = phase.ratio, let other = phase.comparedWith else { continue }
            text.append(
                String(
                    format: "%.0f lifecycles/s, %.2f times as many as in ", phase.lifecyclesPerSecond, ratio)
                    + "`\(other)`: `\(phase.name)`")
        }
        for restart in restarts { text.append(restart.line) }
        for refusal in refusals {
            text.append("refused \(refusal.count): \(refusal.word), \(refusal.reason)")
        }
        text.append("")
        for check in checks {
            text.append(
                "\(check.holds ? "ok  " : "FAIL") \(check.name): \(check.title) (\(check.checked) looked at)")
            text += check.details.map { "       \($0)" }
        }
        return text.joined(separator: "\n")
    }

    private var rows: [String] {
        let width = max(5, phases.map(\.name.count).max() ?? 0)
        func padded(_ text: String) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let heading =
            padded("PHASE")
            + "  SECONDS     IN/S SOLVED/S  ANSWERED p50    p99  p99.9   GRANTED p50      p99    p99.9"
            + "   WAITING AFTER  BROKER"
        return [heading]
            + phases.map { phase in
                padded(phase.name)
                    + String(
                        format:
                            " %8.1f %8.0f %8.0f  %12.2f %6.1f %6.1f  %12.2f %8.1f %8.1f  %14lld  %4.2f cores",
                        phase.seconds, phase.submittedPerSecond, phase.solvedPerSecond, phase.submitMs.p50,
                        phase.submitMs.p99, phase.submitMs.p999, phase.grantMs.p50, phase.grantMs.p99,
                        phase.grantMs.p999, Int64(phase.waitingAfter), phase.brokerCores)
            }
    }

    private func latencyLine(_ what: String, _ value: Percentiles) -> String {
        what + String(repeating: " ", count: max(1, 22 - what.count))
            + String(
                format: "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms", value.p50, value.p99,
                value.p999, value.max)
    }
}

extension Restart {
    var line: String {
        var line =
            "the broker was \(killed ? "killed" : "restarted") at \(atSeconds) s with \(openTickets) open tickets"
        if let readyMs { line += String(format: "; ready after %.0f ms", readyMs) }
        if let firstGrantMs { line += String(format: ", first grant after %.0f ms", firstGrantMs) }
        if let residentMiB, let highestMiB {
            line += String(format: ", resident %.0f MiB then, %.0f at most", residentMiB, highestMiB)
        }
        return line
    }
}
