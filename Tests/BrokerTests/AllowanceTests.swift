import Testing
import Tickets
import ZeroMQ

@testable import Broker

@Suite struct AllowanceTests {
    private func at(_ milliseconds: Int64) -> Moment { Moment(milliseconds: 1_000_000 + milliseconds) }

    @Test func `a second's worth may come at once, then as much as comes in again`() {
        var allowance = Allowance(perSecond: 100, at: at(0))
        for _ in 0..<100 { #expect(allowance.take(1, at: at(0)) == nil) }
        let wait = allowance.take(1, at: at(0))
        #expect(wait == 1)
        #expect(allowance.take(1, at: at(10)) == nil)
        #expect(allowance.take(1, at: at(10)) != nil)
    }

    @Test func `what is larger than the rest is taken, and waited for afterwards`() {
        var allowance = Allowance(perSecond: 100, at: at(0))
        #expect(allowance.take(1_000, at: at(0)) == nil)
        #expect(allowance.take(1, at: at(0)) == 9_001)
        #expect(allowance.take(1, at: at(9_000)) != nil)
        #expect(allowance.take(1, at: at(9_001)) == nil)
    }

    @Test func `idle time is worth a second at most, and time that stands or goes back nothing`() {
        var allowance = Allowance(perSecond: 10, at: at(0))
        #expect(allowance.take(10, at: at(.max / 2)) == nil)
        #expect(allowance.take(1, at: at(.max / 2)) != nil)
        #expect(allowance.take(1, at: at(0)) != nil)
    }

    @Test func `each key has a share of its own, over all of its connections`() {
        var peers = PeerTable(costPerSecond: 10)
        let (a, b) = (Peer(rawValue: 1), Peer(rawValue: 2))
        guard case .unknown = peers.admit(a, "node:x/1", cost: 1, byteCount: 1, at: at(0)) else {
            Issue.record("admitted without a hello")
            return
        }
        peers.remember(a, "node:x/1", at: at(0))
        peers.remember(b, "node:x/1", at: at(0))
        guard case .unknown = peers.admit(a, "node:y/2", cost: 1, byteCount: 1, at: at(0)) else {
            Issue.record("admitted with another key than said hello")
            return
        }
        guard case .admitted = peers.admit(a, "node:x/1", cost: 10, byteCount: 1, at: at(0)) else {
            Issue.record("not admitted")
            return
        }
        guard case .slowDown = peers.admit(b, "node:x/1", cost: 1, byteCount: 1, at: at(0)),
            case .admitted = peers.charge("node:y/2", cost: 1, at: at(0))
        else {
            Issue.record("a share of a connection, or of all keys")
            return
        }
        peers.sweep { $0 == a }
        #expect(peers.count == 1 && peers.isKnown(a))
    }
}
