import Glibc
package import Tickets

/// The wall clock: for what people and other machines read, never to judge how long something took.
package enum WallTime {
    /// Microseconds since 1970-01-01 00:00 UTC.
    package static var microseconds: UInt64 {
        var time = timespec()
        // Cannot fail: the clock exists and the pointer is good.
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(time.tv_sec, 0)) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }

    package static var now: Moment {
        Moment(milliseconds: Int64(clamping: microseconds / 1_000))
    }
}
