import Histogram
package import Wire

/// How often which latency was observed, in microseconds; sparse, as it comes over the wire.
///
/// Values are kept to one in 1,024 or better (the buckets of an HDR histogram with three digits), up to a day.
package struct Latencies: Sendable, Equatable {
    /// Longer ones count as a day.
    package static let valueMax: UInt64 = 86_400_000_000
    /// Keeps every sum of counts far from overflow, whatever a peer sends: 2^40 of one value.
    static let countMax: UInt64 = 1 << 40
    /// Different values that can exist: 2,048 and then 1,024 each time a value doubles.
    package static let valuesMax = 28_672

    /// In increasing order of value, without zeros.
    package private(set) var values: [UInt64] = []
    package private(set) var counts: [UInt64] = []

    package init() {}

    /// What a peer sent; pairs that make no sense are left out.
    package init(_ proto: ProtoHistogram) {
        var pairs = zip(proto.valueUs, proto.count).filter { $0.1 > 0 }.map {
            (value: Self.rounded($0.0), count: min($0.1, Self.countMax))
        }
        // Our own senders say them in order, and none twice.
        if !zip(pairs, pairs.dropFirst()).allSatisfy({ $0.value <= $1.value }) {
            pairs.sort { $0.value < $1.value }
        }
        for (value, count) in pairs {
            if values.last == value {
                counts[counts.count - 1] = min(counts[counts.count - 1] + count, Self.countMax)
            } else {
                values.append(value)
                counts.append(count)
            }
        }
    }

    package var total: UInt64 { counts.reduce(0) { $0.addingSaturated($1) } }

    /// The sum of all observations in microseconds.
    package var sumMicroseconds: Double {
        zip(values, counts).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    package var max: UInt64 { values.last ?? 0 }

    /// Takes over a later state of the same counts: none of them ever goes down.
    package mutating func raise(to other: Latencies) {
        self = merged(with: other) { Swift.max($0, $1) }
    }

    /// Adds the observations of somebody else.
    package mutating func add(_ other: Latencies) {
        self = merged(with: other) { Swift.min($0.addingSaturated($1), Self.countMax << 4) }
    }

    /// How many observations were of at most so many microseconds, for each of these increasing limits.
    package func counts(upTo limits: [UInt64]) -> [UInt64] {
        var index = 0
        var sum: UInt64 = 0
        return limits.map { limit in
            while index < values.count, values[index] <= limit {
                sum = sum.addingSaturated(counts[index])
                index += 1
            }
            return sum
        }
    }

    /// The values below which these shares of the observations lie, in microseconds; zeros when there are none.
    package func percentiles(_ percents: [Double]) -> [UInt64] {
        guard !values.isEmpty else { return percents.map { _ in 0 } }
        var histogram = Histogram<UInt64>(highestTrackableValue: Swift.max(2, max))
        for (value, count) in zip(values, counts) { histogram.record(value, count: count) }
        return percents.map { histogram.valueAtPercentile($0) }
    }

    private func merged(with other: Latencies, _ combine: (UInt64, UInt64) -> UInt64) -> Latencies {
        var result = Latencies()
        result.values.reserveCapacity(values.count + other.values.count)
        result.counts.reserveCapacity(values.count + other.values.count)
        var (mine, theirs) = (0, 0)
        while mine < values.count || theirs < other.values.count {
            let left = mine < values.count ? values[mine] : .max
            let right = theirs < other.values.count ? other.values[theirs] : .max
            let value = Swift.min(left, right)
            var pair: (UInt64, UInt64) = (0, 0)
            if left == value {
                pair.0 = counts[mine]
                mine += 1
            }
            if right == value {
                pair.1 = other.counts[theirs]
                theirs += 1
            }
            result.values.append(value)
            result.counts.append(combine(pair.0, pair.1))
        }
        return result
    }

    /// The lowest value of the bucket.
    private static func rounded(_ value: UInt64) -> UInt64 {
        let value = Swift.min(value, valueMax)
        let bits = UInt64.bitWidth - value.leadingZeroBitCount
        guard bits > 11 else { return value }
        let dropped = UInt64(bits - 11)
        return (value >> dropped) << dropped
    }
}
