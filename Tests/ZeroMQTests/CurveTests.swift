import Synchronization
import Testing
import ZeroMQ

/// One at a time: there is one ZAP handler in a process.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct CurveTests {
    let server: CurveKeyPair
    let known: CurveKeyPair
    let unknown: CurveKeyPair

    init() throws {
        server = try .generate()
        known = try .generate()
        unknown = try .generate()
    }

    @Test(arguments: ["anna", "node:line-one/shift-early/anna", "Zoë", String(repeating: "x", count: 255)])
    func `a known key gets in, and each of its messages carries its name`(_ name: String) throws {
        let handler = try makeHandler(name: name)
        try withRouter(serverOptions) { router, endpoint in
            let dealer = try makeDealer(endpoint, clientOptions(known))
            for number in 0..<3 as Range<UInt8> {
                try dealer.sendOnceConnected([number])
                // Polled before it is received: in 4.3.4 the first part then has no metadata.
                try waitForInput(router.pollItem)
                let delivery = try router.nextDelivery()
                #expect(delivery.userID == name)
                #expect(delivery.payload == [number])
                #expect(try router.send([number], to: delivery.peer) == .sent)
                #expect(try dealer.nextMessage() == [number])
            }
        }
        #expect(handler.refusalCount == 0)
        handler.stop()
    }

    @Test func `each of two keys on one socket keeps its own name`() throws {
        let other = unknown.publicKey
        let known = known.publicKey
        let handler = try ZapHandler(domain: "desk") { $0 == known ? "anna" : $0 == other ? "bert" : nil }
        defer { handler.stop() }
        try withRouter(serverOptions) { router, endpoint in
            let anna = try makeDealer(endpoint, clientOptions(self.known))
            let bert = try makeDealer(endpoint, clientOptions(unknown))
            for _ in 0..<3 {
                try anna.sendOnceConnected([1])
                try bert.sendOnceConnected([2])
                for _ in 0..<2 {
                    let delivery = try router.nextDelivery()
                    #expect(delivery.userID == (delivery.payload == [1] ? "anna" : "bert"))
                }
            }
        }
    }

    @Test func `an unknown key is refused, and both ends learn of it`() throws {
        let refusals = Mutex<[ZapRefusal]>([])
        let publicKey = known.publicKey
        let handler = try ZapHandler(domain: "desk") { refusal in
            refusals.withLock { $0.append(refusal) }
        } userID: { key in
            key == publicKey ? "anna" : nil
        }
        defer { handler.stop() }
        try withRouter(serverOptions) { router, endpoint in
            let verdict = try outcome(endpoint, clientOptions(unknown))
            #expect(verdict == .handshakeFailed(.refused(status: 400)))
            #expect(try router.isQuiet())
        }
        handler.stop()
        #expect(handler.refusalCount >= 1)
        let expected = ZapRefusal(reason: .unknownKey, key: unknown.publicKey, address: "127.0.0.1")
        #expect(refusals.withLock { $0.first } == expected)
    }

    @Test func `a client that expects another server gets nowhere`() throws {
        let handler = try makeHandler()
        defer { handler.stop() }
        try withRouter(serverOptions) { _, endpoint in
            let options = SocketOptions(security: .client(server: unknown.publicKey, keys: known))
            guard case .handshakeFailed = try outcome(endpoint, options) else {
                Issue.record("the handshake succeeded")
                return
            }
            #expect(handler.refusalCount == 0)
        }
    }

    @Test func `a client without CURVE gets nowhere`() throws {
        let handler = try makeHandler()
        defer { handler.stop() }
        try withRouter(serverOptions) { router, endpoint in
            guard case .handshakeFailed = try outcome(endpoint, SocketOptions()) else {
                Issue.record("the handshake succeeded")
                return
            }
            let stranger = try Stranger(endpoint)
            stranger.shakeHands([("User-Id", Array("admin".utf8))])
            stranger.writeFrame("hello")
            stranger.readToEnd()
            #expect(try router.isQuiet())
        }
    }

    @Test func `a socket of another domain lets nobody in`() throws {
        let handler = try makeHandler()
        defer { handler.stop() }
        let options = SocketOptions(security: .server(secretKey: server.secretKey, domain: "other"))
        try withRouter(options) { _, endpoint in
            let verdict = try outcome(endpoint, clientOptions(known))
            #expect(verdict == .handshakeFailed(.refused(status: 400)))
        }
    }

    @Test func `without a handler nobody gets in`() throws {
        try withRouter(serverOptions) { _, endpoint in
            guard case .handshakeFailed = try outcome(endpoint, clientOptions(known)) else {
                Issue.record("the handshake succeeded")
                return
            }
        }
    }

    @Test func `after the handler has stopped nobody new gets in, and who is in stays`() throws {
        let handler = try makeHandler()
        #expect(handler.isHealthy)
        try withRouter(serverOptions) { router, endpoint in
            let dealer = try makeDealer(endpoint, clientOptions(known))
            let peer = try roundTrip(router, dealer)
            handler.stop()
            #expect(!handler.isHealthy)
            #expect(handler.failure == nil)
            guard case .handshakeFailed = try outcome(endpoint, clientOptions(known)) else {
                Issue.record("the handshake succeeded")
                return
            }
            #expect(try roundTrip(router, dealer) == peer)
        }
    }

    @Test func `there is one handler at a time, and another one after it`() throws {
        let handler = try makeHandler()
        let error = #expect(throws: ZeroMQError.self) { try makeHandler() }
        #expect(error.map { .addressInUse ~= $0 } == true)
        #expect(handler.isHealthy)
        handler.stop()
        handler.stop()
        let next = try makeHandler()
        try withRouter(serverOptions) { _, endpoint in
            let verdict = try outcome(endpoint, clientOptions(known))
            #expect(verdict == .handshakeSucceeded)
        }
        next.stop()
    }

    @Test func `nonsense sent to the handler is answered and does not end it`() throws {
        let handler = try makeHandler()
        defer { handler.stop() }
        for count in [1, 2, 6, 7, 50] {
            let req = try Socket(.req)
            try req.connect(ZapHandler.endpoint)
            let parts = [[UInt8]](repeating: [0xFF], count: count)
            #expect(try req.sendParts(parts) == .sent)
            // The answer has six parts, so it is stepped over; that it came shows in the count.
            try waitForInput(req.pollItem)
        }
        #expect(handler.isHealthy)
        try withRouter(serverOptions) { _, endpoint in
            let verdict = try outcome(endpoint, clientOptions(known))
            #expect(verdict == .handshakeSucceeded)
        }
    }

    var serverOptions: SocketOptions {
        SocketOptions(security: .server(secretKey: server.secretKey, domain: "desk"))
    }

    func clientOptions(_ keys: CurveKeyPair) -> SocketOptions {
        SocketOptions(security: .client(server: server.publicKey, keys: keys))
    }

    func makeHandler(name: String = "anna") throws -> ZapHandler {
        let publicKey = known.publicKey
        return try ZapHandler(domain: "desk") { $0 == publicKey ? name : nil }
    }

    /// How the handshake of a client with these options ends.
    func outcome(_ endpoint: String, _ options: SocketOptions) throws -> MonitorEvent {
        let dealer = try Socket(.dealer, options: options)
        let monitor = try SocketMonitor(of: dealer)
        try dealer.connect(endpoint)
        return try monitor.nextVerdict()
    }
}
