import Testing
import ZeroMQ

/// What a stranger who reaches an open port may do, and that nobody else notices.
@Suite(.timeLimit(.minutes(1)))
struct HostilePeerTests {
    @Test(arguments: [2, 3, 200])
    func `a message of several parts is consumed whole and reported`(_ count: Int) throws {
        try withRouter { router, endpoint in
            let dealer = try makeDealer(endpoint)
            let peer = try roundTrip(router, dealer)
            #expect(try dealer.sendParts((0..<count).map { [UInt8($0)] }) == .sent)
            guard case .malformed(peer) = try router.nextRouted() else {
                Issue.record("taken for a message")
                return
            }
            #expect(try roundTrip(router, dealer) == peer)
        }
    }

    @Test func `a REQ socket is reported, because it puts an empty part first`() throws {
        try withRouter { router, endpoint in
            let req = try Socket(.req)
            try req.connect(endpoint)
            try req.sendOnceConnected([1])
            guard case .malformed(.some) = try router.nextRouted() else {
                Issue.record("taken for a message")
                return
            }
        }
    }

    @Test(arguments: [1, 4, 5, 6, 255])
    func `a peer that chose its own routing id is reported without a peer`(_ byteCount: Int) throws {
        try withRouter { router, endpoint in
            let stranger = try Stranger(endpoint)
            stranger.shakeHands([("Identity", [UInt8](repeating: 0x41, count: byteCount))])
            stranger.writeFrame("hello")
            guard case .malformed(nil) = try router.nextRouted() else {
                Issue.record("taken for a message")
                return
            }
            _ = try roundTrip(router, try makeDealer(endpoint))
            stranger.hangUp()
        }
    }

    @Test func `a User-Id that a peer wrote itself is not believed`() throws {
        try withRouter { router, endpoint in
            let stranger = try Stranger(endpoint)
            stranger.shakeHands([("User-Id", Array("admin".utf8))])
            stranger.writeFrame("hello")
            let delivery = try router.nextDelivery()
            #expect(delivery.payload == Array("hello".utf8))
            #expect(delivery.userID == nil)
            stranger.hangUp()
        }
    }

    @Test func `a frame that is too large costs its sender the connection, nobody else`() throws {
        try withRouter { router, endpoint in
            let peaceful = try makeDealer(endpoint)
            let peer = try roundTrip(router, peaceful)
            let greedy = try Socket(.dealer)
            let monitor = try SocketMonitor(of: greedy)
            try greedy.connect(endpoint)
            try greedy.sendOnceConnected([UInt8](repeating: 0, count: SocketOptions().frameBytesMax + 1))
            try monitor.wait(for: .disconnected)
            #expect(try roundTrip(router, peaceful) == peer)
        }
    }

    @Test func `a frame of exactly the limit passes`() throws {
        try withRouter { router, endpoint in
            let dealer = try makeDealer(endpoint)
            let frame = [UInt8](repeating: 3, count: SocketOptions().frameBytesMax)
            try dealer.sendOnceConnected(frame)
            #expect(try router.nextDelivery().payload == frame)
        }
    }

    @Test(arguments: [1_048_577, 1 << 40, .max] as [UInt64])
    func `announcing a frame that is too large ends the connection`(_ byteCount: UInt64) throws {
        try withRouter { router, endpoint in
            let stranger = try Stranger(endpoint)
            stranger.shakeHands()
            stranger.writeFrameHeader(byteCount: byteCount)
            stranger.readToEnd()
            _ = try roundTrip(router, try makeDealer(endpoint))
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",  // How TLS begins.
        "SSH-2.0-OpenSSH_9.2\r\n",
        String(repeating: "\u{0}", count: 4_096),
        String(repeating: "A", count: 100_000),
    ])
    func `other protocols on our port leave others alone`(_ text: String) throws {
        try withRouter { router, endpoint in
            let dealer = try makeDealer(endpoint)
            let peer = try roundTrip(router, dealer)
            let stranger = try Stranger(endpoint)
            stranger.write(text)
            #expect(try roundTrip(router, dealer) == peer)
            _ = try roundTrip(router, try makeDealer(endpoint))
            stranger.hangUp()
        }
    }

    @Test(arguments: 0..<20)
    func `random bytes after a good greeting leave others alone`(_ seed: UInt64) throws {
        try withRouter { router, endpoint in
            let dealer = try makeDealer(endpoint)
            let peer = try roundTrip(router, dealer)
            let stranger = try Stranger(endpoint)
            stranger.shakeHands()
            stranger.write(noise(seed: seed, count: 4_096))
            #expect(try roundTrip(router, dealer) == peer)
            stranger.hangUp()
        }
    }

    @Test func `many strangers who say nothing leave others alone`() throws {
        try withRouter { router, endpoint in
            let silent = try (0..<100).map { _ in try Stranger(endpoint) }
            _ = try roundTrip(router, try makeDealer(endpoint))
            for stranger in silent { stranger.hangUp() }
        }
    }
}

/// SplitMix64: the same bytes for the same seed on every run.
private func noise(seed: UInt64, count: Int) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: mixed ^ (mixed >> 31))
    }
}
