import Client
import Coordinator
import Node
import Tickets
import Wire

/// Nodes report to the coordinator, and it compares what they say with the log.
extension Cluster {
    private var coordinatorNow: Int64 { time / 1_000 }

    /// The pause between two reports of a node: a report holds all its latencies, and a run is to be quick. Half of the
    /// silence after which the coordinator takes a node for one that does not report.
    private static let pushMicroseconds: Int64 = 4_000_000

    /// A node pushes what it has done since its start. Nothing waits for that, and nobody answers.
    mutating func push(_ peer: Int, _ run: Int) {
        guard case .worker(let index) = peers[peer].role, peers[peer].isRunning, peers[peer].run == run else {
            return
        }
        let next = max(time + Self.pushMicroseconds, peers[peer].pausedUntil)
        queue.insert(.pushes(peer: peer, run: run), at: next)
        guard peers[peer].pausedUntil <= time else { return }
        let wall = peers[peer].clock.wall(at: time)
        let bytes = workers[index].logic.metrics(peers[peer].session, wall: wall).encoded()
        let delays = coordinator.delays(isKind: phase != .safety)
        if delays.isEmpty { witness.markers.reach(.metricsLost) }
        for delay in delays { queue.insert(.metrics(bytes), at: time + delay) }
    }

    mutating func takeMetrics(_ bytes: [UInt8]) {
        guard case .success(let envelope) = bytes.withUnsafeBytes({ ProtoToCoordinator.decode($0) }),
            case .metrics(let metrics)? = envelope.body, let name = Name(metrics.name)
        else { return _ = witness.findings.expect(.i6, false, "a node's metrics cannot be read") }
        let run = NodeRun(name, metrics.incarnation)
        let known = coordinator.ledger.reconciliation.runs[run]?.own ?? Tally()
        if coordinator.ledger.take(metrics, at: coordinatorNow) == .old {
            witness.markers.reach(.metricsOutOfOrder)
        }
        let own = coordinator.ledger.reconciliation.runs[run]?.own ?? Tally()
        witness.findings.expect(
            .m3, known.excess(over: own).isZero, "\(name) is known to have done \(known), then \(own)")
        let logged = witness.tally(of: run)
        witness.findings.expect(
            .m2, own.excess(over: logged).isZero, "\(name) says it did \(own), the log \(logged)")
        trace.add(own.total)
    }

    mutating func askForFigures() {
        queue.insert(.asks, at: time + 1_000_000)
        if phase == .safety, coordinator.restarts() { witness.markers.reach(.coordinatorRestarted) }
        queue.insert(.asked(at: coordinatorNow), at: time + coordinator.latency())
    }

    mutating func answerForFigures(askedAt: Int64) {
        // It asks again, when there is no answer.
        guard broker.isRunning, broker.pausedUntil <= time else { return }
        coordinator.answer(witness, broker.exchange, askedAt: askedAt)
        if coordinator.view.position < witness.position.rawValue {
            witness.markers.reach(.figuresBehindTheLog)
        }
        queue.insert(.figures, at: time + coordinator.latency())
    }

    mutating func takeFigures() {
        guard !coordinator.readings.isEmpty else { return }
        let reading = coordinator.readings.removeFirst()
        coordinator.ledger.take(reading.nodes, at: coordinatorNow)
        coordinator.ledger.take(
            reading.stats, viewPosition: reading.viewPosition, askedAt: reading.askedAt, at: coordinatorNow)
        for tally in witness.tallies {
            let run = NodeRun(tally.node, tally.incarnation)
            guard let entry = coordinator.ledger.reconciliation.runs[run] else { continue }
            if entry.verdict == .lagging { witness.markers.reach(.accountBehindTheLog) }
            if entry.verdict == .unreported { witness.markers.reach(.accountOfARunThatEnded) }
            // Answers that a partition keeps from a node make it fall behind; nothing makes it go ahead.
            let isBehind = !entry.log.excess(over: entry.own ?? Tally()).isZero
            witness.findings.expect(
                .m2, entry.verdict != .mismatch || isBehind,
                "the coordinator accuses \(run.node), who did what the log says")
        }
        trace.add(coordinator.ledger.reconciliation.mismatchesSeen)
    }

    /// Whom the coordinator does not agree with, though all is well; nil when there is nobody.
    var unreconciled: String? {
        guard plan.swarm.hasCoordinator else { return nil }
        for worker in workers where peers[worker.peer].isRunning {
            let identity = worker.logic.settings.identity
            let run = NodeRun(identity.name, identity.incarnation)
            let own = coordinator.ledger.reconciliation.runs[run]?.own ?? Tally()
            var missing = witness.tally(of: run).excess(over: own)
            // Grants get lost with their connection.
            missing.claims = 0
            if !missing.isZero { return "the coordinator does not know \(missing) of \(worker.name)" }
        }
        return coordinator.ledger.reconciliation.isOK ? nil : "the coordinator finds a mismatch"
    }
}

extension Witness {
    /// What a run of a node did, by the log.
    func tally(of run: NodeRun) -> Tally {
        guard
            let logged = tallies.last(where: { $0.incarnation == run.incarnation && $0.node == run.node })
        else { return Tally() }
        var tally = Tally()
        (tally.claims, tally.notes, tally.replies) = (logged.claims, logged.notes, logged.replies)
        (tally.escalated, tally.handedBack) = (logged.escalated, logged.handedBack)
        (tally.resolved, tally.pended, tally.released) = (logged.resolved, logged.pended, logged.released)
        return tally
    }
}
