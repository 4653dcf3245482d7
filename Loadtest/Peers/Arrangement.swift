/// How the clients of a peer are arranged.
package enum Arrangement: Sendable, Hashable, CustomStringConvertible {
    /// A connection per outstanding put and per seat, one operation at a time on each.
    case plain
    /// Pipelines and batches, over so many connections on each side; nil tries all that the system names.
    case best(connections: Int?)

    package var description: String {
        switch self {
        case .plain: "plain"
        case .best(nil): "best"
        case .best(.some(1)): "best, 1 connection"
        case .best(.some(let connections)): "best, \(connections) connections"
        }
    }
}

/// What one measurement does.
package struct Plan: Sendable {
    package var arrangement: Arrangement
    /// Puts without their acknowledgement at any time.
    package var outstanding: Int
    /// Jobs taken and not done at any time.
    package var seats: Int
    /// How long puts go on. The run ends when all of them are done.
    package var seconds: Double
    package var warmUpSeconds: Double
    package var payloads: Payloads

    var isPlain: Bool { arrangement == .plain }

    /// The producer's connections, each with its share of the outstanding puts.
    var putShares: [Int] { shares(of: outstanding) }

    /// The taker's connections, each with its share of the seats.
    var takeShares: [Int] { shares(of: seats) }

    private func shares(of whole: Int) -> [Int] {
        switch arrangement {
        case .plain: return Array(repeating: 1, count: whole)
        case .best(let connections):
            let count = min(connections ?? 1, whole)
            return (0..<count).map { whole / count + ($0 < whole % count ? 1 : 0) }
        }
    }
}
