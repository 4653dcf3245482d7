import Client
import Desk
import Node
import Tickets

/// The nodes: their real logic, and handlers that decide by chance.
extension Cluster {
    mutating func startWorker(_ index: Int, _ peer: Int, _ now: Int64) {
        let wall = peers[peer].clock.wall(at: time).milliseconds
        let worker = workers[index]
        let identity = NodeIdentity(
            name: worker.name, incarnation: UInt64(wall) * 1_000 + UInt64(time % 1_000),
            line: settings.lines[worker.line].name, seats: worker.seats)
        var session = SessionSettings(node: identity)
        session.retriesRefusals = true
        session.window = max(256, 2 * worker.seats)
        session.answerMilliseconds = plan.swarm.answerMilliseconds
        session.helloMilliseconds = plan.swarm.helloMilliseconds
        session.batchCommandsMax = plan.swarm.batchCommandsMax
        peers[peer].session = BrokerSession(session, now: now / 1_000)
        var logic = NodeLogic.Settings(
            identity: identity, drainGraceMilliseconds: plan.swarm.workMillisecondsMax / 2,
            commandSeed: witness.addSender())
        logic.acceptsAtOnce = plan.swarm.offerMilliseconds == nil
        workers[index].logic = NodeLogic(logic)
        workers[index].works = [:]
        workers[index].accepted = []
        workers[index].decided = []
        workers[index].isAskedToDrain = false
        workers[index].drainsAtGrant = false
        beginShift(index)
        if plan.swarm.hasCoordinator {
            queue.insert(.pushes(peer: peer, run: peers[peer].run), at: time + 1_000_000)
        }
    }

    /// A node's turn, after its session has read what came.
    mutating func work(_ index: Int, _ now: Int64) {
        let peer = workers[index].peer
        for event in sessionEvents {
            judge(event)
            workers[index].logic.take(event, &peers[peer].session, now: now, into: &directives)
        }
        if workers[index].logic.account.duplicateGrants > 0 {
            witness.markers.reach(.grantAgainAfterReconnecting)
        }
        for claim in workers[index].accepted {
            workers[index].logic.accept(claim, &peers[peer].session, now: now, into: &directives)
        }
        workers[index].accepted.removeAll(keepingCapacity: true)
        if workers[index].isBack { workers[index].logic.comeBack(&peers[peer].session) }
        workers[index].isBack = false
        for ticket in workers[index].decided { finish(ticket, index, peer, now) }
        workers[index].decided.removeAll(keepingCapacity: true)
        if workers[index].isAskedToDrain {
            workers[index].isAskedToDrain = false
            workers[index].logic.drain(&peers[peer].session, now: now, into: &directives)
        }
        workers[index].logic.tick(&peers[peer].session, now: now, into: &directives)
        carryOut(index)
    }

    private mutating func judge(_ event: SessionEvent) {
        switch event {
        case .answered(let id, .success(let answer)): witness.seeAnswer(id, answer)
        case .answered(let id, .failure(let refusal)): witness.seeRefusal(id, refusal)
        case .revoked: witness.markers.reach(.leaseExpiredWhileItsNodeWorked)
        case .welcomed, .granted, .queryResult, .dismissed: break
        }
    }

    private mutating func carryOut(_ index: Int) {
        if directives.isEmpty { return }
        for directive in directives {
            switch directive {
            case .start(let assignment): start(assignment, index)
            case .cancel(let claim): cancel(claim, index)
            case .announceReady, .log: break
            }
        }
        directives.removeAll(keepingCapacity: true)
    }

    private mutating func start(_ assignment: Assignment, _ index: Int) {
        witness.seeGrant(assignment)
        workers[index].works[assignment.number] = assignment
        let most = plan.swarm.workMillisecondsMax * 1_000
        let run = peers[workers[index].peer].run
        var begins = time
        if let offer = assignment.offerMilliseconds {
            guard let taken = acceptance(within: offer, index) else { return }
            begins += taken
            queue.insert(
                .accepts(worker: index, run: run, assignment.number, assignment.token), at: begins)
        }
        queue.insert(
            .decides(worker: index, run: run, assignment.number, assignment.token),
            at: begins + workers[index].chance.below(most) + 1)
    }

    /// After how many microseconds somebody takes an offer; nil when nobody is there, or sees it.
    private mutating func acceptance(within offer: Int64, _ index: Int) -> Int64? {
        guard phase == .safety else { return 1 }
        if workers[index].chance.happens(perMille: plan.swarm.missesPerMille) { return nil }
        // Some are too late.
        return workers[index].chance.magnitude(1_000...offer * 1_100)
    }

