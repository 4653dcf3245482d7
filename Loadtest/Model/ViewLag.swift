/// How far the view is behind the log, in time: since when the log has had something that the view has not.
///
/// Fed with positions of the log as they become known, at least as often as the view's is asked for.
package struct ViewLag: Sendable {
    private struct Known {
        var position: UInt64
        var microseconds: Int64
    }

    /// In order; those that the view has passed leave.
    private var log: [Known] = []
    private var first = 0

    package init() {}

    /// The log is known to reach `position`.
    package mutating func logReached(_ position: UInt64, at microseconds: Int64) {
        guard position > log.last?.position ?? 0 else { return }
        // One a millisecond is fine enough.
        if let last = log.last, log.count > first, microseconds - last.microseconds < 1_000 { return }
        log.append(Known(position: position, microseconds: microseconds))
    }

    /// The view is at `position` at a time.
    ///
    /// - Returns: Microseconds since the log had more than that; 0 when it is not known to have more.
    package mutating func behind(view position: UInt64, at microseconds: Int64) -> Int64 {
        while first < log.count, log[first].position <= position { first += 1 }
        if first > 4_096 {
            log.removeFirst(first)
            first = 0
        }
        guard first < log.count else { return 0 }
        return max(0, microseconds - log[first].microseconds)
    }
}
