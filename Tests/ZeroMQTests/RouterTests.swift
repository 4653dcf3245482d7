import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct RouterTests {
    @Test(arguments: ["tcp://127.0.0.1:0", "inproc://router-tests-round-trip"])
    func `a message and its answer arrive`(_ endpoint: String) throws {
        let router = try Socket(.router)
        let bound = try router.bind(endpoint)
        let dealer = try makeDealer(bound)
        try dealer.sendOnceConnected([1, 2, 3])
        let delivery = try router.nextDelivery()
        #expect(delivery.payload == [1, 2, 3])
        #expect(delivery.userID == nil)
        #expect(try router.send([4, 5], to: delivery.peer) == .sent)
        #expect(try dealer.nextMessage() == [4, 5])
    }

    @Test func `bind tells the port it took`() throws {
        try withRouter { _, endpoint in
            #expect(endpoint.hasPrefix("tcp://127.0.0.1:"))
            #expect(!endpoint.hasSuffix(":0"))
        }
    }

    @Test func `binding a port that is taken says so, with the endpoint`() throws {
        try withRouter { _, endpoint in
            let error = #expect(throws: ZeroMQError.self) { try bindAnother(endpoint) }
            let expected = "zmq_bind: Address already in use (errno 98) at \(endpoint)"
            #expect(error?.description == expected)
        }
    }

    @Test func `after unbind the endpoint is free`() throws {
        try withRouter { router, endpoint in
            try router.unbind(endpoint)
            _ = try bindOnceFree(endpoint)
        }
    }

    @Test func `messages of one peer keep their order, empty ones included`() throws {
        try withRouter { router, endpoint in
            let dealer = try makeDealer(endpoint)
            let messages = (0..<1_000).map { [UInt8](repeating: UInt8($0 % 251), count: $0 % 40) }
            for message in messages { try dealer.sendOnceConnected(message) }
            for message in messages {
                #expect(try router.nextDelivery().payload == message)
            }
            #expect(try router.isQuiet())
        }
    }

    @Test func `two connections are two peers`() throws {
        try withRouter { router, endpoint in
            let first = try makeDealer(endpoint)
            let second = try makeDealer(endpoint)
            let (one, two) = (try roundTrip(router, first), try roundTrip(router, second))
            #expect(one != two)
        }
    }

    @Test func `sending to a peer that never was is unroutable`() throws {
        try withRouter { router, _ in
            let outcome = try router.send([1], to: Peer(rawValue: 7))
            #expect(outcome == .unroutable)
        }
    }

    @Test func `sending to a peer that has left becomes unroutable`() throws {
        try withRouter { router, endpoint in
            let peer = try roundTrip(router, try makeDealer(endpoint))
            // The loss reaches the socket when it is polled; no event names the peer that left.
            var poller = Poller([router.pollItem])
            while try router.send([1], to: peer) != .unroutable {
                try poller.wait(timeoutMilliseconds: 1)
            }
        }
    }

    @Test func `a peer that does not read fills its own queue only`() throws {
        var small = SocketOptions()
        small.sendHighWater = 10
        small.receiveHighWater = 10
        try withRouter(small) { router, endpoint in
            let lazy = try makeDealer(endpoint, small)
            let busy = try makeDealer(endpoint, small)
            let (lazyPeer, busyPeer) = (try roundTrip(router, lazy), try roundTrip(router, busy))
            let payload = [UInt8](repeating: 1, count: 65_536)
            // Both high waters and the kernel's buffers, with much to spare.
            let isFull = try (0..<10_000).contains { _ in try router.send(payload, to: lazyPeer) == .full }
            #expect(isFull)
            #expect(try router.send([9], to: busyPeer) == .sent)
            #expect(try busy.nextMessage() == [9])
        }
    }

    private func bindAnother(_ endpoint: String) throws(ZeroMQError) {
        let router = try Socket(.router)
        _ = try router.bind(endpoint)
    }
}
