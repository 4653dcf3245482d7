import CZeroMQ
import Glibc

/// A ZeroMQ socket, used by one thread for its whole life.
///
/// Not copyable and not `Sendable`, so that the compiler keeps it where it was made: a socket that two threads
/// use at once aborts the process (libzmq#4039). The end of its scope closes it. Debug builds check the thread.
/// No call waits: a thread sleeps in ``Poller/wait(timeoutMilliseconds:)`` and nowhere else.
///
/// Source: zmq(7), "Thread safety"; zmq_socket(3).
package struct Socket: ~Copyable {
    let handle: UnsafeMutableRawPointer
    /// nil unless this end asks the ZAP handler who its peers are.
    ///
    /// Without a handler the User-Id must not be read: on a NULL connection it is what the peer wrote into its
    /// READY command. With one, the handler's word comes first (libzmq `stream_engine_base_t::mechanism_ready`).
    let userIDs: UserIDTable?
    let monitored: MonitoredSocket
    private let isForLoopbackOnly: Bool
    private let owner = pthread_self()

    package init(
        _ kind: SocketKind, options: SocketOptions = SocketOptions(), context: Context = .shared
    ) throws(ZeroMQError) {
        guard let handle = zmq_socket(context.handle, kind.rawValue) else {
            throw ZeroMQError(call: "zmq_socket")
        }
        do {
            try options.apply(to: handle, kind: kind)
        } catch {
            zmq_close(handle)
            throw error
        }
        self.handle = handle
        self.monitored = MonitoredSocket(handle: handle)
        self.userIDs =
            switch options.security {
            case .server, .loopbackServer: UserIDTable()
            case .none, .client, .loopbackClient: nil
            }
        self.isForLoopbackOnly = options.security.isForLoopbackOnly
    }

    deinit {
        assertOwner()
        monitored.end()
        // Fails only for something that is not a socket.
        zmq_close(handle)
    }

    /// Accepts connections at an endpoint; `tcp://127.0.0.1:0` and `tcp://*:*` take a free port.
    ///
    /// Returns the endpoint as it came out, with the port in it, for ``connect(_:)`` and ``unbind(_:)``.
    package borrowing func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        assertOwner()
        checkReach(of: endpoint)
        guard zmq_bind(handle, endpoint) == 0 else { throw ZeroMQError(call: "zmq_bind", endpoint: endpoint) }
        return try lastEndpoint()
    }

    /// Starts connecting, in the background and again after every loss.
    ///
    /// It succeeds whether or not anyone listens; ``SocketMonitor`` tells how it went.
    package borrowing func connect(_ endpoint: String) throws(ZeroMQError) {
        assertOwner()
        checkReach(of: endpoint)
        guard zmq_connect(handle, endpoint) == 0 else {
            throw ZeroMQError(call: "zmq_connect", endpoint: endpoint)
        }
    }

    /// Stops accepting at an endpoint, given as ``bind(_:)`` returned it. Connections that exist stay.
    package borrowing func unbind(_ endpoint: String) throws(ZeroMQError) {
        assertOwner()
        guard zmq_unbind(handle, endpoint) == 0 else {
            throw ZeroMQError(call: "zmq_unbind", endpoint: endpoint)
        }
    }

    /// Ends the connection to an endpoint; what waits to be sent through it is dropped.
    ///
    /// It ends a moment later, on libzmq's I/O thread, and takes with it what is sent until then. To talk to
    /// another broker, make another socket.
    package borrowing func disconnect(_ endpoint: String) throws(ZeroMQError) {
        assertOwner()
        guard zmq_disconnect(handle, endpoint) == 0 else {
            throw ZeroMQError(call: "zmq_disconnect", endpoint: endpoint)
        }
    }

    /// This socket in a ``Poller``. It must not outlive the socket.
    package var pollItem: PollItem { PollItem(socket: handle) }

    /// The last of several checks: who chose ``Security/loopbackServer(domain:)`` was to refuse the endpoint in words.
    private borrowing func checkReach(of endpoint: String) {
        precondition(
            !isForLoopbackOnly || Loopback.has(endpoint: endpoint),
            "\(endpoint) may be reached from elsewhere, and this socket trusts everybody who reaches it")
    }

    private borrowing func lastEndpoint() throws(ZeroMQError) -> String {
        // An ipc path has at most 107 bytes, and a host name 253.
        let capacity = 512
        var status: CInt = 0
        let endpoint = String(unsafeUninitializedCapacity: capacity) { [handle] buffer in
            var size = capacity
            status = zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, buffer.baseAddress, &size)
            // The size counts the terminating zero.
            return status == 0 ? size - 1 : 0
        }
        guard status == 0 else { throw ZeroMQError(call: "zmq_getsockopt") }
        return endpoint
    }

    borrowing func assertOwner() {
        assert(pthread_equal(owner, pthread_self()) != 0, "a socket is used by a thread that did not make it")
    }
}

@available(*, unavailable)
extension Socket: Sendable {}