    private mutating func cancel(_ claim: HeldClaim, _ index: Int) {
        let lost = workers[index].works.removeValue(forKey: claim.ticket)
        guard lost?.offerMilliseconds != nil else { return }
        let away = workers[index].chance.magnitude(1_000...20_000_000)
        let run = peers[workers[index].peer].run
        queue.insert(.returns(worker: index, run: run), at: time + away)
    }

    mutating func accept(_ index: Int, _ run: Int, _ ticket: TicketNumber, _ token: Token) {
        let peer = workers[index].peer
        guard peers[peer].isRunning, peers[peer].run == run, workers[index].isAt(ticket, token) else {
            return
        }
        workers[index].accepted.append(HeldClaim(ticket: ticket, token: token))
        wake(peer, at: time)
    }

    mutating func comeBack(_ index: Int, _ run: Int) {
        let peer = workers[index].peer
        guard peers[peer].isRunning, peers[peer].run == run else { return }
        workers[index].isBack = true
        wake(peer, at: time)
    }

    /// A handler has decided.
    mutating func decide(_ index: Int, _ run: Int, _ ticket: TicketNumber, _ token: Token) {
        let peer = workers[index].peer
        guard peers[peer].isRunning, peers[peer].run == run, workers[index].isAt(ticket, token) else {
            return
        }
        workers[index].decided.append(ticket)
        wake(peer, at: time)
    }

    private mutating func finish(_ ticket: TicketNumber, _ index: Int, _ peer: Int, _ now: Int64) {
        guard let assignment = workers[index].works.removeValue(forKey: ticket) else { return }
        let claim = HeldClaim(ticket: ticket, token: assignment.token)
        let wall = peers[peer].clock.wall(at: time)
        guard let decision = decision(assignment, index) else {
            return workers[index].logic.fail(
                claim, reason: "the handler failed", &peers[peer].session, now: now, into: &directives)
        }
        workers[index].logic.finish(
            claim, decision, wall: wall, &peers[peer].session, now: now, into: &directives)
    }

    /// What a handler makes of a ticket; nil when it fails.
    private mutating func decision(_ work: Assignment, _ index: Int) -> Node.Decision? {
        let swarm = plan.swarm
        var draw = workers[index].chance.below(1_000)
        let isKind = phase != .safety
        let notes = draw % 97 < swarm.notesPerMille / 10 ? [Text.note(work.number, work.token)] : []
        func isNext(_ perMille: Int) -> Bool {
            draw -= perMille
            return draw < 0
        }
        if !isKind {
            if isNext(swarm.failuresPerMille) { return nil }
            if isNext(swarm.declinesPerMille) {
                return Node.Decision(.decline(reason: "not mine"), notes: notes)
            }
            if isNext(swarm.releasesPerMille) {
                return Node.Decision(.release(reason: "later", failed: draw % 2 == 0), notes: notes)
            }
        }
        if isNext(swarm.pendingsPerMille) { return Node.Decision(pending(work, draw, isKind), notes: notes) }
        let isSentOn = isNext(swarm.escalationsPerMille)
        let target = target(above: workers[index].line, abs(draw))
        if isSentOn, target.isSent {
            return Node.Decision(
                .escalate(
                    note: Text.note(work.number, work.token), to: target.to,
                    budget: budget(of: work.number, abs(draw))),
                fields: checklist(of: work.number, abs(draw)), notes: notes)
        }
        if work.isEscalated, !isKind, draw % 31 == 0 {
            // Not the way back: it is refused.
            let note = Text.note(work.number, work.token)
            return Node.Decision(.escalate(note: note, to: "line-one"), notes: notes)
        }
        if work.isEscalated, !isKind, draw % 23 == 0 {
            // Not every line may answer: then it is refused.
            return Node.Decision(.resolve(reply: Text.reply(work.number, work.token)), notes: notes)
        }
        if work.isEscalated, !settings.lines[workers[index].line].answersEscalated || draw % 3 == 0 {
            return Node.Decision(.handBack(note: Text.note(work.number, work.token)), notes: notes)
        }
        let reply = draw % 8 == 0 ? nil : Text.reply(work.number, work.token)
        return Node.Decision(.resolve(reply: reply), notes: notes)
    }

    private func pending(_ work: Assignment, _ draw: Int, _ isKind: Bool) -> Node.Decision.Outcome {
        let canReply = !work.isEscalated
        let wakes = isKind || draw % 4 != 0 ? Int64(1_000 + abs(draw) % 7 * 3_000) : nil
        return .pend(
            reply: canReply && draw % 2 == 0 ? Text.reply(work.number, work.token) : nil,
            onHold: draw % 3 == 0, wakeAfterMilliseconds: wakes, reason: "waits")
    }
}
