package import Histogram

/// Latencies of one thing: over the whole run, over the phase, and over the last second.
package struct Latencies: Sendable {
    /// Of the whole run.
    package private(set) var whole = Latencies.histogram()
    private var phase = Latencies.histogram()
    private var second = Latencies.histogram()

    package init() {}

    /// Longer ones count as an hour: a ticket that waited so long is not told apart from one that waited longer.
    private static let microsecondsMax: UInt64 = 3_600_000_000

    private static func histogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: microsecondsMax)
    }

    package mutating func record(microseconds: Int64) {
        let value = min(UInt64(clamping: microseconds), Self.microsecondsMax)
        whole.record(value)
        phase.record(value)
        second.record(value)
    }

    /// The last second's, which begins anew.
    package mutating func takeSecond() -> Percentiles {
        defer { second.reset() }
        return Percentiles(second)
    }

    /// The phase's, which begins anew.
    package mutating func takePhase() -> Percentiles {
        defer { phase.reset() }
        return Percentiles(phase)
    }
}

/// What is told of a histogram, in milliseconds.
package struct Percentiles: Codable, Sendable, Equatable {
    package var count: UInt64 = 0
    package var p50 = 0.0
    package var p99 = 0.0
    package var p999 = 0.0
    package var max = 0.0

    package init() {}

    package init(_ microseconds: Histogram<UInt64>) {
        count = microseconds.totalCount
        guard count > 0 else { return }
        func value(_ percentile: Double) -> Double {
            (Double(microseconds.valueAtPercentile(percentile)) / 10).rounded() / 100
        }
        (p50, p99, p999, max) = (value(50), value(99), value(99.9), value(100))
    }
}
