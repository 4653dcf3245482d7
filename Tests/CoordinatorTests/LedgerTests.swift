import Coordinator
import SwiftProtobuf
import Testing
import Tickets
import Wire

@Suite struct LedgerTests {
    @Test func `frames that come twice or late count nothing twice`() {
        var ledger = Ledger()
        #expect(ledger.take(metrics(sequence: 1, counters: ["grants": 5]), at: 0) == .taken)
        #expect(ledger.take(metrics(sequence: 1, counters: ["grants": 5]), at: 1) == .old)
        #expect(ledger.take(metrics(sequence: 3, counters: ["grants": 9]), at: 2) == .taken)
        #expect(ledger.take(metrics(sequence: 2, counters: ["grants": 7]), at: 3) == .old)
        #expect(ledger.sum("grants") == 9)
    }

    @Test func `a lost frame loses nothing`() {
        var whole = Ledger()
        var holed = Ledger()
        for sequence in 1...100 as ClosedRange<UInt64> {
            let frame = metrics(
                sequence: sequence, counters: ["grants": sequence * 3],
                latencies: ["handle": [1_000: sequence, 2_000: sequence / 2]])
            whole.take(frame, at: 0)
            if sequence % 7 == 2 { holed.take(frame, at: 0) }
        }
        // 100 leaves 2: the last frame came through.
        #expect(holed.sum("grants") == whole.sum("grants"))
        let node = SourceID(.node, "a")
        #expect(holed.sources[node]?.accounts == whole.sources[node]?.accounts)
    }

    @Test func `a new run adds to what the old one did, and nothing ever goes down`() {
        var ledger = Ledger()
        var generator = SeededGenerator(state: 7)
        var last: UInt64 = 0
        var expected: UInt64 = 0
        for incarnation in 1...40 as ClosedRange<UInt64> {
            var count: UInt64 = 0
            for sequence in 1...20 as ClosedRange<UInt64> {
                count += UInt64.random(in: 0...5, using: &generator)
                // Late frames of the run before come in between.
                if sequence == 3, incarnation > 1 {
                    ledger.take(metrics(incarnation: incarnation - 1, sequence: 2), at: 0)
                }
                ledger.take(
                    metrics(incarnation: incarnation, sequence: sequence, counters: ["grants": count]), at: 0)
                let sum = ledger.sum("grants")
                #expect(sum >= last)
                last = sum
            }
            expected += count
        }
        #expect(last == expected)
        #expect(ledger.sources[SourceID(.node, "a")]?.runs.count == Source.runsMax)
    }

    @Test func `a frame of a run that was added up long ago is not counted again`() {
        var ledger = Ledger()
        for incarnation in 1...10 as ClosedRange<UInt64> {
            ledger.take(metrics(incarnation: incarnation, counters: ["grants": 10]), at: 0)
        }
        #expect(ledger.take(metrics(incarnation: 1, sequence: 99, counters: ["grants": 50]), at: 1) == .old)
        #expect(ledger.sum("grants") == 100)
    }

    /// Simulated seed 379: its machine's clock was set back, and the coordinator heard it for ever without listening.
    @Test func `a run that began by an earlier clock is counted, whatever runs there were before`() {
        var ledger = Ledger()
        for incarnation in 11...16 as ClosedRange<UInt64> {
            ledger.take(
                metrics(incarnation: incarnation, counters: ["grants": 10]), at: Int64(incarnation))
        }
        for sequence in 1...3 as ClosedRange<UInt64> {
            let frame = metrics(incarnation: 5, sequence: sequence, counters: ["grants": sequence])
            #expect(ledger.take(frame, at: 20 + Int64(sequence)) == .taken)
        }
        #expect(ledger.sum("grants") == 63)
        #expect(ledger.take(metrics(incarnation: 11, sequence: 9, counters: ["grants": 50]), at: 30) == .old)
    }

