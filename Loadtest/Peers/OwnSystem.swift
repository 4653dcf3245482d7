/// What of ours a comparison measures: the broker, and the bare path under it, with CURVE and without.
package enum OwnSystem: String, Sendable, CaseIterable {
    /// As it is by default, with CURVE.
    case switchboard
    case switchboardWithoutCurve = "switchboard-without-curve"
    /// The same frames and the same log without rules and without a view, and without CURVE.
    case barePath = "bare-path"
    case barePathWithCurve = "bare-path-with-curve"

    package var name: String { rawValue }

    package var hasCurve: Bool {
        switch self {
        case .switchboard, .barePathWithCurve: true
        case .switchboardWithoutCurve, .barePath: false
        }
    }

    package var isBare: Bool {
        switch self {
        case .switchboard, .switchboardWithoutCurve: false
        case .barePath, .barePathWithCurve: true
        }
    }
}
