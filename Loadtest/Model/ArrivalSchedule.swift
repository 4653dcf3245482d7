/// The moments at which customers write: a Poisson process whose rate follows the stretches of a phase.
///
/// Open loop: each moment is fixed before anything runs and does not depend on how the desk fares. Made by turning
/// the expected count around: gaps of a process of rate 1 are looked up on the curve of expected arrivals, so a
/// stretch costs nothing and each arrival O(1).
package struct ArrivalSchedule: Sendable {
    private let stretches: [Stretch]
    private var random: SeededGenerator
    /// The stretch in which the next arrival is looked for, when it began, and the count expected before it.
    private var index = 0
    private var begun = 0.0
    private var expectedBefore = 0.0
    private var expected = 0.0

    package init(_ stretches: [Stretch], random: SeededGenerator) {
        self.stretches = stretches
        self.random = random
    }

    /// Microseconds from the beginning to the next arrival; nil when there is none any more.
    package mutating func next() -> Int64? {
        expected += random.exponential()
        while index < stretches.count, expectedBefore + stretches[index].expected < expected {
            expectedBefore += stretches[index].expected
            begun += stretches[index].seconds
            index += 1
        }
        guard index < stretches.count else { return nil }
        let offset = stretches[index].seconds(until: expected - expectedBefore)
        return Int64((begun + offset) * 1_000_000)
    }
}

extension Stretch {
    /// When so many are expected to have arrived: the root of `slope / 2 * t² + from * t = count`.
    fileprivate func seconds(until count: Double) -> Double {
        let slope = (to - from) / seconds
        let discriminant = max(0, from * from + 2 * slope * count)
        // This form of the root is exact for a slope of 0 too.
        let denominator = from + discriminant.squareRoot()
        return denominator > 0 ? min(2 * count / denominator, seconds) : 0
    }
}
