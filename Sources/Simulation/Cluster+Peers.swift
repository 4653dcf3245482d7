import Client
import Desk
import Node
import ProtoBytes
import Tickets
import Wire

/// The turns of the peers: what came in, what they decide, what leaves.
extension Cluster {
    mutating func wake(_ peer: Int, at moment: Int64) {
        let moment = max(moment, peers[peer].pausedUntil)
        guard peers[peer].isRunning, peers[peer].wakeup.soonAt > moment else { return }
        peers[peer].wakeup.soonAt = moment
        queue.insert(.peerTurn(peer), at: moment)
    }

    mutating func firePeerTimer(_ peer: Int) {
        guard peers[peer].isRunning, peers[peer].wakeup.timerAt == time else { return }
        peers[peer].wakeup.timerAt = .max
        guard peers[peer].wakeup.wantedAt <= time else { return arm(peer) }
        guard peers[peer].pausedUntil <= time else { return wake(peer, at: time) }
        takeTurn(peer)
    }

    mutating func turnPeer(_ peer: Int) {
        guard peers[peer].isRunning, peers[peer].wakeup.soonAt == time else { return }
        peers[peer].wakeup.soonAt = .max
        guard peers[peer].pausedUntil <= time else { return wake(peer, at: time) }
        takeTurn(peer)
    }

    private mutating func arm(_ peer: Int) {
        let wanted = peers[peer].wakeup.wantedAt
        guard wanted < .max, peers[peer].wakeup.timerAt > wanted else { return }
        peers[peer].wakeup.timerAt = wanted
        queue.insert(.peerTimer(peer), at: wanted)
    }

    private mutating func takeTurn(_ peer: Int) {
        let now = peers[peer].clock.monotonic(at: time)
        receive(peer, now / 1_000)
        switch peers[peer].role {
        case .worker(let index): work(index, now)
        case .sender(let index): for event in sessionEvents { take(event, by: index) }
        }
        renewConnection(peer, now / 1_000)
        let isBlocked = !sendFrames(of: peer, now / 1_000)
        // A goodbye that cannot leave is not waited for.
        if peers[peer].isOver() || (isBlocked && hasLeft(peer)) { return retire(peer) }
        scheduleTimer(peer, now, isBlocked: isBlocked)
    }

    private mutating func receive(_ peer: Int, _ now: Int64) {
        // Most turns leave nothing to be removed, and asking for it takes time all the same.
        if !sessionEvents.isEmpty { sessionEvents.removeAll(keepingCapacity: true) }
        guard !peers[peer].inbox.isEmpty else { return }
        // Exchanged rather than copied, so that no turn takes memory for its frames.
        swap(&frames, &peers[peer].inbox)
        connections[peers[peer].link.connection].unreadByPeer -= frames.count
        defer { frames.removeAll(keepingCapacity: true) }
        for bytes in frames {
            switch bytes.withUnsafeBytes({ FrameFromBroker.decode($0) }) {
            case .success(let frame): peers[peer].session.receive(frame, now: now, into: &sessionEvents)
            case .failure(let refusal):
                witness.findings.expect(.i6, false, "a frame of the broker could not be read: \(refusal)")
            }
        }
    }

    /// Sends until nothing is left or nothing can leave.
    ///
    /// - Returns: Whether everything left.
    private mutating func sendFrames(of peer: Int, _ now: Int64) -> Bool {
        while let frame = nextFrame(of: peer, now) {
            guard canSend(from: peer) else {
                if peers[peer].link.isUp { witness.markers.reach(.frameRefusedForLackOfRoom) }
                peers[peer].session.unsent()
                peers[peer].blockedSince = peers[peer].blockedSince ?? now
                return false
            }
            writer.removeAll()
            frame.encode(into: &writer)
            send(writer.bytes, from: peer)
        }
        peers[peer].blockedSince = nil
        return true
    }

    private mutating func nextFrame(of peer: Int, _ now: Int64) -> FrameToBroker? {
        guard case .worker(let index) = peers[peer].role else {
            return peers[peer].session.nextFrame(now: now)
        }
        return peers[peer].session.nextFrame(now: now) { workers[index].held() }
    }

    private mutating func hasLeft(_ peer: Int) -> Bool {
        guard case .worker(let index) = peers[peer].role else { return false }
        return workers[index].hasLeft()
    }

    private mutating func renewConnection(_ peer: Int, _ now: Int64) {
        guard peers[peer].wantsNewConnection(now: now) else { return }
        witness.markers.reach(.newConnectionMade)
        peers[peer].blockedSince = nil
        disconnect(peer, isAbrupt: false)
        peers[peer].session.connectionReplaced(now: now)
    }

    private mutating func scheduleTimer(_ peer: Int, _ now: Int64, isBlocked: Bool) {
        var deadline = peers[peer].nextDeadline().map { $0 * 1_000 } ?? .max
        if isBlocked { deadline = max(deadline, now + 100_000) }
        if case .worker(let index) = peers[peer].role, let own = workers[index].nextDeadline() {
            deadline = min(deadline, (own / 1_000 + 1) * 1_000)
        }
        guard deadline < .max else { return peers[peer].wakeup.wantedAt = .max }
        peers[peer].wakeup.wantedAt = max(peers[peer].clock.time(of: deadline), time + 1)
        arm(peer)
    }

    // MARK: - Start and end

    mutating func startPeer(_ peer: Int) {
        guard !peers[peer].isRunning, !peers[peer].isRetired else { return }
        peers[peer].isRunning = true
        peers[peer].run += 1
        peers[peer].inbox = []
        peers[peer].blockedSince = nil
        peers[peer].wakeup = Wakeup()
        let now = peers[peer].clock.monotonic(at: time)
        switch peers[peer].role {
        case .worker(let index): startWorker(index, peer, now)
        case .sender(let index): startSender(index, peer, now)
        }
        queue.insert(.connect(peer), at: time + 500)
        wake(peer, at: time)
    }

    /// Ends a peer's process at once; its supervisor starts it again later.
    mutating func crashPeer(_ peer: Int, for microseconds: Int64) {
        guard peers[peer].isRunning else { return }
        witness.markers.reach(.peerCrashed)
        disconnect(peer, isAbrupt: false)
        peers[peer].isRunning = false
        queue.insert(.startPeer(peer), at: time + microseconds)
    }

    /// Its session is over: it has left, or was sent away.
    private mutating func retire(_ peer: Int) {
        var away: Int64 = 2_000_000
        if case .left = peers[peer].session.state {
            witness.markers.reach(.nodeDrained)
            if phase == .safety { away = plan.swarm.heights.awayMicroseconds }
        }
        disconnect(peer, isAbrupt: false)
        peers[peer].isRunning = false
        queue.insert(.startPeer(peer), at: time + away)
    }
}
