/// Latencies in microseconds, every one of them kept, so that percentiles are exact.
package struct Latencies: Sendable {
    private var microseconds: [UInt32] = []

    package init() { microseconds.reserveCapacity(1 << 19) }

    package mutating func record(_ duration: Int64) {
        microseconds.append(UInt32(clamping: duration))
    }

    /// Sorts once. Call it before the percentiles.
    package mutating func sort() { microseconds.sort() }

    /// In milliseconds; 0 when nothing was recorded. 100 percent is the greatest.
    package func percentileMs(_ percent: Double) -> Double {
        guard !microseconds.isEmpty else { return 0 }
        let rank = (Double(microseconds.count) * percent / 100).rounded(.up)
        return Double(microseconds[min(microseconds.count - 1, max(0, Int(rank) - 1))]) / 1_000
    }
}
