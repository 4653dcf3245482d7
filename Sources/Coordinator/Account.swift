package import Tickets
package import Wire

/// Counters and latencies of one run, or of several added up.
package struct Account: Sendable, Equatable {
    /// Names of counters one run may have; a node has about ten.
    static let countersMax = 64
    /// Names of latencies one run may have; a node has about three.
    static let latenciesMax = 16

    package private(set) var counters: [Name: UInt64] = [:]
    package private(set) var latencies: [Name: Latencies] = [:]

    package init() {}

    /// Takes over a later state of the same run: nothing ever goes down.
    ///
    /// `room` is how many values of latencies may be added; what does not fit keeps its older state.
    package mutating func raise(to metrics: ProtoMetrics, room: Int) {
        for counter in metrics.counters {
            guard let name = Name(counter.name) else { continue }
            guard counters[name] != nil || counters.count < Self.countersMax else { continue }
            counters[name] = max(counters[name] ?? 0, counter.value)
        }
        var room = room
        for histogram in metrics.histograms.prefix(Self.latenciesMax) {
            guard let name = Name(histogram.name) else { continue }
            guard latencies[name] != nil || latencies.count < Self.latenciesMax else { continue }
            var merged = latencies[name] ?? Latencies()
            let before = merged.values.count
            merged.raise(to: Latencies(histogram))
            guard merged.values.count - before <= room else { continue }
            room -= merged.values.count - before
            latencies[name] = merged
        }
    }

    /// Adds another account's observations.
    package mutating func add(_ other: Account) {
        for (name, value) in other.counters {
            counters[name] = (counters[name] ?? 0).addingSaturated(value)
        }
        for (name, more) in other.latencies { latencies[name, default: Latencies()].add(more) }
    }

    /// Values of latencies held: what its memory is made of, 16 bytes each.
    package var size: Int { latencies.values.reduce(0) { $0 + $1.values.count } }
}
