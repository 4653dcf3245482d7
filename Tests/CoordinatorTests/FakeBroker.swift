import Coordinator
import Foundation
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// Nothing came within 20 seconds: far longer than any loopback needs, so that a broken test ends with its name.
struct NothingCame: Error {}

/// The broker's side of the protocol as far as a coordinator sees it.
struct FakeBroker: ~Copyable {
    let router: Socket
    var stats = CoordinatorTests.stats(position: 40, submitted: 9, waiting: 6, solved: 3)
    var nodes: [ProtoNodeInfo] = [
        .with { ($0.name, $0.incarnation, $0.line, $0.seats, $0.freeSeats) = ("a", 1, "line-one", 4, 1) }
    ]
    private var welcomed: Set<Peer> = []

    init(router: consuming Socket) {
        self.router = router
    }

    /// Answers whatever comes until the condition holds.
    mutating func serve(until isDone: () -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var poller = Poller([router.pollItem])
        while !isDone() {
            guard ContinuousClock.now < deadline else { throw NothingCame() }
            try poller.wait(timeoutMilliseconds: 10)
            let routed = try router.receiveRouted { peer, userID, payload in
                (peer, userID, ProtoToBroker.decode(payload))
            }
            guard case .message((let peer, let userID, .success(let envelope))) = routed else { continue }
            guard let item = answer(envelope, from: peer, userID) else { continue }
            let frame = ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, [item]) }
            _ = try router.send(frame.encoded(), to: peer)
        }
    }

    private mutating func answer(
        _ envelope: ProtoToBroker, from peer: Peer, _ userID: String?
    ) -> ProtoItem? {
        if case .hello = envelope.body, userID?.hasPrefix("coordinator:coordinator/") == true {
            welcomed.insert(peer)
            return .with {
                $0.welcome = .with { ($0.incarnation, $0.heartbeatMs, $0.leaseMs) = (1, 5_000, 9_000) }
            }
        }
        guard welcomed.contains(peer) else {
            return .with { $0.error = ProtoError(Refusal(.unknownSession, "say hello")) }
        }
        switch envelope.body {
        case .ping: return .with { $0.pong = ProtoPong() }
        case .query(let query):
            var result = ProtoQueryResult()
            result.id = query.id
            result.position = stats.position
            if case .nodes = query.question {
                result.nodes = .with { $0.nodes = nodes }
            } else {
                result.stats = stats
            }
            return .with { $0.queryResult = result }
        case .hello, .commands, .seats, .goodbye, nil: return nil
        }
    }
}

extension Socket {
    /// Sends as soon as the other end has let us in.
    borrowing func sendOnceConnected(_ bytes: [UInt8]) throws {
        var poller = Poller([pollItem])
        poller.setWaitsToSend(0, true)
        while try send(bytes) == .full {
            guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else { throw NothingCame() }
        }
    }
}

/// The next item that the coordinator sends to a peer.
func nextItem(_ peer: borrowing Socket) throws -> ProtoItem {
    var poller = Poller([peer.pollItem])
    while true {
        guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else { throw NothingCame() }
        guard let frame = try peer.receive({ ProtoFromBroker.decode($0) }) else { continue }
        guard let item = try frame.get().items.first else { throw NothingCame() }
        return item
    }
}

/// The next item, which must be a report.
func nextReport(_ peer: borrowing Socket) throws -> FiguresReport {
    let item = try nextItem(peer)
    guard case .figures(let figures) = item.queryResult.result, item.queryResult.id == 5 else {
        throw NothingCame()
    }
    return try JSONDecoder().decode(FiguresReport.self, from: Data(figures.json.utf8))
}

let figuresQuestion = ProtoToCoordinator.with {
    $0.version = wireVersion
    $0.query = .with { ($0.id, $0.figures) = (5, .with { $0.seconds = 60 }) }
}

/// A frame of metrics.
func push(_ metrics: ProtoMetrics) -> [UInt8] {
    ProtoToCoordinator.with { ($0.version, $0.body) = (wireVersion, .metrics(metrics)) }.encoded()
}
