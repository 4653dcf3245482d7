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
}
