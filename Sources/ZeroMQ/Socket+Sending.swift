import CZeroMQ

extension Socket {
    /// Sends one message through a ROUTER to one of its connections. Never waits.
    ///
    /// ``SendOutcome/sent`` promises nothing: a connection that ends now takes the message with it, silently.
    package borrowing func send(
        _ bytes: UnsafeRawBufferPointer, to peer: Peer
    ) throws(ZeroMQError) -> SendOutcome {
        assertOwner()
        let socket = handle
        // The payload is made first: a failure between the two parts would leave half a message in the socket.
        return try Frame.withCopy(of: bytes) { payload throws(ZeroMQError) in
            let outcome = try peer.withRoutingID { routingID in
                Self.attempt("zmq_send") {
                    zmq_send(socket, routingID.baseAddress, routingID.count, ZMQ_DONTWAIT | ZMQ_SNDMORE)
                }
            }.get()
            guard outcome == .sent else { return outcome }
            return try Self.send(payload, through: socket)
        }
    }

    /// Sends one message through a ROUTER to one of its connections. Never waits.
    package borrowing func send(_ bytes: [UInt8], to peer: Peer) throws(ZeroMQError) -> SendOutcome {
        try bytes.withUnsafeBufferPointer { bytes throws(ZeroMQError) in
            try send(UnsafeRawBufferPointer(bytes), to: peer)
        }
    }

    /// Sends one message through any other socket. Never waits.
    package borrowing func send(_ bytes: UnsafeRawBufferPointer) throws(ZeroMQError) -> SendOutcome {
        assertOwner()
        let socket = handle
        return try Frame.withCopy(of: bytes) { payload throws(ZeroMQError) in
            try Self.send(payload, through: socket)
        }
    }

    /// Sends one message through any other socket. Never waits.
    package borrowing func send(_ bytes: [UInt8]) throws(ZeroMQError) -> SendOutcome {
        try bytes.withUnsafeBufferPointer { bytes throws(ZeroMQError) in
            try send(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Sends a message of several parts, for ZAP replies and for tests of what a stranger may do.
    package borrowing func sendParts(_ parts: [[UInt8]]) throws(ZeroMQError) -> SendOutcome {
        assertOwner()
        let socket = handle
        for (index, part) in parts.enumerated() {
            let more = index < parts.count - 1 ? ZMQ_SNDMORE : 0
            let outcome = try part.withUnsafeBytes { part in
                Self.attempt("zmq_send") {
                    zmq_send(socket, part.baseAddress, part.count, ZMQ_DONTWAIT | more)
                }
            }.get()
            // Only the first part can be refused.
            guard outcome == .sent else { return outcome }
        }
        return .sent
    }

    private static func send(
        _ frame: Frame, through socket: UnsafeMutableRawPointer
    ) throws(ZeroMQError) -> SendOutcome {
        try attempt("zmq_msg_send") { zmq_msg_send(frame.message, socket, ZMQ_DONTWAIT) }.get()
    }

    /// Repeats `call` while a signal interrupts it, and sorts what errno says into outcomes and errors.
    private static func attempt(_ name: String, _ call: () -> CInt) -> Result<SendOutcome, ZeroMQError> {
        while call() < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return .success(.full)
            case EHOSTUNREACH: return .success(.unroutable)
            default: return .failure(ZeroMQError(call: name))
            }
        }
        return .success(.sent)
    }
}
