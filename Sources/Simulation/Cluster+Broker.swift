import Broker
import Desk
import ProtoBytes
import Storage
import Tickets

/// The broker's turns, its commits, its end and its start.
extension Cluster {
    mutating func wakeBroker(at moment: Int64) {
        let moment = max(moment, broker.pausedUntil)
        guard broker.isRunning, broker.wakeup.soonAt > moment else { return }
        broker.wakeup.soonAt = moment
        queue.insert(.brokerTurn, at: moment)
    }

    mutating func fireBrokerTimer() {
        guard broker.isRunning, broker.wakeup.timerAt == time else { return }
        broker.wakeup.timerAt = .max
        guard broker.wakeup.wantedAt <= time else { return armBroker() }
        guard broker.pausedUntil <= time else { return wakeBroker(at: time) }
        takeBrokerTurn()
    }

    mutating func turnBroker() {
        guard broker.isRunning, broker.wakeup.soonAt == time else { return }
        broker.wakeup.soonAt = .max
        guard broker.pausedUntil <= time else { return wakeBroker(at: time) }
        takeBrokerTurn()
    }

    private mutating func takeBrokerTurn() {
        let request = broker.takeTurn(at: time, &connections, keys, &witness)
        if request.hasFailed {
            witness.markers.reach(.diskFailed)
            return crashBroker(for: 500_000)
        }
        for directive in request.leaving {
            witness.seeLeaving(directive)
            note(directive)
        }
        if let records = request.records { beginCommit(records) }
        for desk in request.snapshot { takeSnapshot(of: desk) }
        sendBrokersFrames()
        beginReadingBack()
        if audits { compareDesk() }
        if broker.isOver { return endDrainedBroker() }
        let wanted = broker.sleep(at: time)
        if wanted <= time + plan.swarm.frameCost {
            wakeBroker(at: time + plan.swarm.frameCost)
        } else {
            broker.wakeup.wantedAt = wanted
            armBroker()
        }
    }

    /// Compares what has changed; all of it, and what should have happened, now and then.
    private mutating func compareDesk() {
        if !broker.changed.isEmpty { witness.settle(broker.exchange, &broker.changed) }
        guard broker.exchange.desk.position == witness.position else { return }
        if events >= nextScan {
            nextScan = events + 2_048
            witness.scan(broker.exchange)
        }
        if events >= nextLook {
            nextLook = events + 256
            witness.lookAtDeclined(broker.exchange)
        }
    }

    private mutating func armBroker() {
        guard broker.wakeup.timerAt > broker.wakeup.wantedAt else { return }
        broker.wakeup.timerAt = broker.wakeup.wantedAt
        queue.insert(.brokerTimer, at: broker.wakeup.wantedAt)
    }

    private mutating func sendBrokersFrames() {
        if broker.outbox.isEmpty { return }
        for (session, bytes) in broker.outbox { send(bytes, to: session) }
        broker.outbox.removeAll(keepingCapacity: true)
    }

    private mutating func note(_ directive: Directive) {
        switch directive {
        case .unknownSession: witness.markers.reach(.sessionLost)
        case .grant(let session, let grant):
            meetGrant(to: session)
            let index = Int(grant.ticket.number.rawValue) - 1
            guard witness.cases.indices.contains(index) else { return }
            witness.cases[index].messageShown = max(
                witness.cases[index].messageShown, grant.ticket.lastMessage)
        case .refuse(_, _, let refusal):
            if refusal.code == .draining || refusal.code == .diskNearlyFull {
                witness.markers.reach(.submissionRefusedForNow)
            }
        case .dismiss(_, let refusal):
            if refusal.code == .superseded { witness.markers.reach(.nodeSuperseded) }
        case .welcome, .answer, .revoke, .pong: break
        }
    }

    // MARK: - The disk

    private mutating func beginCommit(_ records: [Record]) {
        let microseconds = disk.begin(records)
        queue.insert(.committed(run: broker.run), at: time + microseconds)
    }

    mutating func finishCommit(_ run: Int) {
        guard broker.isRunning, run == broker.run else { return }
        guard let records = disk.finish() else {
            broker.posts.append(.storeFailed(StoreError(.inputOutput, "the disk failed")))
            return wakeBroker(at: time)
        }
        if !broker.gathering.isEmpty { witness.markers.reach(.turnDecidedDuringACommit) }
        trace.add(records.last?.position.rawValue ?? 0)
        witness.follow(records, epoch: broker.epoch)
        if audits, broker.changed.isEmpty {
            broker.changed = records
        } else if audits {
            broker.changed += records
        }
        broker.posts.append(.committed)
        wakeBroker(at: time)
    }

    private mutating func takeSnapshot(of desk: Desk) {
        snapshots.append(desk)
        queue.insert(.snapshotTaken(run: broker.run), at: time + 20_000)
        guard let away = awayAfterSnapshot.take() else { return }
        queue.insert(.crashInSnapshot(run: broker.run, for: away), at: time + 10_000)
    }

    mutating func crashInSnapshot(_ run: Int, for microseconds: Int64) {
        guard phase == .safety, run == broker.run else { return }
        crashBroker(for: microseconds)
    }

