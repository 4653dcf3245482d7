import CZeroMQ

extension SocketOptions {
    /// `ZMQ_ZAP_ENFORCE_DOMAIN`: Debian's header hides it behind the draft API; the library has it (tried).
    private static let zapEnforceDomain: CInt = 93

    /// Sets everything on a socket that is neither bound nor connected.
    func apply(to handle: UnsafeMutableRawPointer, kind: SocketKind) throws(ZeroMQError) {
        try set(ZMQ_MAXMSGSIZE, Int64(frameBytesMax), on: handle)
        try set(ZMQ_SNDHWM, CInt(clamping: sendHighWater), on: handle)
        try set(ZMQ_RCVHWM, CInt(clamping: receiveHighWater), on: handle)
        try set(ZMQ_LINGER, CInt(clamping: lingerMilliseconds), on: handle)
        try set(ZMQ_HANDSHAKE_IVL, CInt(clamping: handshakeMilliseconds), on: handle)
        try set(ZMQ_BACKLOG, CInt(clamping: backlog), on: handle)
        try set(ZMQ_RECONNECT_IVL, CInt(clamping: reconnectMilliseconds), on: handle)
        try set(ZMQ_RECONNECT_IVL_MAX, CInt(clamping: reconnectMaxMilliseconds), on: handle)
        switch kind {
        case .router:
            // Else a message to a peer that is gone, or whose queue is full, is dropped without a word.
            try set(ZMQ_ROUTER_MANDATORY, 1 as CInt, on: handle)
        case .dealer:
            // Else what is sent while the broker is away is queued and reaches the next one before its HELLO.
            try set(ZMQ_IMMEDIATE, 1 as CInt, on: handle)
        case .rep, .req, .pair:
            break
        }
        try apply(security, to: handle)
    }

    private func apply(_ security: Security, to handle: UnsafeMutableRawPointer) throws(ZeroMQError) {
        switch security {
        case .none:
            break
        case .server(let secretKey, let domain):
            try set(ZMQ_CURVE_SERVER, 1 as CInt, on: handle)
            try set(ZMQ_CURVE_SECRETKEY, secretKey.text, on: handle)
            try enforce(domain, on: handle)
        case .loopbackServer(let domain):
            try set(ZMQ_PLAIN_SERVER, 1 as CInt, on: handle)
            try enforce(domain, on: handle)
        case .loopbackClient(let name):
            // The password stays empty: it would be no secret among processes that may read each other's files.
            try set(ZMQ_PLAIN_USERNAME, name, on: handle)
        case .client(let server, let keys):
            try set(ZMQ_CURVE_SERVERKEY, server.text, on: handle)
            try set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.text, on: handle)
            try set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text, on: handle)
        }
    }

    /// Has the ZAP handler asked about everybody who connects.
    private func enforce(_ domain: String, on handle: UnsafeMutableRawPointer) throws(ZeroMQError) {
        precondition(!domain.isEmpty, "for an empty domain libzmq asks no ZAP handler and lets everyone in")
        try set(ZMQ_ZAP_DOMAIN, domain, on: handle)
        // Else 4.3.4 lets everyone in when the handler is missing or dead.
        try set(Self.zapEnforceDomain, 1 as CInt, on: handle)
    }

    private func set<Value: BitwiseCopyable>(
        _ option: CInt, _ value: Value, on handle: UnsafeMutableRawPointer
    ) throws(ZeroMQError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size) == 0 else {
            throw ZeroMQError(call: "zmq_setsockopt(\(option))")
        }
    }

    private func set(
        _ option: CInt, _ text: String, on handle: UnsafeMutableRawPointer
    ) throws(ZeroMQError) {
        let status = text.withCString { zmq_setsockopt(handle, option, $0, text.utf8.count) }
        guard status == 0 else { throw ZeroMQError(call: "zmq_setsockopt(\(option))") }
    }
}
