/// What became of a message that was to be sent. Sending never waits.
package enum SendOutcome: Sendable {
    /// Handed to libzmq, no more: it is lost if the connection ends now.
    case sent
    /// The peer's queue is at ``SocketOptions/sendHighWater``; for a DEALER also: nobody is connected.
    ///
    /// Poll the socket before trying again: libzmq may look at what has changed only then.
    case full
    /// A ROUTER has no such connection, or no longer.
    case unroutable
}
