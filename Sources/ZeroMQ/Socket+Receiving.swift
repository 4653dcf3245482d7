import CZeroMQ

extension Socket {
    /// Messages of several parts that one call of ``receive(_:)`` steps over before it gives the thread back.
    private static var skipsMax: Int { 64 }

    /// Gives the next message of a ROUTER to `body`, or returns nil when there is none. Never waits.
    ///
    /// What ``receiveArrival(_:)`` gives, without what few ask for.
    package borrowing func receiveRouted<Value>(
        _ body: (_ peer: Peer, _ userID: String?, _ payload: UnsafeRawBufferPointer) -> Value
    ) throws(ZeroMQError) -> Routed<Value>? {
        try receiveArrival { body($0.peer, $0.userID, $0.payload) }
    }

    /// Gives the next message of a ROUTER to `body`, or returns nil when there is none. Never waits.
    ///
    /// The message is valid inside the closure only. `body` does not throw: a message that makes no sense is a value,
    /// so that it cannot end the caller's loop. Neither can anything else a peer sends make this throw.
    package borrowing func receiveArrival<Value>(
        _ body: (Arrival) -> Value
    ) throws(ZeroMQError) -> Routed<Value>? {
        assertOwner()
        let socket = handle
        let userIDs = userIDs
        return try Frame.withEmpty { frame throws(ZeroMQError) in
            guard try frame.receive(from: socket) else { return nil }
            let peer = Peer(routingID: frame.bytes)
            guard frame.isFollowed, try frame.receive(from: socket) else { return .malformed(peer) }
            guard let peer, !frame.isFollowed else {
                try frame.skipRest(from: socket)
                return .malformed(peer)
            }
            // From the payload's frame: the one with the routing id loses its metadata after a poll (4.3.4).
            return .message(body(Arrival(peer: peer, userID: userIDs?.userID(of: frame), frame: frame)))
        }
    }

    /// Gives the next message of any other socket to `body`, or returns nil when there is none. Never waits.
    ///
    /// The payload is valid inside the closure only. Messages of several parts are consumed and skipped; after
    /// 64 of them in a row nil comes back although more may wait, and a poller says so at once.
    package borrowing func receive<Value>(
        _ body: (_ payload: UnsafeRawBufferPointer) -> Value
    ) throws(ZeroMQError) -> Value? {
        assertOwner()
        let socket = handle
        return try Frame.withEmpty { frame throws(ZeroMQError) in
            for _ in 0..<Self.skipsMax {
                guard try frame.receive(from: socket) else { return nil }
                guard frame.isFollowed else { return body(frame.bytes) }
                try frame.skipRest(from: socket)
            }
            return nil
        }
    }

    /// All parts of the next message, copied; nil when there is none.
    ///
    /// For ZAP and monitor messages, which come from libzmq itself. Parts after `countMax` are dropped.
    borrowing func receiveParts(countMax: Int) throws(ZeroMQError) -> [[UInt8]]? {
        assertOwner()
        let socket = handle
        return try Frame.withEmpty { frame throws(ZeroMQError) in
            guard try frame.receive(from: socket) else { return nil }
            var parts = [[UInt8](frame.bytes)]
            while frame.isFollowed, try frame.receive(from: socket) {
                if parts.count < countMax { parts.append([UInt8](frame.bytes)) }
            }
            return parts
        }
    }
}