    mutating func keepSnapshot(_ run: Int) {
        guard broker.isRunning, run == broker.run, let desk = snapshots.first else { return }
        snapshots.removeFirst()
        do {
            try disk.store.openSnapshots().save(desk)
        } catch {
            witness.findings.expect(.audit, false, "a snapshot could not be taken: \(error)")
        }
    }

    private mutating func beginReadingBack() {
        while broker.readBacksAsked < broker.readBacks.count {
            broker.readBacksAsked += 1
            queue.insert(.readBack(run: broker.run), at: time + 5_000)
        }
    }

    /// The librarian has read the conversation of the oldest grant that waits for one.
    mutating func readBack(_ run: Int) {
        guard broker.isRunning, run == broker.run, !broker.readBacks.isEmpty else { return }
        let (session, grant) = broker.readBacks.removeFirst()
        broker.readBacksAsked -= 1
        let records = disk.conversation(of: grant.ticket.number)
        guard let conversation = Conversation(records) else { return }
        witness.markers.reach(.grantReadBack)
        broker.posts.append(.conversation(session, grant, conversation))
        wakeBroker(at: time)
    }

    // MARK: - End and start

    /// The broker's process ends at once.
    mutating func crashBroker(for microseconds: Int64) {
        guard broker.isRunning else { return }
        broker.isRunning = false
        witness.markers.reach(.brokerCrashed)
        if disk.isBusy { witness.markers.reach(.brokerCrashedInACommit) }
        let wasBusy = disk.isBusy
        let kept = disk.crash()
        if wasBusy { witness.markers.reach(kept.isEmpty ? .commitOnItsWayWasLost : .commitOnItsWayWasKept) }
        witness.follow(kept, epoch: broker.epoch)
        tearSnapshot()
        for index in peers.indices { disconnect(index, isAbrupt: false) }
        queue.insert(.startBroker, at: time + microseconds)
    }

    /// The broker ended while it wrote a snapshot.
    private mutating func tearSnapshot() {
        guard let desk = snapshots.first else { return }
        do {
            if try disk.crash(writing: desk) { witness.markers.reach(.snapshotTorn) }
        } catch {
            witness.findings.expect(.audit, false, "a snapshot could not be written: \(error)")
        }
    }

    private mutating func endDrainedBroker() {
        witness.markers.reach(.brokerDrained)
        snapshots = [broker.exchange.desk]
        keepSnapshot(broker.run)
        broker.isRunning = false
        for index in peers.indices { disconnect(index, isAbrupt: false) }
        queue.insert(.startBroker, at: max(time + 10_000, broker.downUntil))
    }

    mutating func startBroker() {
        guard !broker.isRunning else { return }
        snapshots = []
        do {
            let epoch = try disk.open()
            let recovered = try Recovery.loadDesk(from: disk.store, settings: settings)
            if time > 0 {
                witness.markers.reach(
                    recovered.snapshot == nil ? .restartWithoutASnapshot : .restartFromASnapshot)
            }
            witness.findings.expect(.l2, epoch > witness.epoch, "epoch \(epoch) after \(witness.epoch)")
            witness.findings.expect(
                .k2, recovered.desk.position == witness.position,
                "the log ends at \(recovered.desk.position), committed was \(witness.position)")
            broker.start(recovered.desk, epoch: epoch, at: time)
            witness.compareAll(recovered.desk)
            witness.renewAll(broker.exchange.now)
        } catch {
            witness.findings.expect(.k2, false, "the log cannot be read after a crash: \(error)")
        }
        if disk.isNearlyFull { broker.posts.append(.intake(.diskNearlyFull)) }
        wakeBroker(at: time)
    }
}

extension Conversation {
    /// The conversation that records made; the first of them is the submission.
    init?(_ records: [Record]) {
        guard let first = records.first, case .submitted(let ticket, _, let submission) = first.event else {
            return nil
        }
        var writer = ProtoWriter()
        self.init(submission, author: first.author.displayName, at: first.at, &writer)
        for record in records.dropFirst() {
            guard let (kind, number, text) = record.event.said(in: ticket) else { continue }
            append(kind, number, text, author: record.author.displayName, at: record.at, &writer)
        }
    }
}

extension Event {
    /// What it adds to a conversation after the request.
    fileprivate func said(in ticket: TicketNumber) -> (EntryKind, UInt32, String)? {
        switch self {
        case .followedUp(_, let entry, let body, _): (.message, entry, body)
        case .noted(_, _, let entry, let text): (.note, entry, text.text)
        case .replied(_, _, let reply): (.reply, reply.entry, reply.text.text)
        case .resolved(_, _, let reply): reply.map { (.reply, $0.entry, $0.text.text) }
        case .escalated(_, _, _, let entry, let note, _), .handedBack(_, _, _, let entry, let note):
            (.note, entry, note.text)
        case .alerted(_, _, let notice): notice.map { (.reply, $0.entry, $0.text.text) }
        case .acknowledged(_, let letter, _): (.reply, letter.entry, letter.text.text)
        case .improved(let improvement):
            improvement.reply(to: ticket).map { (.reply, $0.entry, $0.text.text) }
        case .submitted, .claimed, .pended, .woke, .released, .closed, .amended, .tookOver, .merged,
            .configured, .overflowed:
            nil
        }
    }
}
