import CZeroMQ

/// A message that a ROUTER took from its queue, while it is being looked at.
package struct Arrival {
    /// The connection.
    package let peer: Peer
    /// What ``ZapHandler`` gave to the connection's key; nil without ``Security/server(secretKey:domain:)``.
    package let userID: String?
    let frame: Frame

    package var payload: UnsafeRawBufferPointer { frame.bytes }

    /// The connection's descriptor, which belongs to libzmq: look at it, and end it with
    /// ``TCPConnection/end(_:localPort:)``. Costs the reading of a text; nil where libzmq does not say.
    package var descriptor: CInt? {
        let descriptor = zmq_msg_get(frame.message, ZMQ_SRCFD)
        return descriptor < 0 ? nil : descriptor
    }
}

@available(*, unavailable)
extension Arrival: Sendable {}
