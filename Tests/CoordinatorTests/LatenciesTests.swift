import Coordinator
import Testing
import Wire

@Suite struct LatenciesTests {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `percentiles are within one in a thousand of the exact ones`(_ seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        var exact: [UInt64] = []
        var merged = Latencies()
        // Four nodes whose latencies are spread over six powers of ten.
        for _ in 0..<4 {
            var observations: [UInt64: UInt64] = [:]
            for _ in 0..<5_000 {
                let scale = UInt64.random(in: 0...6, using: &generator)
                let unit = (0..<scale).reduce(1 as UInt64) { product, _ in product * 10 }
                let value = UInt64.random(in: unit...unit * 10, using: &generator)
                observations[value, default: 0] += 1
                exact.append(value)
            }
            merged.add(Latencies(proto(observations)))
        }
        exact.sort()
        #expect(merged.total == UInt64(exact.count))
        let percents = [50, 90, 99, 99.9, 100]
        for (percent, found) in zip(percents, merged.percentiles(percents)) {
            let rank = Int((percent / 100 * Double(exact.count)).rounded(.up))
            let expected = Double(exact[max(rank, 1) - 1])
            #expect(abs(Double(found) - expected) <= max(1, expected * 0.002), "p\(percent)")
        }
    }

    @Test func `buckets count what is at most their limit`() {
        let latencies = Latencies(proto([100: 1, 101: 2, 5_000: 4]))
        #expect(latencies.counts(upTo: [99, 100, 101, 4_999, 5_000, 1_000_000]) == [0, 1, 3, 3, 7, 7])
        #expect(latencies.sumMicroseconds == 20_302)
    }

    @Test func `a pair that makes no sense is left out`() {
        var odd = ProtoHistogram()
        odd.valueUs = [5, 5, 7]
        odd.count = [1, 2]
        let latencies = Latencies(odd)
        #expect(latencies.values == [5])
        #expect(latencies.counts == [3])
        #expect(Latencies(ProtoHistogram()).percentiles([50, 100]) == [0, 0])
    }

    @Test func `what is longer than a day counts as a day`() {
        let latencies = Latencies(proto([.max: 1, Latencies.valueMax + 1: 1]))
        #expect(latencies.total == 2)
        #expect(latencies.values.count == 1)
        #expect(latencies.max <= Latencies.valueMax)
    }

    private func proto(_ pairs: [UInt64: UInt64]) -> ProtoHistogram {
        var histogram = ProtoHistogram()
        for (value, count) in pairs.sorted(by: { $0.key < $1.key }) {
            histogram.valueUs.append(value)
            histogram.count.append(count)
        }
        return histogram
    }
}
