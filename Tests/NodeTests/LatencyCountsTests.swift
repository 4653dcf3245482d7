import Testing

@testable import Node

/// What a node tells of its latencies.
@Suite struct LatencyCountsTests {
    @Test func `what was observed is counted, in order, to three digits`() {
        var counts = LatencyCounts()
        for value: Int64 in [5_000, 7, 2_047, 7, 5_001, 5_003, 5_004, 0, -3] {
            counts.add(microseconds: value)
        }
        #expect(counts.values == [0, 7, 2_047, 5_003, 5_007])
        #expect(counts.counts == [2, 2, 1, 3, 1])
        #expect(counts.total == 9)
    }

    @Test func `no value is off by more than one in a thousand`() throws {
        var value: Int64 = 1
        while value < 80_000_000_000 {
            var counts = LatencyCounts()
            counts.add(microseconds: value)
            let said = Int64(try #require(counts.values.first))
            #expect(said >= value && said - value <= value / 1_000)
            value = value * 5 / 3 + 1
        }
    }

    @Test func `what is longer than a day counts as a day`() {
        var counts = LatencyCounts()
        counts.add(microseconds: .max)
        counts.add(microseconds: 86_400_000_000)
        #expect(counts.counts == [2])
    }
}
