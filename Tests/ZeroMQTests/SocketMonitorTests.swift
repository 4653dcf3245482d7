import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct SocketMonitorTests {
    @Test func `a client sees its connection come up and go`() throws {
        let dealer = try Socket(.dealer)
        let monitor = try SocketMonitor(of: dealer)
        #expect(try monitor.next() == nil)
        try withRouter { _, endpoint in
            try dealer.connect(endpoint)
            try monitor.wait(for: .connected)
            try monitor.wait(for: .handshakeSucceeded)
        }
        try monitor.wait(for: .disconnected)
    }

    // libzmq's one I/O thread waits for a monitor that does not take its events. If it ever did, nothing in
    // this process would move again, and the last round trip would not end.
    @Test func `a monitor that ends first leaves its socket working`() throws {
        let dealer = try Socket(.dealer)
        do {
            _ = try SocketMonitor(of: dealer)
        }
        try withRouter { router, endpoint in
            try dealer.connect(endpoint)
            _ = try roundTrip(router, dealer)
        }
        try withRouter { router, endpoint in
            _ = try roundTrip(router, try makeDealer(endpoint))
        }
    }

    @Test func `a monitor that outlives its socket says nothing more`() throws {
        try withRouter { router, endpoint in
            let monitor = try monitorOfClosedDealer(router, endpoint)
            while try monitor.next() != nil {}
            _ = try roundTrip(router, try makeDealer(endpoint))
            #expect(try monitor.next() == nil)
        }
    }

    @Test func `a monitor that nobody reads stops nothing`() throws {
        try withRouter { router, endpoint in
            let monitor = try SocketMonitor(of: router)
            // Two events each: more than libzmq's default high water of 1,000.
            for _ in 0..<600 { _ = try roundTrip(router, try makeDealer(endpoint)) }
            try monitor.wait(for: .handshakeSucceeded)
        }
    }

    @Test func `a second monitor takes the place of the first`() throws {
        try withRouter { _, endpoint in
            let dealer = try Socket(.dealer)
            do {
                _ = try SocketMonitor(of: dealer)
            }
            let monitor = try SocketMonitor(of: dealer)
            try dealer.connect(endpoint)
            #expect(try monitor.nextVerdict() == .handshakeSucceeded)
        }
    }

    private func monitorOfClosedDealer(
        _ router: borrowing Socket, _ endpoint: String
    ) throws -> SocketMonitor {
        let dealer = try Socket(.dealer)
        let monitor = try SocketMonitor(of: dealer)
        try dealer.connect(endpoint)
        _ = try roundTrip(router, dealer)
        return monitor
    }
}
