import CZeroMQ
import Synchronization

/// Tells what becomes of a socket's connections, so that a client can say "key refused" instead of waiting.
///
/// Made on the socket's thread, before `connect`, and used there. Read it to its end whenever its ``pollItem``
/// is ready: unread events stay in memory (a few a second while nobody answers). Events name no ``Peer``, so a
/// broker can only count with it. Source: zmq_socket_monitor(3).
package struct SocketMonitor: ~Copyable {
    /// `MONITOR_STOPPED` is left out: libzmq would wait for room to send it.
    private static let events =
        ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_DISCONNECTED
        | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
        | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
        | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
    private static let lastNumber = Atomic(0)

    private let pair: Socket
    private let monitored: MonitoredSocket

    /// One monitor per socket at a time.
    package init(of socket: borrowing Socket, context: Context = .shared) throws(ZeroMQError) {
        var options = SocketOptions()
        // No limit: libzmq's I/O thread waits for room here, and all sockets of the process would wait with it.
        options.receiveHighWater = 0
        let pair = try Socket(.pair, options: options, context: context)
        let number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        let endpoint = "inproc://monitor-\(number)"
        let monitored = socket.monitored
        guard zmq_socket_monitor(socket.handle, endpoint, Self.events) == 0 else {
            throw ZeroMQError(call: "zmq_socket_monitor", endpoint: endpoint)
        }
        do {
            try pair.connect(endpoint)
        } catch {
            monitored.stopMonitor()
            throw error
        }
        self.pair = pair
        self.monitored = monitored
    }

    deinit {
        // Before `pair` closes: an event for a monitor that is gone would block libzmq's I/O thread for ever.
        monitored.stopMonitor()
    }

    /// This monitor in a ``Poller``. It must not outlive the monitor.
    package var pollItem: PollItem { pair.pollItem }

    /// The next event, nil when there is none. Never waits.
    package borrowing func next() throws(ZeroMQError) -> MonitorEvent? {
        // The second part is the endpoint.
        guard let parts = try pair.receiveParts(countMax: 2) else { return nil }
        return MonitorEvent(parts[0]) ?? .other(0)
    }
}

@available(*, unavailable)
extension SocketMonitor: Sendable {}

/// Lets a monitor reach its socket as long as there is one, whichever of the two ends first.
///
/// Belongs to the socket's thread.
final class MonitoredSocket {
    private var handle: UnsafeMutableRawPointer?

    init(handle: UnsafeMutableRawPointer) {
        self.handle = handle
    }

    func stopMonitor() {
        guard let handle else { return }
        // Fails only for something that is not a socket; without a monitor it does nothing.
        zmq_socket_monitor(handle, nil, 0)
    }

    /// The last thing before the socket closes.
    func end() {
        stopMonitor()
        handle = nil
    }
}
