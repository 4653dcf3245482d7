import Glibc
import Testing
import ZeroMQ

/// Sockets that do without CURVE. One at a time with the others: there is one ZAP handler in a process.
extension CurveTests {
    @Test func `without CURVE a known name gets in, and its messages carry its User-Id`() throws {
        let handler = try makeNameHandler()
        defer { handler.stop() }
        try withRouter(plainServer) { router, endpoint in
            let dealer = try makeDealer(endpoint, plainClient("anna"))
            try dealer.sendOnceConnected([1])
            // Polled before it is received: in 4.3.4 the first part then has no metadata.
            try waitForInput(router.pollItem)
            #expect(try router.nextDelivery().userID == "agent:anna")
            _ = try roundTrip(router, dealer)
        }
        #expect(handler.refusalCount == 0)
    }

    @Test func `without CURVE it also works over ipc`() throws {
        let handler = try makeNameHandler()
        defer { handler.stop() }
        let endpoint = "ipc:///tmp/switchboard-zeromq-\(getpid())"
        let router = try Socket(.router, options: plainServer)
        _ = try router.bind(endpoint)
        let dealer = try makeDealer(endpoint, plainClient("anna"))
        _ = try roundTrip(router, dealer)
    }

    @Test func `without CURVE an unknown name is refused`() throws {
        let handler = try makeNameHandler()
        defer { handler.stop() }
        try withRouter(plainServer) { router, endpoint in
            let verdict = try outcome(endpoint, plainClient("mallory"))
            #expect(verdict == .handshakeFailed(.refused(status: 400)))
            #expect(try router.isQuiet())
        }
    }

    @Test func `without CURVE and without a handler nobody gets in`() throws {
        try withRouter(plainServer) { router, endpoint in
            guard case .handshakeFailed = try outcome(endpoint, plainClient("anna")) else {
                Issue.record("the handshake succeeded")
                return
            }
            #expect(try router.isQuiet())
        }
    }

    @Test func `a handler for keys lets no name in, nor one for names a key`() throws {
        let keys = try makeHandler()
        try withRouter(plainServer) { _, endpoint in
            let verdict = try outcome(endpoint, plainClient("anna"))
            #expect(verdict == .handshakeFailed(.refused(status: 400)))
        }
        keys.stop()
        let names = try makeNameHandler()
        defer { names.stop() }
        try withRouter(serverOptions) { _, endpoint in
            let verdict = try outcome(endpoint, clientOptions(known))
            #expect(verdict == .handshakeFailed(.refused(status: 400)))
        }
    }

    @Test func `an end with CURVE and one without find nothing in common, and say so`() throws {
        try withRouter(plainServer) { router, endpoint in
            for options in [clientOptions(known), SocketOptions()] {
                let verdict = try lastOutcome(endpoint, options)
                #expect(verdict == .handshakeFailed(.otherMechanism))
            }
            #expect(try router.isQuiet())
        }
        try withRouter(serverOptions) { router, endpoint in
            let verdict = try lastOutcome(endpoint, plainClient("anna"))
            #expect(verdict == .handshakeFailed(.otherMechanism))
            #expect(try router.isQuiet())
        }
    }

    /// How the last handshake of a client ends. A server that finds another mechanism may hang up before its own
    /// greeting has left: then the client knows nothing, and libzmq tries again.
    private func lastOutcome(_ endpoint: String, _ options: SocketOptions) throws -> MonitorEvent {
        let dealer = try Socket(.dealer, options: options)
        let monitor = try SocketMonitor(of: dealer)
        try dealer.connect(endpoint)
        while true {
            let verdict = try monitor.nextVerdict()
            if case .handshakeFailed(.noDetail) = verdict { continue }
            return verdict
        }
    }

    private var plainServer: SocketOptions {
        SocketOptions(security: .loopbackServer(domain: "desk"))
    }

    private func plainClient(_ name: String) -> SocketOptions {
        SocketOptions(security: .loopbackClient(name: name))
    }

    private func makeNameHandler() throws -> ZapHandler {
        try ZapHandler(domain: "desk", lookup: .byName { $0 == "anna" ? "agent:anna" : nil })
    }
}
