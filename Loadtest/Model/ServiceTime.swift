import Foundation

/// How long a seat works on a ticket.
package enum ServiceTime: Hashable, Sendable {
    case none
    case constant(milliseconds: Double)
    case exponential(meanMilliseconds: Double)
    /// `sigma` is the deviation of the logarithm.
    case lognormal(meanMilliseconds: Double, sigma: Double)

    /// Microseconds.
    package func draw(_ random: inout SeededGenerator) -> Int64 {
        let milliseconds: Double =
            switch self {
            case .none: 0
            case .constant(let value): value
            case .exponential(let mean): mean * random.exponential()
            // A lognormal has the mean exp(mu + sigma² / 2).
            case .lognormal(let mean, let sigma): mean * exp(sigma * random.normal() - sigma * sigma / 2)
            }
        return Int64(milliseconds * 1_000)
    }
}
