import CZeroMQ

/// What happened to a socket's connection.
package enum MonitorEvent: Sendable, Equatable {
    /// TCP is up; the handshake comes next.
    case connected
    case disconnected
    /// Both ends know each other: messages can pass.
    case handshakeSucceeded
    case handshakeFailed(HandshakeFailure)
    /// Another event by its number, such as `ZMQ_EVENT_CONNECT_RETRIED`.
    case other(Int)

    /// nil unless the bytes are event number (16 bits) and value (32 bits), both in the host's order.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 6 else { return nil }
        let event = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self) }
        switch CInt(event) {
        case ZMQ_EVENT_CONNECTED: self = .connected
        case ZMQ_EVENT_DISCONNECTED: self = .disconnected
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: self = .handshakeSucceeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: self = .handshakeFailed(.refused(status: Int(value)))
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            let isMismatch = Int(value) == Int(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
            self = .handshakeFailed(isMismatch ? .otherMechanism : .protocolError(code: Int(value)))
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            self = .handshakeFailed(.noDetail(errno: CInt(truncatingIfNeeded: value)))
        default: self = .other(Int(event))
        }
    }
}

/// Why a handshake failed, as far as this end can know. libzmq tries again, but for what says otherwise.
package enum HandshakeFailure: Sendable, Equatable {
    /// The other end does not know our key: 400, or 500 when its handler failed.
    case refused(status: Int)
    /// One end uses CURVE and the other does not. After this one libzmq 4.3.4 does not try again.
    case otherMechanism
    /// The two ends do not speak the same, or the other is no ZeroMQ at all.
    ///
    /// The code is one of `ZMQ_PROTOCOL_ERROR_…`.
    case protocolError(code: Int)
    /// The other end hung up without a word, or said nothing in time: a wrong server key looks like this,
    /// and another mechanism when the other end finds it out first.
    case noDetail(errno: CInt)
}