    @Test func `a sender that counts backwards changes nothing`() {
        var ledger = Ledger()
        ledger.take(metrics(sequence: 1, counters: ["grants": 9], latencies: ["handle": [1: 4]]), at: 0)
        ledger.take(metrics(sequence: 2, counters: ["grants": 2], latencies: ["handle": [1: 1]]), at: 0)
        #expect(ledger.sum("grants") == 9)
        #expect(ledger.sources[SourceID(.node, "a")]?.latest?.account.latencies["handle"]?.total == 4)
    }

    @Test func `numbers from the network do not trap`() {
        var ledger = Ledger()
        for name in ["a", "b", "c"] {
            let frame = metrics(
                name, incarnation: .max, sequence: .max, counters: ["grants": .max],
                latencies: ["handle": [.max: .max, 0: .max]], gauges: ["load": .nan],
                tally: tally(name, incarnation: .max, claims: .max))
            #expect(ledger.take(frame, at: .max) == .taken)
        }
        var reading = stats(position: .max, submitted: .max, waiting: .max, solved: .max)
        reading.lines[0].oldestMs = .max
        ledger.take(reading, askedAt: 0, at: 1)
        #expect(ledger.isConserved == true)
        #expect(ledger.prometheusText(at: 2).utf8.count > 0)
        #expect(FiguresReport.json(ledger, seconds: .max, at: 2, wallMilliseconds: .max / 2).utf8.count > 0)
    }

    @Test(arguments: [
        metrics(source: "client"), metrics(""), metrics("two words"), metrics("line\nfeed"),
    ])
    func `metrics of nobody are ignored`(_ frame: ProtoMetrics) {
        var ledger = Ledger()
        #expect(ledger.take(frame, at: 0) == .malformed)
        #expect(ledger.sources.isEmpty)
    }

    @Test func `names, counters and latencies of a sender are bounded`() {
        var ledger = Ledger()
        let names = (0..<200).map { "counter-\($0)" }
        let frame = metrics(
            counters: Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }),
            latencies: Dictionary(uniqueKeysWithValues: names.map { ($0, [1: 1]) }))
        ledger.take(frame, at: 0)
        let account = ledger.sources[SourceID(.node, "a")]?.latest?.account
        #expect(account?.counters.count == 64)
        #expect(account?.latencies.count == 16)
    }

    @Test func `every ticket must be in exactly one state`() {
        var ledger = Ledger()
        #expect(ledger.isConserved == nil)
        ledger.take(stats(position: 1, submitted: 5, waiting: 3, solved: 2), askedAt: 0, at: 1)
        #expect(ledger.isConserved == true)
        ledger.take(stats(position: 2, submitted: 6, waiting: 3, solved: 2), askedAt: 1, at: 2)
        #expect(ledger.isConserved == false)
    }

    @Test func `figures grow old and say so`() {
        var ledger = Ledger()
        #expect(ledger.isStale(at: 0))
        #expect(ledger.ageMilliseconds(at: 0) == nil)
        ledger.take(stats(position: 1), askedAt: 0, at: 1_000)
        #expect(!ledger.isStale(at: 4_000))
        #expect(ledger.isStale(at: 4_001))
        #expect(ledger.ageMilliseconds(at: 61_000) == 60_000)
    }

    @Test func `an answer about the past is not taken, unless the past stays`() {
        var ledger = Ledger()
        ledger.take(stats(position: 100, submitted: 50, waiting: 50), askedAt: 0, at: 1_000)
        ledger.take(stats(position: 90, submitted: 45, waiting: 45), askedAt: 1_000, at: 2_000)
        #expect(ledger.stats?.position == 100)
        ledger.take(stats(position: 95, submitted: 47, waiting: 47), askedAt: 30_000, at: 31_999)
        #expect(ledger.stats?.position == 100)
        #expect(ledger.rewinds == 0)
        ledger.take(stats(position: 95, submitted: 47, waiting: 47), askedAt: 30_000, at: 32_000)
        #expect(ledger.stats?.position == 95)
        #expect(ledger.rewinds == 1)
    }
}
