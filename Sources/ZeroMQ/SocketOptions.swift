/// What a socket is opened with: every default of libzmq 4.3.4 that is unsafe for a broker has a value here.
///
/// Options take effect at the next `bind` or `connect`, so they are set once, before either.
/// Source: zmq_setsockopt(3).
package struct SocketOptions: Sendable {
    /// Bytes in one frame. A peer that sends more is disconnected. libzmq: no limit.
    ///
    /// Counted per frame, and libzmq hands out a message only when it has all its parts, so a peer can still
    /// fill memory with endless parts: let only known keys in, and end what grows with ``TCPConnection``.
    package var frameBytesMax = 1_048_576

    /// Messages waiting to go out, per peer. libzmq: 1,000.
    ///
    /// Far above any credit, so that ``SendOutcome/full`` means a stuck peer. Not exact: the kernel's buffers
    /// come on top, and room is announced only when half of it has been read. 0 means no limit.
    package var sendHighWater = 100_000

    /// Messages waiting to be received, per peer; then TCP pushes back. libzmq: 1,000. 0 means no limit.
    package var receiveHighWater = 100_000

    /// How long unsent messages survive `close`. libzmq: for ever, which hangs the exit of a process.
    package var lingerMilliseconds = 0

    /// How long a connection may take to say who it is, against those that only hold a descriptor. libzmq: 30 s.
    package var handshakeMilliseconds = 5_000

    /// Connections the kernel accepts ahead of libzmq; the kernel caps it at `net.core.somaxconn`. libzmq: 100.
    ///
    /// After a restart all nodes come back within one ``reconnectMilliseconds``.
    package var backlog = 4_096

    /// First wait before connecting again.
    package var reconnectMilliseconds = 100

    /// The wait doubles up to this. libzmq: 0, every ``reconnectMilliseconds`` for ever.
    package var reconnectMaxMilliseconds = 2_000

    package var security: Security = .none

    package init(security: Security = .none) {
        self.security = security
    }
}
