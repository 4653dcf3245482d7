import CZeroMQ

extension Socket {
    /// Connects a ROUTER once more, in the background and again after every loss, and calls that connection `peer`.
    ///
    /// So one socket is thousands of clients, each with a connection of its own, at one descriptor each; a DEALER
    /// takes two and a turn of the poller. The peer must be new to this socket, and the socket must accept no
    /// connections itself, whose peers libzmq would number from the same range. What is sent while nobody answers
    /// waits for the connection, so it may reach a peer before a hello.
    ///
    /// ``disconnect(_:)`` ends all connections to an endpoint, so give each its own, with a source address of its
    /// own: `tcp://127.1.0.7:0;127.0.0.1:7601`. Source: zmq_setsockopt(3), ZMQ_CONNECT_ROUTING_ID; zmq_tcp(7).
    package borrowing func connect(_ endpoint: String, as peer: Peer) throws(ZeroMQError) {
        assertOwner()
        let status = peer.withRoutingID { routingID in
            zmq_setsockopt(handle, ZMQ_CONNECT_ROUTING_ID, routingID.baseAddress, routingID.count)
        }
        guard status == 0 else { throw ZeroMQError(call: "zmq_setsockopt(\(ZMQ_CONNECT_ROUTING_ID))") }
        try connect(endpoint)
    }
}
