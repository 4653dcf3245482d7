import Foundation
import Peers

/// What several systems showed in one run, in rounds.
struct Comparison {
    struct Reading: Codable {
        var system: String
        var arrangement: String
        /// Connections that put, and connections that take.
        var producers: Int
        var takers: Int
        var outstanding: Int
        var version: String
        var durability: String
        var isDurable: Bool
        var lifecyclesPerSecond: Double
        var submitP50Ms: Double
        var submitP99Ms: Double
        /// For each lifecycle, of the broker and of the load generator; nil for peers, where nobody counts.
        var processorMicroseconds: Double?
        /// Switchboard's rate over this one's, in the same run.
        var ratio: Double?
    }

    let seconds: Int
    let rounds: Int
    private var readings: [Reading] = []

    init(seconds: Int, rounds: Int) {
        self.seconds = seconds
        self.rounds = rounds
    }

    mutating func add(_ reading: Reading) {
        readings.append(reading)
    }

    /// The median round of each system by its rate, the fastest first, for each number outstanding.
    var medians: [Reading] {
        let groups = Dictionary(grouping: readings) { "\($0.outstanding) \($0.system) \($0.isPlain)" }
        var medians = groups.values.map { group in
            var median = group.sorted { $0.lifecyclesPerSecond < $1.lifecyclesPerSecond }[group.count / 2]
            // Of its own: a round of middling rate may have had the processor's caches to itself, or not.
            let times = group.compactMap(\.processorMicroseconds).sorted()
            median.processorMicroseconds = times.isEmpty ? nil : times[times.count / 2]
            return median
        }
        for index in medians.indices {
            let own = medians.first {
                $0.system == "switchboard" && $0.outstanding == medians[index].outstanding
            }
            medians[index].ratio = own.map { $0.lifecyclesPerSecond / medians[index].lifecyclesPerSecond }
        }
        return medians.sorted {
            ($0.outstanding, $1.lifecyclesPerSecond) < ($1.outstanding, $0.lifecyclesPerSecond)
        }
    }

    var shares: [Share] {
        Share.all(
            in: medians.map { median in
                Share.Rate(
                    system: median.system, outstanding: median.outstanding,
                    lifecyclesPerSecond: median.lifecyclesPerSecond,
                    processorMicroseconds: median.processorMicroseconds)
            })
    }

    func table() -> String {
        var lines = [
            "medians of \(rounds) rounds of \(seconds) s; the ratio is Switchboard's rate over the system's"
        ]
        for reading in medians {
            let rate = String(
                format: "%4d %8.0f/s %6.2f  put p50 %7.2f ms p99 %8.2f ms  ", reading.outstanding,
                reading.lifecyclesPerSecond, reading.ratio ?? 0, reading.submitP50Ms, reading.submitP99Ms)
            lines.append(
                rate + "\(reading.system) \(reading.version), \(reading.arrangement); \(reading.durability)")
        }
        if !shares.isEmpty {
            lines.append("what Switchboard reaches of what does less, and what takes the rest:")
        }
        for share in shares {
            let part = String(format: "%4d %6.2f, goal %.2f  ", share.outstanding, share.share, share.goal)
            let time = share.processorShare.map { String(format: "; by processor time %.2f", $0) } ?? ""
            lines.append(part + "\(share.system) of \(share.of): \(share.cost)\(time)")
        }
        return lines.joined(separator: "\n")
    }

    func json() throws -> String {
        struct Report: Encodable {
            var rows: [Reading]
            var shares: [Share]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(Report(rows: medians, shares: shares)), as: UTF8.self)
    }
}

extension Comparison.Reading {
    init(_ result: PeerResult) {
        self.init(
            system: result.system, arrangement: result.arrangement, producers: result.producers,
            takers: result.takers, outstanding: result.outstanding, version: result.version,
            durability: result.durability, isDurable: result.isDurable,
            lifecyclesPerSecond: result.lifecyclesPerSecond, submitP50Ms: result.putP50Ms,
            submitP99Ms: result.putP99Ms)
    }

    init(_ measured: Measured) {
        self.init(
            system: measured.system, arrangement: "one client, one node", producers: 1, takers: 1,
            outstanding: measured.outstanding, version: "", durability: measured.durability, isDurable: true,
            lifecyclesPerSecond: measured.lifecyclesPerSecond, submitP50Ms: measured.submitP50Ms,
            submitP99Ms: measured.submitP99Ms,
            processorMicroseconds: measured.threads.reduce(0) { $0 + $1.microseconds })
    }

    var isPlain: Bool { arrangement == "plain" }
}
