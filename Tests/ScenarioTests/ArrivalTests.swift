import Scenarios
import Testing

@Suite struct ArrivalTests {
    /// All arrivals of a schedule, in seconds.
    private func arrivals(_ stretches: [Stretch], seed: UInt64 = 1) -> [Double] {
        var schedule = ArrivalSchedule(stretches, random: SeededGenerator(seed: seed))
        var moments: [Double] = []
        while let next = schedule.next() { moments.append(Double(next) / 1_000_000) }
        return moments
    }

    @Test func `a steady stretch has as many arrivals as expected, within chance, and in order`() {
        let moments = arrivals([Stretch(seconds: 100, from: 200, to: 200)])
        // Five deviations of a Poisson count of 20,000.
        #expect(abs(moments.count - 20_000) < 5 * 141)
        #expect(moments == moments.sorted())
        #expect(moments.allSatisfy { (0...100).contains($0) })
    }

    @Test func `gaps are those of a Poisson process: their deviation is their mean`() {
        let moments = arrivals([Stretch(seconds: 100, from: 200, to: 200)])
        let gaps = zip(moments.dropFirst(), moments).map { $0 - $1 }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(variance.squareRoot() / mean - 1) < 0.05)
    }

    @Test func `a ramp has a quarter of its arrivals in its first half`() {
        let moments = arrivals([Stretch(seconds: 100, from: 0, to: 400)])
        let early = moments.count { $0 < 50 }
        #expect(abs(Double(early) / Double(moments.count) - 0.25) < 0.02)
    }

    @Test func `stretches follow each other, and an empty one has none`() {
        let moments = arrivals([
            Stretch(seconds: 10, from: 100, to: 100), Stretch(seconds: 10, from: 0, to: 0),
            Stretch(seconds: 10, from: 300, to: 300),
        ])
        #expect(moments.count { (10..<20).contains($0) } == 0)
        #expect(abs(moments.count { $0 < 10 } - 1_000) < 160)
        #expect(abs(moments.count { $0 >= 20 } - 3_000) < 275)
    }

    @Test func `the same seed gives the same moments, another one others`() {
        let stretches = [Stretch(seconds: 5, from: 50, to: 90)]
        #expect(arrivals(stretches, seed: 7) == arrivals(stretches, seed: 7))
        #expect(arrivals(stretches, seed: 7) != arrivals(stretches, seed: 8))
    }

    @Test func `a curve keeps its shape when it is pressed and multiplied`() throws {
        let curve = try ArrivalCurve(csv: "minute,arrivals\n00:00,10\n00:01,30\n00:02,20\n", file: "a.csv")
        let stretches = curve.stretches(from: 0, to: 3, seconds: 6, perSecond: 100)
        #expect(stretches.map(\.seconds) == [2, 2, 2])
        #expect(stretches.map(\.from) == [50, 150, 100])
        #expect(curve.stretches(from: 1, to: 3, seconds: 4, perSecond: 100).map(\.from) == [150, 100])
    }

    @Test(arguments: [
        ("00:00,1\n00:02,1\n", "a.csv:2: minute 00:02 is not the one after the line before"),
        ("00:00,many\n", "a.csv:1: `00:00,many` must be a minute and a count, as 07:25,12"),
        ("minute,arrivals\n", "a.csv: the curve has no arrivals"),
    ])
    func `a curve that makes no sense is refused with its line`(_ csv: String, _ words: String) {
        let error = #expect(throws: ScenarioError.self) { try ArrivalCurve(csv: csv, file: "a.csv") }
        #expect(error?.description == words)
    }

    @Test(arguments: [
        (ServiceTime.constant(milliseconds: 80), 80.0), (.exponential(meanMilliseconds: 80), 80),
        (.lognormal(meanMilliseconds: 80, sigma: 0.7), 80), (.none, 0),
    ])
    func `service times have the mean that was asked for`(_ time: ServiceTime, _ mean: Double) {
        var random = SeededGenerator(seed: 3)
        let sum = (0..<20_000).reduce(0.0) { sum, _ in sum + Double(time.draw(&random)) / 1_000 }
        #expect(abs(sum / 20_000 - mean) < 3)
    }
}
