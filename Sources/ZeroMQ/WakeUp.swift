import CZeroMQ
import Glibc

/// Wakes a thread that sleeps in a ``Poller``: an eventfd.
///
/// An inproc PAIR would do as well for one caller, but it too belongs to one thread, and here anyone may ring.
/// Rings add up to one until they are cleared. Source: eventfd(2).
package final class WakeUp: Sendable {
    /// Readable from ``ring()`` until ``clear()``. Closed when this object ends.
    package let fileDescriptor: CInt

    package init() throws(ZeroMQError) {
        fileDescriptor = eventfd(0, CInt(EFD_NONBLOCK) | CInt(EFD_CLOEXEC))
        guard fileDescriptor >= 0 else { throw ZeroMQError(call: "eventfd") }
    }

    deinit {
        close(fileDescriptor)
    }

    /// May be called from any thread and from a signal handler; keeps errno.
    package func ring() {
        let before = errno
        var one: UInt64 = 1
        // It fails with EAGAIN after 2^64 - 2 rings without a clear: the sleeper is awake already.
        _ = write(fileDescriptor, &one, MemoryLayout<UInt64>.size)
        errno = before
    }

    /// Called by the sleeper before it looks for what it was woken for: a ring in between wakes it again.
    package func clear() {
        var count: UInt64 = 0
        // EAGAIN: nobody rang.
        _ = read(fileDescriptor, &count, MemoryLayout<UInt64>.size)
    }

    /// Blocks the calling thread until somebody rings. For the start of a thread, where nothing else may happen.
    package func wait() {
        var item = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        // Below 1 a signal came first.
        while poll(&item, 1, -1) < 1 {}
    }
}
