package import ZeroMQ

/// Tries a door that was just locked, as those who must not get in, before anybody is served through it.
///
/// A lock may be open for many reasons that its owner does not see: an empty ZAP domain, a handler that is missing, a
/// library without CURVE. So it is tried rather than trusted, at each start.
package enum LockTrial {
    /// How long an intruder may take to be refused. On loopback it takes milliseconds.
    private static let patienceMilliseconds = 5_000

    /// Tries a door with CURVE: without it, and with a key that nobody knows.
    ///
    /// - Parameters:
    ///   - endpoint: As it was bound.
    ///   - server: The public key of its owner.
    /// - Throws: ``LockError``, or a `ZeroMQError` when the door cannot be reached at all.
    package static func run(_ endpoint: String, server: Z85Key) throws {
        let stranger = try CurveKeyPair.generate()
        try expectRefusal(of: .none, "somebody without CURVE", at: endpoint)
        try expectRefusal(
            of: .client(server: server, keys: stranger), "somebody with a key that nobody knows", at: endpoint
        )
    }

    /// Tries a door that was told to do without CURVE: without a name, and under one that nobody can have.
    package static func run(insecureLoopback endpoint: String) throws {
        try expectRefusal(of: .none, "somebody without a name", at: endpoint)
        // A question mark is in no name.
        try expectRefusal(
            of: .loopbackClient(name: "?"), "somebody under a name that nobody has", at: endpoint)
    }

    private static func expectRefusal(of security: Security, _ who: String, at endpoint: String) throws {
        let intruder = try Socket(.dealer, options: SocketOptions(security: security))
        let monitor = try SocketMonitor(of: intruder)
        try intruder.connect(reachable(endpoint))
        var poller = Poller([monitor.pollItem])
        var isConnected = false
        while true {
            switch try monitor.next() {
            case .handshakeSucceeded: throw LockError.open(endpoint: endpoint, to: who)
            case .handshakeFailed: return
            case .connected: isConnected = true
            // Hung up on, without a word.
            case .disconnected where isConnected: return
            case .disconnected, .other: continue
            case nil:
                // Refused within that time, or not known to be: then nobody else is let near it either.
                guard try poller.wait(timeoutMilliseconds: patienceMilliseconds) > 0 else {
                    throw LockError.undecided(endpoint: endpoint, to: who)
                }
            }
        }
    }

    /// An endpoint that stands for all interfaces, as one that can be connected to.
    private static func reachable(_ endpoint: String) -> String {
        for (all, loopback) in [("tcp://0.0.0.0:", "tcp://127.0.0.1:"), ("tcp://[::]:", "tcp://[::1]:")]
        where endpoint.utf8.starts(with: all.utf8) {
            return loopback + endpoint.dropFirst(all.count)
        }
        return endpoint
    }
}

/// A door that does not keep strangers out.
package enum LockError: Error, Hashable, CustomStringConvertible {
    case open(endpoint: String, to: String)
    /// Nobody answered whether they may come in.
    case undecided(endpoint: String, to: String)

    package var description: String {
        switch self {
        case .open(let endpoint, let who):
            "\(endpoint) lets \(who) in: nothing is served until that is mended; is another process's handler "
                + "answering, or libzmq built without CURVE?"
        case .undecided(let endpoint, let who):
            "\(endpoint) neither lets \(who) in nor refuses: nothing is served until it does; is the machine "
                + "overloaded?"
        }
    }
}
