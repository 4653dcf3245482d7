import Coordinator
import SwiftProtobuf
import Tickets
import Wire

/// What a node pushes.
func metrics(
    _ name: String = "a", incarnation: UInt64 = 1, sequence: UInt64 = 1, line: String = "line-one",
    source: String = "node", counters: [String: UInt64] = [:], latencies: [String: [UInt64: UInt64]] = [:],
    gauges: [String: Double] = [:], tally: ProtoNodeTally? = nil
) -> ProtoMetrics {
    .with { metrics in
        metrics.source = source
        metrics.name = name
        metrics.incarnation = incarnation
        metrics.sequence = sequence
        metrics.line = line
        metrics.counters = counters.sorted { $0.key < $1.key }.map { name, value in
            .with { ($0.name, $0.value) = (name, value) }
        }
        metrics.histograms = latencies.sorted { $0.key < $1.key }.map { name, pairs in
            .with { histogram in
                histogram.name = name
                for (value, count) in pairs.sorted(by: { $0.key < $1.key }) {
                    histogram.valueUs.append(value)
                    histogram.count.append(count)
                }
            }
        }
        metrics.gauges = gauges.sorted { $0.key < $1.key }.map { name, value in
            .with { ($0.name, $0.value) = (name, value) }
        }
        if let tally { metrics.tally = tally }
    }
}

/// What the broker answers about a desk of one line.
func stats(
    position: UInt64, submitted: UInt64 = 0, waiting: UInt64 = 0, solved: UInt64 = 0, resolutions: UInt64 = 0,
    escalated: UInt64 = 0, oldestMs: UInt64 = 0, line: String = "line-one", tallies: [ProtoNodeTally] = []
) -> ProtoStatsResult {
    .with { stats in
        stats.position = position
        stats.totals.submitted = submitted
        stats.totals.waiting = waiting
        stats.totals.solved = solved
        stats.totals.resolutions = resolutions
        stats.totals.escalated = escalated
        stats.lines = [
            .with {
                ($0.name, $0.waiting, $0.oldestMs, $0.claimed, $0.freeSeats, $0.nodes) =
                    (line, waiting, oldestMs, 0, 4, 1)
            }
        ]
        stats.tallies = tallies
    }
}

func tally(
    _ node: String = "a", incarnation: UInt64 = 1, claims: UInt64 = 0, resolved: UInt64 = 0
)
    -> ProtoNodeTally
{
    .with { ($0.node, $0.incarnation, $0.claims, $0.resolved) = (node, incarnation, claims, resolved) }
}

extension Ledger {
    /// The value of a counter of all nodes together.
    func sum(_ counter: Name) -> UInt64 {
        sources.values.flatMap { $0.accounts.values }.reduce(0) { $0 + ($1.counters[counter] ?? 0) }
    }

    /// A reading whose view is as far as the log.
    mutating func take(_ stats: ProtoStatsResult, askedAt: Int64, at now: Int64) {
        take(stats, viewPosition: stats.position, askedAt: askedAt, at: now)
    }
}

/// The numbers of splitmix64: the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
