import Coordinator
import Keys
import Logging
import SwiftProtobuf
import Testing
import Tickets
import Wire
import ZeroMQ

/// Real sockets, with CURVE; the broker is a ROUTER of the test. One at a time: a process has one ZAP handler.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct CoordinatorServiceTests {
    @Test func `figures come from the broker, and accounts from the nodes`() async throws {
        try await withCoordinator { desk in
            try desk.withBroker { broker in
                try broker.serve(until: {
                    desk.service.ledger.statsAt != nil && !desk.service.ledger.nodes.isEmpty
                })
                try desk.withPeer("node") { node in
                    try node.sendOnceConnected(
                        push(metrics(counters: ["refused": 2], tally: tally(claims: 3))))
                    try broker.serve(until: { !desk.service.ledger.sources.isEmpty })
                }
                broker.stats.tallies = [tally(claims: 3)]
                try broker.serve(until: { agreed(desk) })
            }
            let report = try desk.figures("admin")
            #expect(report.totals.submitted == 9)
            #expect(report.totals.conserved)
            #expect(report.reconciled)
            #expect(report.nodes.map(\.name) == ["a"])
            #expect(report.nodes.first?.own?.claims == 3)
            #expect(desk.service.metricsText().contains("switchboard_tickets_submitted_total 9\n"))
        }
    }

    @Test func `a broker that dies makes the figures stale, and nothing stops`() async throws {
        try await withCoordinator { desk in
            try desk.withBroker { broker in
                try broker.serve(until: { desk.service.health().isHealthy })
            }
            // The broker is gone. Only time tells: three seconds of silence.
            let deadline = ContinuousClock.now + .seconds(30)
            while desk.service.health().isHealthy {
                try #require(ContinuousClock.now < deadline)
                // No signal can exist for something that does not happen any more.
                try await Task.sleep(for: .milliseconds(50))
            }
            let report = try desk.figures("agent")
            #expect(report.stale)
            #expect(report.totals.submitted == 9)
            #expect(try #require(report.ageMs) > Ledger.staleMilliseconds)
            #expect(desk.service.metricsText().contains("switchboard_figures_stale 1\n"))
            try desk.withPeer("node") { node in
                try node.sendOnceConnected(push(metrics("late")))
                // The answer to a question that was sent after it.
                try node.sendOnceConnected(figuresQuestion.encoded())
                _ = try nextReport(node)
            }
            #expect(desk.service.ledger.sources[SourceID(.node, "late")] != nil)
        }
    }

    @Test func `a broker that comes back is asked again`() async throws {
        try await withCoordinator { desk in
            try desk.withBroker { broker in
                try broker.serve(until: { desk.service.ledger.statsAt != nil })
            }
            try desk.withBroker { broker in
                broker.stats.position = 77
                broker.stats.totals.submitted = 10
                broker.stats.totals.waiting = 7
                // It knows no session: hello is said again.
                try broker.serve(until: { desk.service.ledger.stats?.position == 77 })
            }
            #expect(desk.service.ledger.stats?.totals.submitted == 10)
        }
    }

    @Test func `a stranger in the broker's place does not end the attempts`() async throws {
        try await withCoordinator { desk in
            do {
                // Speaks ZeroMQ without CURVE: libzmq never tries that endpoint again by itself.
                let stranger = try Socket(.router)
                let endpoint = try bindOnceFree(stranger, desk.configuration.brokerEndpoint)
                let monitored = try SocketMonitor(of: stranger)
                try waitForFailure(monitored)
                try stranger.unbind(endpoint)
            }
            try desk.withBroker { broker in
                try broker.serve(until: { desk.service.health().isHealthy })
            }
        }
    }

    @Test func `a node that counts too much is noticed`() async throws {
        try await withCoordinator { desk in
            try desk.withBroker { broker in
                broker.stats.tallies = [tally(claims: 2)]
                try desk.withPeer("node") { node in
                    try node.sendOnceConnected(push(metrics(tally: tally(claims: 3))))
                    try broker.serve(until: { !desk.service.ledger.reconciliation.isOK })
                }
                #expect(desk.service.health().status == "mismatch")
                #expect(desk.service.health().isHealthy)
                #expect(desk.service.metricsText().contains("switchboard_reconciled 0\n"))
            }
        }
    }

    @Test func `a key does only what its role may`() async throws {
        try await withCoordinator { desk in
            // A channel neither reports nor asks.
            try desk.withPeer("client") { client in
                try client.sendOnceConnected(push(metrics("mallory")))
                try client.sendOnceConnected(figuresQuestion.encoded())
                let error = try nextItem(client).error
                #expect(error.code == ErrorCode.notAuthorised.rawValue)
                #expect(error.queryID == 5)
            }
            // A node does not report for the broker.
            try desk.withPeer("node") { node in
                try node.sendOnceConnected(push(metrics("broker", source: "broker")))
                try node.sendOnceConnected(figuresQuestion.encoded())
                _ = try nextReport(node)
            }
            #expect(desk.service.ledger.sources.isEmpty)
            #expect(desk.service.ledger.intake[.refused] == 2)
        }
    }

    @Test func `nonsense is answered or ignored, and ends nothing`() async throws {
        try await withCoordinator { desk in
            try desk.withPeer("admin") { admin in
                try admin.sendOnceConnected([0xFF, 0xFF, 0xFF])
                #expect(try nextItem(admin).error.code == ErrorCode.malformedFrame.rawValue)
                try admin.sendOnceConnected([])
                #expect(try nextItem(admin).error.code == ErrorCode.unsupportedVersion.rawValue)
                let tickets = ProtoToCoordinator.with {
                    $0.version = wireVersion
                    $0.query = .with { ($0.id, $0.ticket) = (9, .with { $0.number = 1 }) }
                }
                try admin.sendOnceConnected(tickets.encoded())
                #expect(try nextItem(admin).error.queryID == 9)
                try admin.sendOnceConnected(figuresQuestion.encoded())
                _ = try nextReport(admin)
            }
        }
    }

    @Test func `an endpoint in use is an error that names it`() async throws {
        try await withCoordinator { desk in
            var configuration = desk.configuration
            configuration.endpoint = desk.endpoint
            configuration.startsZapHandler = false
            let second = CoordinatorService(configuration, logger: quietLogger)
            let error = await #expect(throws: CoordinatorError.self) { try await second.run() }
            #expect(error == .endpointInUse(desk.endpoint))
        }
    }

    private func waitForFailure(_ monitor: borrowing SocketMonitor) throws {
        var poller = Poller([monitor.pollItem])
        while true {
            if case .handshakeFailed = try monitor.next() { return }
            guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else { throw NothingCame() }
        }
    }

    /// Whether the coordinator compared an account with the log and found them the same.
    private func agreed(_ desk: CoordinatorDesk) -> Bool {
        desk.service.ledger.reconciliation.runs.values.contains {
            $0.own == $0.log && $0.own != nil && $0.verdict == .agrees
        }
    }
}
