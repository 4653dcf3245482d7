import Client
import ProtoBytes
import Scenarios
import Tickets
import Wire
import ZeroMQ

extension NodeHall {
    private static var framesPerTurn: Int { 512 }

    // MARK: - Receiving

    /// Takes what the broker sent to any node.
    mutating func receive(_ book: inout RunBook) throws {
        let now = MonotonicTime.microseconds
        for _ in 0..<Self.framesPerTurn {
            guard
                let routed = try socket.receiveRouted({ peer, _, bytes in
                    (peer, FrameFromBroker.decode(bytes))
                })
            else { return }
            guard case .message(let (peer, .success(frame))) = routed, let node = node(of: peer) else {
                continue
            }
            if nodes[node].condition == .frozen {
                nodes[node].inbox.append(frame)
            } else {
                try take(frame, node, now, &book)
            }
        }
    }

    private mutating func take(
        _ frame: FrameFromBroker, _ node: Int, _ now: Int64, _ book: inout RunBook
    ) throws {
        var events: [SessionEvent] = []
        nodes[node].session.receive(frame, now: now / 1_000, into: &events)
        touch(node)
        for event in events {
            switch event {
            case .granted(let grant): try take(grant, node, now, &book)
            case .answered(let id, let result): settle(id, result, node, now, &book)
            case .revoked(let claim, _, _):
                // A ping may name a claim whose end is on its way; the command's answer decides.
                guard let held = nodes[node].held[claim.ticket], held.token == claim.token, !held.isEnding
                else {
                    continue
                }
                nodes[node].report.revoked += 1
                drop(claim.ticket, node)
            case .dismissed(let refusal):
                book.nodeRefused(refusal)
                nodes[node].report.fate += " dismissed: \(refusal.code.word)"
                return try remove(node)
            case .welcomed, .queryResult: continue
            }
        }
    }

    private mutating func take(_ grant: GrantMessage, _ node: Int, _ now: Int64, _ book: inout RunBook) throws
    {
        if let held = nodes[node].held[grant.ticket], held.token >= grant.token { return }
        book.granted(grant.ticket, grant.token, to: node, at: now)
        nodes[node].report.granted += 1
        let fleet = nodes[node].fleet
        grantCounts[fleet] += 1
        if nodes[node].held[grant.ticket] == nil { heldCounts[fleet] += 1 }
        nodes[node].held[grant.ticket] = SimulatedNode.Held(token: grant.token, seen: grant.lastMessage)
        let time = plans[fleet].service.draw(&random)
        if time == 0 { return try end(grant.ticket, node, &book) }
        schedule(NodeTimer(at: now + time, node: node, kind: .finish(grant.ticket, grant.token)))
    }

    private mutating func settle(
        _ id: CommandID, _ result: Result<Answer, Refusal>, _ node: Int, _ now: Int64, _ book: inout RunBook
    ) {
        guard let claim = nodes[node].ending.removeValue(forKey: id.low) else { return }
        if nodes[node].held[claim.ticket]?.token == claim.token { drop(claim.ticket, node) }
        switch result {
        case .success(let answer):
            book.ended(claim, at: now)
            book.logReached(answer.position, at: now)
            switch claim.deed {
            case .resolve: nodes[node].report.solved += 1
            case .escalate: nodes[node].report.escalated += 1
            case .handBack: nodes[node].report.handedBack += 1
            }
        case .failure(let refusal) where refusal.code == .staleToken || refusal.code == .notOpen:
            nodes[node].report.stale += 1
        case .failure(let refusal): book.nodeRefused(refusal)
        }
    }

    private mutating func drop(_ ticket: TicketNumber, _ node: Int) {
        nodes[node].held[ticket] = nil
        heldCounts[nodes[node].fleet] -= 1
    }

    // MARK: - Working

    /// Does what is due.
    mutating func work(now: Int64, _ book: inout RunBook) throws {
        for node in blocked { touch(node) }
        blocked.removeAll(keepingCapacity: true)
        while let timer = popDue(now: now) {
            let node = timer.node
            switch timer.kind {
            case .join: try connect(node, now: now)
            case .wake:
                guard nodes[node].wakesAt == timer.at else { continue }
                nodes[node].wakesAt = .max
                touch(node)
            case .thaw: try thaw(node, now, &book)
            case .finish(let ticket, let token):
                guard nodes[node].held[ticket]?.token == token else { continue }
                if nodes[node].condition == .frozen {
                    nodes[node].deferred.append(ticket)
                } else {
                    try end(ticket, node, &book)
                }
            case .hangUp:
                guard nodes[node].condition == .draining else { continue }
                try remove(node)
            }
        }
    }

