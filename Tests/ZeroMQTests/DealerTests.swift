import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct DealerTests {
    // Broker                     Client
    // not there yet
    //                            sends "early": full, kept by nobody
    // binds
    //                            sends "late"
    // gets "late" and nothing before it
    @Test func `what is sent while the broker is away is refused, not queued`() throws {
        let endpoint = try withRouter { router, endpoint in
            try router.unbind(endpoint)
            return endpoint
        }
        let dealer = try makeDealer(endpoint)
        #expect(try dealer.send(Array("early".utf8)) == .full)
        let router = try bindOnceFree(endpoint)
        try dealer.sendOnceConnected(Array("late".utf8))
        #expect(try router.nextDelivery().payload == Array("late".utf8))
    }

    @Test func `after the broker has left, sending is refused until another one is there`() throws {
        let dealer = try Socket(.dealer)
        let monitor = try SocketMonitor(of: dealer)
        try withRouter { router, endpoint in
            try dealer.connect(endpoint)
            _ = try roundTrip(router, dealer)
        }
        try monitor.wait(for: .disconnected)
        try waitUntilAlone(dealer)
    }

    @Test func `a poller wakes a dealer that waits for its broker`() throws {
        let router = try Socket(.router)
        let endpoint = try router.bind("tcp://127.0.0.1:0")
        let dealer = try makeDealer(endpoint)
        var poller = Poller([dealer.pollItem])
        poller.setWaitsToSend(0, true)
        #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
        #expect(try dealer.send([1]) == .sent)
        #expect(try router.nextDelivery().payload == [1])
    }

    @Test func `after disconnect nobody is there`() throws {
        try withRouter { router, endpoint in
            let dealer = try makeDealer(endpoint)
            _ = try roundTrip(router, dealer)
            try dealer.disconnect(endpoint)
            try waitUntilAlone(dealer)
        }
    }

    @Test func `messages of several parts are stepped over`() throws {
        let endpoint = "inproc://dealer-tests-parts"
        let left = try Socket(.pair)
        _ = try left.bind(endpoint)
        let right = try Socket(.pair)
        try right.connect(endpoint)
        #expect(try left.sendParts([[1], [2]]) == .sent)
        #expect(try left.sendParts([[], [], []]) == .sent)
        #expect(try left.send([3]) == .sent)
        #expect(try right.nextMessage() == [3])
    }

    /// Sends into the void until it is refused: libzmq's I/O thread takes the connection away a moment after the
    /// event and after the call, and no signal tells when.
    private func waitUntilAlone(_ dealer: borrowing Socket) throws {
        var poller = Poller([dealer.pollItem])
        while try dealer.send([1]) == .sent { try poller.wait(timeoutMilliseconds: 1) }
    }
}
