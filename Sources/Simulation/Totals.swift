/// What a batch of runs adds up to.
package struct Totals: Codable, Sendable {
    package var seeds = 0
    /// Simulated time.
    package var microseconds: Int64 = 0
    package var events = 0
    /// Events of the desks' logs.
    package var records = 0
    /// How often each check was made, in the order of ``Check/allCases``.
    package var counts = [UInt64](repeating: 0, count: Check.allCases.count)
    package var markers = Markers()
    /// How often each kind of fault happened, in the order of ``Fault/Kind/allCases``.
    package var faults = [Int](repeating: 0, count: Fault.Kind.allCases.count)
    /// The sum of the runs' digests: equal in two batches of the same seeds, in any order.
    package var digest: UInt64 = 0

    package init() {}

    package mutating func add(_ outcome: Outcome) {
        seeds += 1
        microseconds += outcome.microseconds
        events += outcome.events
        records += outcome.records
        for index in counts.indices { counts[index] += outcome.counts[index] }
        markers.add(outcome.markers)
        for index in faults.indices { faults[index] += outcome.faultCounts[index] }
        digest &+= outcome.digest
    }

    package mutating func add(_ other: Totals) {
        seeds += other.seeds
        microseconds += other.microseconds
        events += other.events
        records += other.records
        for index in counts.indices { counts[index] += other.counts[index] }
        markers.add(other.markers)
        for index in faults.indices { faults[index] += other.faults[index] }
        digest &+= other.digest
    }

    package var hours: Double { Double(microseconds) / 3_600_000_000 }

    /// Checks that were never made: what they guard was not looked at.
    package var unchecked: [Check] { Check.allCases.filter { counts[$0.rawValue] == 0 } }
}
