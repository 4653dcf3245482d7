import Testing
import ZeroMQ

/// What the kernel tells of libzmq's connections.
struct TCPConnectionTests {
    @Test func `bytes that came are counted before anybody takes them, and the other end sees an end`() throws
    {
        let router = try Socket(.router)
        let endpoint = try router.bind("tcp://127.0.0.1:0")
        let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        let dealer = try Socket(.dealer)
        let monitor = try SocketMonitor(of: dealer)
        try dealer.connect(endpoint)
        try dealer.sendOnceConnected([1])
        try waitForInput(router.pollItem)
        let descriptor = try #require(
            try router.receiveArrival { $0.descriptor }.flatMap {
                if case .message(let value) = $0 { value } else { nil }
            })
        guard case .connection(let before) = TCPConnection.look(at: descriptor) else {
            Issue.record("no connection")
            return
        }
        #expect(before.received > 0 && before.acknowledged > 0)
        try dealer.sendOnceConnected([UInt8](repeating: 7, count: 100_000))
        var counts = before
        while counts.received < before.received + 100_000 {
            guard case .connection(let now) = TCPConnection.look(at: descriptor) else { break }
            counts = now
        }
        #expect(counts.received >= before.received + 100_000)
        // Whose port it is not, it does not end; nor what is no connection.
        #expect(!TCPConnection.end(descriptor, localPort: port &+ 1))
        #expect(!TCPConnection.end(0, localPort: port))
        #expect(TCPConnection.end(descriptor, localPort: port))
        try monitor.wait(for: .disconnected)
        // It comes back by itself, and what came before is still there. The event is told before the pipe of the ended
        // connection is taken away, and what is put into that pipe in between is lost: so only once it is back.
        try monitor.wait(for: .handshakeSucceeded)
        try dealer.waitForRoom()
        try dealer.sendOnceConnected([2])
        #expect(try router.nextDelivery().payload.count == 100_000)
        #expect(try router.nextDelivery().payload == [2])
    }

    @Test func `what is no connection is told from what is closed`() throws {
        let router = try Socket(.router)
        _ = try router.bind("tcp://127.0.0.1:0")
        // Standard input, whatever it is here, is not one of ours; the listener is somewhere among the first.
        #expect(
            (0..<64).allSatisfy {
                TCPConnection.look(at: $0) != .connection(.init(received: 0, acknowledged: 0))
            })
        #expect(TCPConnection.look(at: 1_000_000) == .closed)
    }
}
