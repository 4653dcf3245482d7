import Broker
import Client
import Desk
import Node
import Storage
import Tickets

extension Cluster {
    /// Runs until everything is over, or something is wrong.
    ///
    /// Without `audits` the desk is not compared with its log, at any turn or at the end: what that finds follows from
    /// what the digest covers, so a second run with the same digest needs none.
    package consuming func run(audits: Bool = true) -> Outcome {
        self.audits = audits
        while phase != .over, witness.findings.violation == nil, let (time, event) = queue.popFirst() {
            self.time = time
            witness.findings.time = time
            witness.findings.event = events
            happen(event)
        }
        trace.add(witness.position.rawValue)
        trace.add(disk.store.logDigest)
        if audits, witness.findings.violation == nil { audit() }
        return outcome
    }

    private mutating func happen(_ event: Occurrence) {
        events += 1
        if events % Self.eventsPerSecondMax == 0 {
            witness.findings.expect(
                .v5, time - lastCounted > 1_000_000, "\(Self.eventsPerSecondMax) events in less than a second"
            )
            lastCounted = time
        }
        trace.add(time)
        switch event {
        case .toBroker(let connection, let bytes): arriveAtBroker(connection, bytes)
        case .lateToBroker(let connection, let bytes): arriveLate(connection, bytes)
        case .toPeer(let connection, let bytes): arriveAtPeer(connection, bytes)
        case .brokerTurn: turnBroker()
        case .brokerTimer: fireBrokerTimer()
        case .peerTurn(let peer): turnPeer(peer)
        case .peerTimer(let peer): firePeerTimer(peer)
        case .committed(let run): finishCommit(run)
        case .readBack(let run): readBack(run)
        case .snapshotTaken(let run): keepSnapshot(run)
        case .crashInSnapshot(let run, let duration): crashInSnapshot(run, for: duration)
        case .connect(let peer): connect(peer)
        case .decides(let worker, let run, let ticket, let token): decide(worker, run, ticket, token)
        case .accepts(let worker, let run, let ticket, let token): accept(worker, run, ticket, token)
        case .returns(let worker, let run): comeBack(worker, run)
        case .acts(let sender): act(sender)
        case .pushes(let peer, let run): push(peer, run)
        case .metrics(let bytes): takeMetrics(bytes)
        case .asks: askForFigures()
        case .asked(let moment): answerForFigures(askedAt: moment)
        case .figures: takeFigures()
        case .fault(let index): begin(plan.faults[index], index)
        case .mend(let index): mend(plan.faults[index])
        case .startBroker: startBroker()
        case .startPeer(let peer): startPeer(peer)
        case .shiftEnds(let worker, let run): endShift(worker, run)
        case .heal: heal()
        case .look: look()
        }
    }

    /// More than this many in a second, a hundred times what is usual, is a loop.
    private static let eventsPerSecondMax = 50_000

    /// Faults are over: everything is mended, and customers go on for a while.
    private mutating func heal() {
        guard phase == .safety else {
            phase = .draining
            drainedSince = time
            queue.insert(.look, at: time + 1_000_000)
            return
        }
        phase = .healed
        disk.slowness = 1
        disk.failsNext = false
        disk.isNearlyFull = false
        if broker.isRunning { broker.posts.append(.intake(.open)) }
        broker.pausedUntil = min(broker.pausedUntil, time)
        wakeBroker(at: time)
        for index in peers.indices {
            peers[index].pausedUntil = min(peers[index].pausedUntil, time)
            peers[index].link.toBroker.closedUntil = min(peers[index].link.toBroker.closedUntil, time)
            peers[index].link.toPeer.closedUntil = min(peers[index].link.toPeer.closedUntil, time)
            wake(index, at: time)
        }
        queue.insert(.heal, at: time + 10_000_000)
    }

    /// V1, V3: whether everything has come to its end, within a time that is generous.
    private mutating func look() {
        let most: Int64 = 900_000_000
        let isLate = time - drainedSince >= most
        guard let (check, waits) = whatWaits(inWords: isLate) else {
            witness.findings.expect(.v1, true, "")
            witness.findings.expect(.v3, true, "")
            phase = .over
            return
        }
        guard !isLate else {
            witness.findings.expect(check, false, "\(most / 1_000_000) s after the last fault \(waits)")
            return
        }
        queue.insert(.look, at: time + 1_000_000)
    }

