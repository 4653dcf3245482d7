import ZeroMQ

/// Nothing came within 20 seconds: far longer than any loopback needs, so that a broken test ends with its name.
struct NothingCame: Error {}

/// A message as a ROUTER got it, copied so that it may be compared.
struct Delivery: Equatable {
    var peer: Peer
    var userID: String?
    var payload: [UInt8]
}

/// Waits until the item has something to read.
func waitForInput(_ item: PollItem) throws {
    var poller = Poller([item])
    guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else { throw NothingCame() }
}

extension Socket {
    /// The next thing a ROUTER takes from its queue, malformed or not.
    borrowing func nextRouted() throws -> Routed<Delivery> {
        while true {
            let routed = try receiveRouted { Delivery(peer: $0, userID: $1, payload: [UInt8]($2)) }
            if let routed { return routed }
            try waitForInput(pollItem)
        }
    }

    /// The next well-formed message of a ROUTER.
    borrowing func nextDelivery() throws -> Delivery {
        while true {
            if case .message(let delivery) = try nextRouted() { return delivery }
        }
    }

    /// Whether nothing waits in a ROUTER now.
    borrowing func isQuiet() throws -> Bool {
        try receiveRouted { _, _, _ in true } == nil
    }

    /// The next message of any other socket.
    borrowing func nextMessage() throws -> [UInt8] {
        while true {
            if let message = try receive({ [UInt8]($0) }) { return message }
            try waitForInput(pollItem)
        }
    }

    /// Sends as soon as somebody is connected.
    borrowing func sendOnceConnected(_ bytes: [UInt8]) throws {
        while try send(bytes) == .full { try waitForRoom() }
    }

    /// Waits until something could be sent, after all that libzmq's own thread has told of connections that went.
    borrowing func waitForRoom() throws {
        var poller = Poller([pollItem])
        poller.setWaitsToSend(0, true)
        guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else { throw NothingCame() }
    }
}

extension SocketMonitor {
    /// The next event that is not a step on the way.
    borrowing func nextVerdict() throws -> MonitorEvent {
        while true {
            switch try next() {
            case .handshakeSucceeded: return .handshakeSucceeded
            case .handshakeFailed(let failure): return .handshakeFailed(failure)
            case .connected, .disconnected, .other: continue
            case nil: try waitForInput(pollItem)
            }
        }
    }

    borrowing func wait(for event: MonitorEvent) throws {
        while true {
            guard let next = try next() else {
                try waitForInput(pollItem)
                continue
            }
            if next == event { return }
        }
    }
}

/// A ROUTER on a free port of loopback, and where it listens.
func withRouter<Result>(
    _ options: SocketOptions = SocketOptions(), _ body: (borrowing Socket, String) throws -> Result
) throws -> Result {
    let router = try Socket(.router, options: options)
    let endpoint = try router.bind("tcp://127.0.0.1:0")
    return try body(router, endpoint)
}

/// A ROUTER on an endpoint that another one has just left.
func bindOnceFree(_ endpoint: String) throws(ZeroMQError) -> Socket {
    let router = try Socket(.router)
    while true {
        do throws(ZeroMQError) {
            _ = try router.bind(endpoint)
            return router
        } catch .addressInUse {
            // The listener closes on libzmq's I/O thread some time after unbind, and no signal tells when.
            continue
        }
    }
}

func makeDealer(_ endpoint: String, _ options: SocketOptions = SocketOptions()) throws -> Socket {
    let dealer = try Socket(.dealer, options: options)
    try dealer.connect(endpoint)
    return dealer
}

/// Sends a message and an answer to it; fails unless both arrive.
func roundTrip(_ router: borrowing Socket, _ dealer: borrowing Socket) throws -> Peer {
    let request: [UInt8] = Array("ping".utf8)
    try dealer.sendOnceConnected(request)
    while true {
        let delivery = try router.nextDelivery()
        guard delivery.payload == request else { continue }
        guard try router.send(Array("pong".utf8), to: delivery.peer) == .sent else { throw NothingCame() }
        guard try dealer.nextMessage() == Array("pong".utf8) else { throw NothingCame() }
        return delivery.peer
    }
}
