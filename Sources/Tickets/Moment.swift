/// A point in time, in milliseconds since 1970-01-01 00:00 UTC.
///
/// The broker makes moments from its monotonic clock, started once from the wall clock, so within one
/// broker's life they never go back and never jump; the desk refuses to let them go back across restarts.
package struct Moment: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    @inlinable package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static let zero = Moment(milliseconds: 0)
    package static let distantFuture = Moment(milliseconds: .max)

    // Inlined for the reason that stands at the identifiers.
    @inlinable package static func == (a: Moment, b: Moment) -> Bool { a.milliseconds == b.milliseconds }
    @inlinable package static func != (a: Moment, b: Moment) -> Bool { a.milliseconds != b.milliseconds }
    @inlinable package static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }
    @inlinable package static func <= (a: Moment, b: Moment) -> Bool { a.milliseconds <= b.milliseconds }
    @inlinable package static func >= (a: Moment, b: Moment) -> Bool { a.milliseconds >= b.milliseconds }

    /// This moment moved by a span; saturates instead of trapping, because spans come from the network.
    @inlinable package func advanced(byMilliseconds span: Int64) -> Moment {
        let (sum, overflow) = milliseconds.addingReportingOverflow(span)
        guard overflow else { return Moment(milliseconds: sum) }
        return Moment(milliseconds: span > 0 ? .max : .min)
    }

    /// Milliseconds from `earlier` to this moment; negative if this one is earlier. Saturates.
    @inlinable package func milliseconds(since earlier: Moment) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        guard overflow else { return difference }
        return milliseconds > earlier.milliseconds ? .max : .min
    }
}
