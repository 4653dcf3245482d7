package import ZeroMQ

/// What is known of a link's connection, from the events of its monitor.
package struct LinkHealth: Equatable, Sendable {
    /// Attempts since the last one that somebody took; more than one in a row means that nobody listens.
    private var attempts = 2
    /// Whether messages can pass now.
    package private(set) var isConnected = false
    /// Why the last handshake failed; nil when it succeeded or there was none.
    package private(set) var failure: HandshakeFailure?

    package init() {}

    /// Whether the other end said that it does not know our key.
    package var isKeyRefused: Bool {
        if case .refused = failure { return true }
        return false
    }

    /// Whether the other end uses CURVE and we do not, or the other way round.
    package var isOtherMechanism: Bool { failure == .otherMechanism }

    /// Whether somebody takes connections at the endpoint.
    package var isReached: Bool { attempts < 2 }

    mutating func take(_ event: MonitorEvent) {
        switch event {
        case .connected: attempts = 0
        case .disconnected: isConnected = false
        case .handshakeSucceeded: (isConnected, failure) = (true, nil)
        case .handshakeFailed(let failure): (isConnected, self.failure) = (false, failure)
        // The only other event that is asked for: the next attempt was put off.
        case .other: attempts = min(attempts + 1, 2)
        }
    }
}
