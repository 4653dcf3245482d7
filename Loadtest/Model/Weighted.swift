/// A choice among words by their shares.
package struct Weighted<Value: Sendable>: Sendable {
    /// Those that can be drawn.
    private(set) var values: [Value] = []
    private var ends: [Double] = []

    /// Shares need not add up to 1; those of 0 are never drawn.
    package init(_ shares: [(Value, Double)]) {
        var sum = 0.0
        for (value, share) in shares where share > 0 {
            sum += share
            values.append(value)
            ends.append(sum)
        }
    }

    package func draw(_ random: inout SeededGenerator) -> Value? {
        guard let sum = ends.last else { return nil }
        let point = random.unit() * sum
        return ends.firstIndex { point < $0 }.map { values[$0] } ?? values.last
    }
}

extension Weighted: Equatable where Value: Equatable {}
extension Weighted: Hashable where Value: Hashable {}