    private mutating func thaw(_ node: Int, _ now: Int64, _ book: inout RunBook) throws {
        guard nodes[node].condition == .frozen else { return }
        nodes[node].condition = .working
        nodes[node].excusedUntil = now + 15_000_000
        let (inbox, deferred) = (nodes[node].inbox, nodes[node].deferred)
        (nodes[node].inbox, nodes[node].deferred) = ([], [])
        // As a process that was stopped: its seats finish before it reads what came meanwhile.
        for ticket in deferred where nodes[node].held[ticket] != nil { try end(ticket, node, &book) }
        for frame in inbox where nodes[node].condition != .away { try take(frame, node, now, &book) }
        touch(node)
    }

    /// A seat ends its work: an answer, an escalation, or a hand-back to the owner.
    private mutating func end(_ ticket: TicketNumber, _ node: Int, _ book: inout RunBook) throws {
        guard var held = nodes[node].held[ticket], !held.isEnding else { return }
        held.isEnding = true
        nodes[node].held[ticket] = held
        let (action, deed) = decide(ticket, held, plans[nodes[node].fleet], &book)
        commandCount += 1
        let id = CommandID(high: 0x6e6f_6465_0000_0000 | UInt64(node), low: commandCount)
        try nodes[node].session.enqueue(Command(id: id, action: action))
        nodes[node].ending[id.low] = EndedClaim(
            ticket: ticket, token: held.token, deed: deed,
            latestWhenSent: book.witness.latestToken(of: ticket))
        touch(node)
    }

    private mutating func decide(
        _ ticket: TicketNumber, _ held: SimulatedNode.Held, _ plan: FleetPlan, _ book: inout RunBook
    ) -> (Action, Deed) {
        guard plan.isFirstLine else {
            let note = "Checked against the account and settled; the parcel is on its way again."
            return (.handBack(ticket, held.token, note: note), .handBack)
        }
        if plan.escalationShare > 0, book.mayEscalate(ticket), random.unit() < plan.escalationShare {
            book.willEscalate(ticket)
            let note = "Line one cannot settle this: the carrier has no record of the parcel."
            return (.escalate(ticket, held.token, to: nil, note: note), .escalate)
        }
        let text =
            "Thank you for writing to us. Your request has been taken care of; the details are in your account."
        return (.resolve(ticket, held.token, seen: held.seen, text: text), .resolve)
    }

    // MARK: - Sending

    /// Sends what the touched nodes have to say.
    mutating func send(now: Int64) throws {
        while let node = touched.popLast() {
            nodes[node].isTouched = false
            guard nodes[node].condition == .working || nodes[node].condition == .draining else { continue }
            try send(node, now)
        }
    }

    private mutating func send(_ node: Int, _ now: Int64) throws {
        if nodes[node].condition == .draining, nodes[node].held.isEmpty, nodes[node].ending.isEmpty,
            !nodes[node].session.isOver
        {
            nodes[node].session.leave()
            schedule(NodeTimer(at: now + 500_000, node: node, kind: .hangUp))
        }
        while let frame = nextFrame(node, now) {
            writer.removeAll()
            frame.encode(into: &writer)
            let peer = nodes[node].peer
            let outcome = try writer.withBytes { bytes throws(ZeroMQError) in try socket.send(bytes, to: peer)
            }
            guard outcome != .sent else { continue }
            nodes[node].session.unsent()
            blocked.append(node)
            break
        }
        countLosses(node, now)
        if nodes[node].session.wantsNewConnection(now: now / 1_000) { try reconnect(node, now: now) }
        guard let deadline = nodes[node].session.nextDeadline else { return }
        let wakesAt = max(deadline * 1_000, now + 1_000)
        guard wakesAt < nodes[node].wakesAt else { return }
        nodes[node].wakesAt = wakesAt
        schedule(NodeTimer(at: wakesAt, node: node, kind: .wake))
    }

    private mutating func nextFrame(_ node: Int, _ now: Int64) -> FrameToBroker? {
        let held = nodes[node].held
        return nodes[node].session.nextFrame(now: now / 1_000) {
            held.map { HeldClaim(ticket: $0.key, token: $0.value.token) }
        }
    }

    private mutating func countLosses(_ node: Int, _ now: Int64) {
        let losses = nodes[node].session.lossCount
        guard losses > nodes[node].knownLosses else { return }
        let new = losses - nodes[node].knownLosses
        nodes[node].knownLosses = losses
        nodes[node].report.losses += new
        if now > nodes[node].excusedUntil, now > excusedUntil { falseLosses += new }
    }
}
