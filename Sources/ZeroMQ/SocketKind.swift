import CZeroMQ

/// The socket types in use.
package enum SocketKind: Sendable {
    /// Many peers, each addressed by its ``Peer``. Sending to a peer that is gone is an outcome, not silence.
    case router
    /// One broker at the other end, or several in turn; nothing is queued while none is connected.
    case dealer
    /// Answers one request at a time. Only for the ZAP handler, whose protocol asks for it.
    case rep
    /// Asks one request at a time. It puts an empty part first, so a ``router`` reports it as malformed.
    case req
    /// Exactly one peer, inside this process.
    case pair

    var rawValue: CInt {
        switch self {
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        case .rep: ZMQ_REP
        case .req: ZMQ_REQ
        case .pair: ZMQ_PAIR
        }
    }
}
