import CZeroMQ

/// A socket or a file descriptor to wait for. Must not outlive it, and stays on the socket's thread.
package struct PollItem {
    var item: zmq_pollitem_t

    init(socket: UnsafeMutableRawPointer) {
        item = zmq_pollitem_t(socket: socket, fd: -1, events: Int16(ZMQ_POLLIN), revents: 0)
    }

    package init(fileDescriptor: CInt) {
        item = zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: Int16(ZMQ_POLLIN), revents: 0)
    }
}

@available(*, unavailable)
extension PollItem: Sendable {}

/// Sleeps until a socket or a descriptor has something to read: the only place where a socket's thread waits.
///
/// Level triggered: what was not read is reported again. Made once and kept, as its items rarely change; up to
/// 16 of them cost no allocation. `zmq_poll` rather than `ZMQ_FD` with epoll, which is edge triggered and hangs
/// whoever forgets to read `ZMQ_EVENTS` after each call (libzmq#3641).
package struct Poller {
    private var items: [zmq_pollitem_t]

    /// The order of `items` is what ``isReady(_:)`` counts in.
    package init(_ items: [PollItem]) {
        self.items = items.map(\.item)
    }

    /// Waits until at least one item is ready or the time is over.
    ///
    /// A signal does not end the wait, nor make it longer. A timeout of nil waits for ever; 0 or less only
    /// looks. Returns how many items are ready: 0 when the time is over.
    @discardableResult
    package mutating func wait(timeoutMilliseconds: Int?) throws(ZeroMQError) -> Int {
        var left = timeoutMilliseconds.map { max($0, 0) }
        let start = ContinuousClock.now
        while true {
            let ready = zmq_poll(&items, CInt(items.count), left ?? -1)
            if ready >= 0 { return Int(ready) }
            let error = ZeroMQError(call: "zmq_poll")
            guard error.code == EINTR else { throw error }
            if let timeoutMilliseconds {
                left = max(0, timeoutMilliseconds - Self.milliseconds(since: start))
            }
        }
    }

    /// Lets the waits that follow end also when the item can take something to send, or no longer.
    ///
    /// For a DEALER that said ``SendOutcome/full``. Useless for a ROUTER: it is ready when any peer is.
    package mutating func setWaitsToSend(_ index: Int, _ waits: Bool) {
        items[index].events = Int16(waits ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN)
    }

    /// Whether the last wait found this item ready: something to read, or to be sent if that was waited for, or
    /// its descriptor is broken.
    package func isReady(_ index: Int) -> Bool {
        items[index].revents != 0
    }

    /// Rounded up: a wait is never longer than asked, whatever the number of signals.
    private static func milliseconds(since start: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000) + 1
    }
}

@available(*, unavailable)
extension Poller: Sendable {}
