/// The clock of the shells: time since this process first asked, never back, never a jump.
///
/// `ContinuousClock`, which goes on while the machine is suspended, so that a node that slept sees that its
/// leases are over. Any thread.
package enum MonotonicTime {
    private static let start = ContinuousClock.now

    package static var microseconds: Int64 {
        // Before asking for the time, or the first time ever would be before the start.
        let start = start
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    package static var milliseconds: Int64 { microseconds / 1_000 }
}
