import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct ManyConnectionsTests {
    /// An endpoint that differs from others by its source address.
    private func endpoint(_ bound: String, from number: Int) -> String {
        "tcp://127.1.0.\(number):0;" + bound.dropFirst("tcp://".utf8.count)
    }

    @Test func `one socket is many clients, and knows which of them an answer is for`() throws {
        try withRouter { router, bound in
            let clients = try Socket(.router)
            for number in 1...20 {
                let peer = Peer(rawValue: UInt32(number))
                try clients.connect(endpoint(bound, from: number), as: peer)
                #expect(try clients.send([UInt8(number)], to: peer) == .sent)
            }
            var peers: Set<Peer> = []
            for _ in 1...20 {
                let delivery = try router.nextDelivery()
                peers.insert(delivery.peer)
                #expect(try router.send(delivery.payload, to: delivery.peer) == .sent)
            }
            #expect(peers.count == 20)
            for _ in 1...20 {
                let answer = try clients.nextDelivery()
                #expect([UInt8(answer.peer.rawValue)] == answer.payload)
            }
        }
    }

    @Test func `one connection ends alone, and its address may be used again`() throws {
        try withRouter { router, bound in
            let clients = try Socket(.router)
            let (first, second, third) = (Peer(rawValue: 1), Peer(rawValue: 2), Peer(rawValue: 3))
            try clients.connect(endpoint(bound, from: 1), as: first)
            try clients.connect(endpoint(bound, from: 2), as: second)
            #expect(try clients.send([1], to: first) == .sent)
            _ = try router.nextDelivery()
            try clients.disconnect(endpoint(bound, from: 1))
            #expect(try clients.send([2], to: second) == .sent)
            #expect(try router.nextDelivery().payload == [2])
            try clients.connect(endpoint(bound, from: 1), as: third)
            #expect(try clients.send([3], to: third) == .sent)
            #expect(try router.nextDelivery().payload == [3])
        }
    }

    @Test func `an alarm wakes a poller, once until it is set again`() throws {
        var alarm = try Alarm()
        var poller = Poller([alarm.pollItem])
        #expect(try poller.wait(timeoutMilliseconds: 0) == 0)
        alarm.set(microseconds: 200)
        #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
        alarm.set(microseconds: 3_600_000_000)
        #expect(try poller.wait(timeoutMilliseconds: 0) == 0)
        // A moment that has passed is now.
        alarm.set(microseconds: -5)
        #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
    }
}
