import Glibc

/// How long a simulated handler works on a ticket.
package enum ServiceTime: Hashable, Sendable {
    /// Always as long, in milliseconds; 0 takes no time at all.
    case constant(milliseconds: Double)
    /// Mostly short, sometimes long: what Erlang's formulas assume.
    case exponential(meanMilliseconds: Double)
    /// What handle times look like in practice. `sigma` is the deviation of the logarithm; 0.5 to 1 is
    /// common.
    case lognormal(meanMilliseconds: Double, sigma: Double)

    /// Whether it never takes any time.
    package var isZero: Bool {
        switch self {
        case .constant(let mean), .exponential(let mean), .lognormal(let mean, _): mean <= 0
        }
    }

    /// Draws a time, in milliseconds; at most an hour.
    package func draw(from random: inout SplitMix64) -> Double {
        let milliseconds: Double
        switch self {
        case .constant(let mean):
            milliseconds = mean
        case .exponential(let mean):
            // 1 - u is never 0, so the logarithm is finite.
            milliseconds = -mean * log(1 - random.unit())
        case .lognormal(let mean, let sigma):
            // Box and Muller. The mean of a lognormal is exp(mu + sigma² / 2).
            let normal = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit())
            milliseconds = mean * exp(sigma * normal - sigma * sigma / 2)
        }
        return min(max(milliseconds, 0), 3_600_000)
    }
}
