import CZeroMQ
import Glibc

/// Wakes a ``Poller`` at a time, to some ten microseconds: a timerfd.
///
/// `zmq_poll` counts in milliseconds, which is too coarse for a load generator that sends thousands of messages a
/// second, each at its own moment. Belongs to one thread. Source: timerfd_create(2).
package struct Alarm: ~Copyable {
    private let fileDescriptor: CInt

    package init() throws(ZeroMQError) {
        fileDescriptor = timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK) | CInt(TFD_CLOEXEC))
        guard fileDescriptor >= 0 else { throw ZeroMQError(call: "timerfd_create") }
    }

    deinit {
        close(fileDescriptor)
    }

    /// Readable from the time on that was set last, until the next is set.
    package var pollItem: PollItem { PollItem(fileDescriptor: fileDescriptor) }

    /// Sets the time, so many microseconds from now; whatever was set before is forgotten.
    package mutating func set(microseconds: Int64) {
        // A time of 0 would turn the timer off.
        let microseconds = max(1, microseconds)
        var time = itimerspec()
        time.it_value = timespec(
            tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1_000)
        let status = timerfd_settime(fileDescriptor, 0, &time, nil)
        precondition(status == 0, "an alarm in \(microseconds) µs: errno \(errno)")
    }
}

@available(*, unavailable)
extension Alarm: Sendable {}
