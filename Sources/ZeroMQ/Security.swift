/// Who may talk to whom on a socket.
package enum Security: Sendable {
    /// No authentication, no encryption. Anyone who reaches the endpoint is let in, without a User-Id.
    case none

    /// CURVE, the accepting end. Fails closed: without a live ``ZapHandler`` for `domain` nobody gets in.
    ///
    /// `domain` must not be empty: libzmq asks nobody for an empty one.
    case server(secretKey: Z85Key, domain: String)

    /// CURVE, the connecting end: talks to the owner of the key `server` only, as `keys`.
    case client(server: Z85Key, keys: CurveKeyPair)

    /// PLAIN without passwords, the accepting end: a peer says a name and proves nothing, and nothing is encrypted.
    ///
    /// So it binds to ``Loopback`` only, and lets everybody on this machine be anybody. Like CURVE it fails closed:
    /// a live ``ZapHandler`` for `domain` decides which names get in, and other mechanisms never do.
    case loopbackServer(domain: String)

    /// PLAIN without a password, the connecting end, to ``Loopback`` only. The name has 1 to 255 bytes.
    case loopbackClient(name: String)

    /// Whether only ``Loopback`` may be bound or connected to.
    var isForLoopbackOnly: Bool {
        switch self {
        case .loopbackServer, .loopbackClient: true
        case .none, .server, .client: false
        }
    }
}
