import SwiftProtobuf
package import Wire

/// How long things took at a node, in microseconds, to three significant digits.
package struct NodeLatencies: Sendable {
    private var done = LatencyCounts()
    private var answers = LatencyCounts()

    package init() {}

    /// From a grant to the answer that ended its claim.
    mutating func recordDone(microseconds: Int64) { done.add(microseconds: microseconds) }

    /// From a command to its answer.
    mutating func recordAnswer(microseconds: Int64) { answers.add(microseconds: microseconds) }

    package var doneCount: UInt64 { done.total }
    package var answerCount: UInt64 { answers.total }

    package var protos: [ProtoHistogram] {
        [proto("grant_to_done", done), proto("command_to_answer", answers)]
    }

    private func proto(_ name: String, _ latencies: LatencyCounts) -> ProtoHistogram {
        .with { ($0.name, $0.valueUs, $0.count) = (name, latencies.values, latencies.counts) }
    }
}

/// How often which latency was observed: as the report sends it, so that a report is a copy.
///
/// Only what was observed takes memory, and a node observes a few hundred different latencies; a table of all that
/// there can be is two hundred kilobytes, which each report would have to search.
struct LatencyCounts: Sendable {
    /// A day: what takes longer counts as this.
    private static let microsecondsMax: Int64 = 86_400_000_000

    /// In increasing order, each the largest of those that round to it.
    private(set) var values: [UInt64] = []
    private(set) var counts: [UInt64] = []
    private(set) var total: UInt64 = 0

    mutating func add(microseconds: Int64) {
        let value = Self.rounded(UInt64(min(max(microseconds, 0), Self.microsecondsMax)))
        total += 1
        let place = place(of: value)
        if place < values.count, values[place] == value {
            counts[place] += 1
        } else {
            values.insert(value, at: place)
            counts.insert(1, at: place)
        }
    }

    /// Where a value is, or belongs: a binary search.
    private func place(of value: UInt64) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The largest value that is not told apart from this one: the first eleven binary digits count.
    private static func rounded(_ value: UInt64) -> UInt64 {
        let bits = UInt64.bitWidth - value.leadingZeroBitCount
        return bits > 11 ? value | (1 << UInt64(bits - 11) - 1) : value
    }
}