    /// What is not over yet, and which check says that it must be; nil when everything is.
    ///
    /// In words only when it is to be said: nearly every second of a run's end there is something.
    private func whatWaits(inWords: Bool) -> (Check, String)? {
        if witness.waitsForDesk(at: broker.now(at: time)) {
            guard inWords else { return (.v1, "") }
            let first = witness.cases.firstIndex { [.waiting, .claimed, .parked].contains($0.stage) }
            let one = first.map { "; \($0 + 1) is \(words(witness.cases[$0]))\(whyNot($0))" } ?? ""
            return (.v1, "there are \(witness.stages) tickets in their stages\(one)")
        }
        if !broker.isRunning || broker.awaiting != nil || !broker.gathering.isEmpty {
            return (.v3, "the broker works")
        }
        for peer in peers where peer.isRunning {
            if peer.session.unansweredCount > 0 { return (.v3, "\(peer.key.key) waits for an answer") }
        }
        for sender in senders where peers[sender.peer].isRunning && !sender.open.isEmpty {
            return (.v3, "\(sender.open.count) commands of \(peers[sender.peer].key.key) have no answer")
        }
        for worker in workers where peers[worker.peer].isRunning && worker.logic.heldCount > 0 {
            return (.v3, "\(worker.name) holds \(worker.logic.heldCount) tickets")
        }
        return unreconciled.map { (.m2, $0) }
    }

    private func words(_ ticket: Case) -> String {
        let holder = ticket.holder.map { " by \($0.displayName)" } ?? ""
        return "\(ticket.stage)\(holder) on \(settings.lines[ticket.line].name), came there from "
            + "\(ticket.frames.map { settings.lines[$0].name }), declined by \(ticket.declined), "
            + "of \(ticket.owner?.text ?? "nobody")\(ticket.isForOwner ? ", kept for them" : "")"
    }

    /// Why no node has it.
    private func whyNot(_ index: Int) -> String {
        let exchange = broker.exchange
        guard let standing = exchange.standing(of: TicketNumber(UInt64(index) + 1)) else { return "" }
        return exchange.presences().map { node in
            let reasons = exchange.obstacles(between: node.name, and: standing).map(\.text)
            return "; \(node.name): \(reasons.joined(separator: ", "))"
        }.joined()
    }

    private var outcome: Outcome {
        Outcome(
            plan: plan, violation: witness.findings.violation, microseconds: time, events: events,
            records: Int(witness.position.rawValue), digest: trace.digest, counts: witness.findings.counts,
            markers: witness.markers, faultCounts: faultCounts)
    }
}

extension Witness {
    /// Whether some ticket has not come to its end, and does not just wait for its customer.
    func waitsForDesk(at now: Moment) -> Bool {
        let busy: [Case.Stage] = [.waiting, .claimed, .parked]
        if busy.contains(where: { stages[Int($0.rawValue)] > 0 }) { return true }
        guard stages[Int(Case.Stage.pending.rawValue)] + stages[Int(Case.Stage.onHold.rawValue)] > 0 else {
            return false
        }
        // Until when is up to the node that said so, by its own wall clock. One that was merged meanwhile, or solved by
        // somebody who took it, wakes no more.
        let due = now.advanced(byMilliseconds: -5_000)
        return cases.indices[closedBelow...].contains { index in
            guard cases[index].stage == .pending || cases[index].stage == .onHold else { return false }
            return cases[index].wakes.map { $0 < due } == true
        }
    }
}

/// What came of a run.
package struct Outcome: Sendable {
    package var plan: Plan
    package var violation: Violation?
    /// Simulated time.
    package var microseconds: Int64
    package var events: Int
    /// Events of the desk's log.
    package var records: Int
    /// The digest of everything that happened.
    package var digest: UInt64
    /// How often each check was made, in the order of ``Check/allCases``.
    package var counts: [UInt64]
    package var markers: Markers
    /// How often each kind of fault happened.
    package var faultCounts: [Int]
}
