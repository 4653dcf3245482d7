/// The desk's figures over time: each second of the last hour, every ten seconds of the last day.
///
/// Memory is fixed: 12,240 samples of 40 bytes for the desk and of 48 bytes for each line, about 0.5 MB and
/// 0.6 MB; at most ``linesMax`` lines, so 38 MB at worst and under 2 MB for a desk of two lines.
package struct History: Sendable {
    /// Lines that are followed over time; a desk has a handful.
    package static let linesMax = 64
    static let fineSeconds: Int64 = 3_600
    static let coarseSeconds: Int64 = 86_400
    static let coarseStep: Int64 = 10

    /// Counts since the desk was made.
    package struct Counts: Sendable, Equatable {
        package var submitted: UInt64
        package var solved: UInt64
        package var escalated: UInt64

        package init(submitted: UInt64, solved: UInt64, escalated: UInt64) {
            self.submitted = submitted
            self.solved = solved
            self.escalated = escalated
        }
    }

    /// One line at one moment.
    package struct Line: Sendable, Equatable {
        package var waiting: UInt64
        package var oldestMilliseconds: UInt64
        package var claimed: UInt64
        package var freeSeats: UInt64

        package init(waiting: UInt64, oldestMilliseconds: UInt64, claimed: UInt64, freeSeats: UInt64) {
            self.waiting = waiting
            self.oldestMilliseconds = oldestMilliseconds
            self.claimed = claimed
            self.freeSeats = freeSeats
        }
    }

    private struct Series<Sample: Sendable>: Sendable {
        var fine = Ring<Sample>(capacity: Int(History.fineSeconds))
        var coarse = Ring<Sample>(capacity: Int(History.coarseSeconds / History.coarseStep))

        mutating func add(_ sample: Sample, second: Int64) {
            fine[second] = sample
            coarse[second / History.coarseStep] = sample
        }

        /// Oldest first, with the second of each.
        func samples(from first: Int64, to last: Int64) -> [(second: Int64, sample: Sample)] {
            if last - first < History.fineSeconds {
                return fine.samples(in: first...last).map { ($0.tick, $0.sample) }
            }
            let step = History.coarseStep
            return coarse.samples(in: first / step...last / step).map { ($0.tick * step, $0.sample) }
        }
    }

    private var counts = Series<Counts>()
    private var lines: [String: Series<Line>] = [:]

    package init() {}

    /// Adds what was read at a moment; several readings within one second leave the last.
    package mutating func add(_ counts: Counts, _ lines: [String: Line], at now: Int64) {
        let second = now / 1_000
        self.counts.add(counts, second: second)
        for (name, line) in lines where self.lines[name] != nil || self.lines.count < Self.linesMax {
            self.lines[name, default: Series()].add(line, second: second)
        }
    }

    /// How often something happened a second between the first and the last reading of the last `seconds`, and how many
    /// seconds are between those; nil before there are two readings.
    package func rates(
        seconds: Int64, at now: Int64
    ) -> (submitted: Double, solved: Double, escalated: Double, measuredSeconds: Int64)? {
        let samples = counts.samples(from: max(0, now / 1_000 - seconds), to: now / 1_000)
        guard let first = samples.first, let last = samples.last, last.second > first.second else {
            return nil
        }
        let span = Double(last.second - first.second)
        func rate(_ count: KeyPath<Counts, UInt64>) -> Double {
            let (old, new) = (first.sample[keyPath: count], last.sample[keyPath: count])
            return new > old ? Double(new - old) / span : 0
        }
        return (
            rate(\.submitted), rate(\.solved), rate(\.escalated), measuredSeconds: last.second - first.second
        )
    }

    /// At most `countMax` readings of a line from the last `seconds`, oldest first, with their age.
    package func line(
        _ name: String, seconds: Int64, countMax: Int, at now: Int64
    ) -> [(ageMilliseconds: Int64, line: Line)] {
        guard let series = lines[name], countMax > 0 else { return [] }
        let second = now / 1_000
        let samples = series.samples(from: max(0, second - seconds), to: second)
        let stride = max(0, samples.count - 1) / countMax + 1
        return samples.enumerated().filter { (samples.count - 1 - $0.offset) % stride == 0 }
            .map { ((second - $0.element.second) * 1_000, $0.element.sample) }
    }
}
