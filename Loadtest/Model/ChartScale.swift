import Foundation

/// Where values stand between the bottom (0) and the top (1) of a chart.
struct ChartScale {
    let ticks: [Double]
    private let low: Double
    private let high: Double
    private let isLogarithmic: Bool

    init(_ values: [Double], isLogarithmic: Bool) {
        self.isLogarithmic = isLogarithmic
        let top = values.max() ?? 0
        if isLogarithmic {
            let positive = values.filter { $0 > 0 }
            let exponents = (Self.exponent(positive.min() ?? 1), Self.exponent(max(top, 1) * 0.999) + 1)
            let first = min(max(exponents.0, -1), exponents.1 - 1)
            low = Double(first)
            high = Double(exponents.1)
            ticks = (first...exponents.1).map { Self.power($0) }
        } else {
            let step = Self.roundStep(max(top, 1e-9) / 4)
            low = 0
            high = max(step, (top / step).rounded(.up) * step)
            ticks = Array(stride(from: 0, through: high + step / 2, by: step))
        }
    }

    func height(_ value: Double) -> Double {
        guard isLogarithmic else { return value / high }
        guard value > 0 else { return 0 }
        return min(1, max(0, (log10(value) - low) / (high - low)))
    }

    /// The next of 1, 2, 5, 10, 20 …
    static func roundStep(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        let unit = power(exponent(value))
        let factor = value / unit
        return unit * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10)
    }

    private static func exponent(_ value: Double) -> Int { Int(log10(value).rounded(.down)) }
    private static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
}
