import Glibc
package import Tickets

/// The broker's time: the wall clock once, at the start, and the monotonic clock from there on.
///
/// So nothing that the broker decides depends on somebody setting the machine's clock, and moments never go
/// back while it runs. Across restarts the desk's last moment is the floor.
package struct DeskClock: Sendable {
    private let offsetMilliseconds: Int64

    package init(notBefore floor: Moment) {
        let wall = Self.milliseconds(of: CLOCK_REALTIME)
        offsetMilliseconds = max(wall, floor.milliseconds) - Self.milliseconds(of: CLOCK_MONOTONIC)
    }

    package var now: Moment {
        Moment(milliseconds: Self.milliseconds(of: CLOCK_MONOTONIC) + offsetMilliseconds)
    }

    /// What the machine's clock says; for people, nothing is decided by it.
    package static var wall: Moment { Moment(milliseconds: milliseconds(of: CLOCK_REALTIME)) }

    /// Microseconds of the monotonic clock, for measuring.
    package static var microseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
