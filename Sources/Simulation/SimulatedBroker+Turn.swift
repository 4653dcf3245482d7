import Broker
import Desk
import ProtoBytes
import Storage
import SwiftProtobuf
import Tickets
import Wire

extension SimulatedBroker {
    /// What a turn asks of the cluster.
    struct Request {
        /// Store these.
        var records: [Record]?
        /// These leave; they are on disk.
        var leaving: [Directive] = []
        /// The store failed: the process ends, and nothing of this turn is done.
        var hasFailed = false
        /// The desk of which a snapshot is to be taken, if there is one.
        var snapshot: [Desk] = []

        mutating func leave(_ directives: [Directive]) {
            if leaving.isEmpty { leaving = directives } else { leaving += directives }
        }
    }

    /// Takes a turn: what was posted, what came in, what is due; then hands over what has gathered.
    mutating func takeTurn(
        at time: Int64, _ connections: inout [Connection], _ keys: [Author], _ witness: inout Witness
    ) -> Request {
        var request = Request()
        forgiveStall(at: time, &witness)
        takePosts(&request, at: time)
        if request.hasFailed { return request }
        receive(at: time, &connections, keys, &witness)
        exchange.endTurn(at: now(at: time), judges: mayJudge(at: time), into: &gathering.turn)
        for record in gathering.turn.records[gathering.followed...] {
            texts.follow(record)
            if case .submitted(let number, _, let submission) = record.event {
                witness.seeSubmitting(number, submission.channel)
            }
            if case .claimed(let number, let token, let holder, _) = record.event {
                witness.seeGranting(number, token, holder, exchange)
            }
        }
        gathering.followed = gathering.turn.records.count
        for directive in gathering.turn.directives[noted...] { witness.seeDeciding(directive) }
        handOver(&request)
        noted = gathering.turn.directives.count
        return request
    }

    /// Whatever kept the process, nobody else is to lose a lease for it.
    private mutating func forgiveStall(at time: Int64, _ witness: inout Witness) {
        let overslept = (clock.monotonic(at: time) - sleptAt) / 1_000 - timeoutMilliseconds
        guard overslept >= bounds.stallMilliseconds else { return }
        stalledMilliseconds += overslept
        witness.seeStall(milliseconds: overslept, at: now(at: time))
        exchange.handle(.stalled(milliseconds: overslept), at: now(at: time), into: &gathering.turn)
    }

    private mutating func mayJudge(at time: Int64) -> Bool {
        let now = clock.monotonic(at: time)
        guard inboxIsEmpty || now - judgedAt > 1_000_000 else { return false }
        judgedAt = now
        return true
    }

    private mutating func takePosts(_ request: inout Request, at time: Int64) {
        guard !posts.isEmpty else { return }
        swap(&posts, &taken)
        defer { taken.removeAll(keepingCapacity: true) }
        for post in taken {
            switch post {
            case .committed: settle(nil, &request)
            case .storeFailed(let error): settle(error, &request)
            case .conversation(let id, let grant, let conversation):
                guard let holder = exchange.desk.holder(of: grant.ticket.number, under: grant.ticket.token)
                else { continue }
                frames.frame(for: id).add { $0.item(grant, conversation, holder) }
                sendFrames()
            case .intake(let state):
                if isDraining { continue }
                isDraining = state == .draining
                exchange.handle(.intake(state), at: now(at: time), into: &gathering.turn)
            }
        }
    }

    private mutating func settle(_ failure: StoreError?, _ request: inout Request) {
        do {
            guard let outgoing = try Outgoing.settle(&awaiting, failure) else { return }
            request.snapshot = outgoing.snapshot
            request.leave(outgoing.directives)
            send(outgoing)
        } catch {
            request.hasFailed = true
        }
    }

    /// Hands the gathered turn over if the store is free, or sends it if there is nothing to store.
    private mutating func handOver(_ request: inout Request) {
        while let step = gathering.handOver(&awaiting) {
            switch step {
            case .leave(let outgoing):
                request.leave(outgoing.directives)
                send(outgoing)
            case .store(let records):
                let position = exchange.desk.position
                if position.rawValue - snapshotPosition.rawValue >= swarm.eventsPerSnapshot {
                    snapshotPosition = position
                    awaiting?.snapshot = [exchange.desk]
                }
                request.records = records
            }
        }
    }

    // MARK: - Sending

    private mutating func send(_ outgoing: Outgoing) {
        for directive in outgoing.directives { add(directive) }
        for (id, item) in outgoing.items { frames.frame(for: id).add { $0.item(item) } }
        sendFrames()
    }

    private mutating func sendFrames() {
        for frame in frames.outbound where frame.itemCount > 0 {
            outbox.append((frame.session, frame.writer.bytes))
        }
        frames.removeAll()
    }

    private mutating func add(_ directive: Directive) {
        switch directive {
        case .answer(let id, let command, let answer):
            frames.frame(for: id).add { $0.item(answer, of: command) }
        case .grant(let id, let grant):
            add(grant, to: id)
        case .refuse(let id, let command, let refusal):
            add(.refusal(refusal, of: command), to: id)
        case .welcome(let id, let welcome):
            add(.welcome(welcome, incarnation: epoch), to: id)
        case .revoke(let id, let number, let token, let reason, let isMissed):
            add(.revoked(number, token, reason, isMissed: isMissed), to: id)
        case .pong(let id):
            frames.frame(for: id).add { $0.pongItem() }
        case .unknownSession(let id):
            add(.refusal(Refusal(.unknownSession, "say hello first")), to: id)
        case .dismiss(let id, let refusal):
            add(.refusal(refusal), to: id)
        }
    }

    private mutating func add(_ grant: Grant, to id: SessionID) {
        guard let holder = exchange.desk.holder(of: grant.ticket.number, under: grant.ticket.token) else {
            return
        }
        guard let conversation = texts[grant.ticket.number] else { return readBacks.append((id, grant)) }
        frames.frame(for: id).add { $0.item(grant, conversation, holder) }
    }

    private mutating func add(_ item: ProtoItem, to id: SessionID) {
        frames.frame(for: id).add { $0.item(item) }
    }
}

extension FrameSet.Outbound {
    /// Adds an item. Runs are too small for a frame to become full.
    func add(_ write: (inout ProtoWriter) -> Void) {
        write(&writer)
        itemCount += 1
    }
}
