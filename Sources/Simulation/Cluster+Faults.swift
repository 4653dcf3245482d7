import Desk
import Node
import Storage
import Tickets

/// What goes wrong, and how it is mended.
extension Cluster {
    mutating func begin(_ fault: Fault, _ index: Int) {
        guard phase == .safety, !plan.absent.contains(fault.peer) else { return }
        faultCounts[Fault.Kind.allCases.firstIndex(of: fault.kind) ?? 0] += 1
        queue.insert(.mend(index), at: fault.end)
        switch fault.kind {
        case .cut: disconnect(fault.peer, isAbrupt: fault.magnitude % 2 == 0)
        case .muteToBroker: mute(fault.peer, toBroker: true, until: fault.end)
        case .muteToPeer: mute(fault.peer, toBroker: false, until: fault.end)
        case .partition:
            mute(fault.peer, toBroker: true, until: fault.end)
            mute(fault.peer, toBroker: false, until: fault.end)
        case .isolateBroker:
            for peer in peers.indices {
                mute(peer, toBroker: true, until: fault.end)
                if fault.magnitude % 2 == 0 { mute(peer, toBroker: false, until: fault.end) }
            }
        case .crashBroker:
            // At once, or while it takes its next snapshot.
            if fault.magnitude % 4 == 3 {
                awayAfterSnapshot = fault.duration
            } else {
                crashBroker(for: fault.duration)
            }
        case .pauseBroker: pauseBroker(until: fault.end)
        case .drainBroker: drainBroker(until: fault.end)
        case .crashPeer: crashPeer(fault.peer, for: fault.duration)
        case .pausePeer: peers[fault.peer].pausedUntil = max(peers[fault.peer].pausedUntil, fault.end)
        case .drainPeer:
            // At once, or just when a ticket is on its way to it.
            if fault.magnitude % 2 == 0 { drain(fault.peer) } else { drainAtGrant(fault.peer) }
        case .twinPeer: startTwin(of: fault.peer)
        case .slowDisk: disk.slowness = 2 + fault.magnitude % 200
        case .failDisk: disk.failsNext = true
        case .fillDisk:
            disk.isNearlyFull = true
            witness.markers.reach(.diskNearlyFull)
            post(.diskNearlyFull)
        case .damageSnapshot: damageSnapshot(fault.magnitude)
        case .jumpWall: jumpWall(fault)
        case .suspendBroker:
            broker.clock.suspend(for: fault.duration)
            pauseBroker(until: fault.end)
        case .suspendPeer:
            peers[fault.peer].clock.suspend(for: fault.duration)
            peers[fault.peer].pausedUntil = max(peers[fault.peer].pausedUntil, fault.end)
        }
    }

    mutating func mend(_ fault: Fault) {
        switch fault.kind {
        case .muteToBroker, .muteToPeer, .partition:
            if fault.magnitude % 3 == 0 { disconnect(fault.peer, isAbrupt: fault.magnitude % 2 == 0) }
        case .slowDisk: disk.slowness = 1
        case .fillDisk:
            disk.isNearlyFull = false
            post(.open)
        case .cut, .isolateBroker, .crashBroker, .pauseBroker, .drainBroker, .crashPeer, .pausePeer,
            .drainPeer, .twinPeer, .failDisk, .damageSnapshot, .jumpWall, .suspendBroker, .suspendPeer:
            break
        }
    }

    private mutating func mute(_ peer: Int, toBroker: Bool, until end: Int64) {
        if toBroker {
            peers[peer].link.toBroker.closedUntil = max(peers[peer].link.toBroker.closedUntil, end)
        } else {
            peers[peer].link.toPeer.closedUntil = max(peers[peer].link.toPeer.closedUntil, end)
        }
    }

    private mutating func pauseBroker(until end: Int64) {
        guard broker.isRunning else { return }
        witness.markers.reach(.brokerStoodStill)
        broker.pausedUntil = max(broker.pausedUntil, end)
    }

    private mutating func post(_ intake: Circumstances.Intake) {
        guard broker.isRunning else { return }
        broker.posts.append(.intake(intake))
        wakeBroker(at: time)
    }

    private mutating func drainBroker(until end: Int64) {
        broker.downUntil = end
        post(.draining)
    }

    private mutating func drainAtGrant(_ peer: Int) {
        guard case .worker(let index) = peers[peer].role, peers[peer].isRunning else { return }
        workers[index].drainsAtGrant = true
    }

    /// A grant leaves for a peer.
    mutating func meetGrant(to session: SessionID) {
        let peer = connections[Int(session.rawValue)].peer
        guard case .worker(let index) = peers[peer].role, workers[index].drainsAtGrant,
            workers[index].logic.heldCount == 0
        else { return }
        drain(peer)
    }

    private mutating func drain(_ peer: Int) {
        guard case .worker(let index) = peers[peer].role, peers[peer].isRunning else { return }
        workers[index].isAskedToDrain = true
        wake(peer, at: time)
    }

    /// Starts a second process with a node's name; the broker sends the first one away.
    private mutating func startTwin(of peer: Int) {
        guard case .worker(let index) = peers[peer].role, peers[peer].isRunning, workers.count < 40 else {
            return
        }
        witness.markers.reach(.twoIncarnations)
        peers[peer].isRetired = true
        let twin = add(peers[peer].member, name: workers[index].name, peers[peer].clock)
        queue.insert(.startPeer(twin), at: time + 1)
    }

    private mutating func damageSnapshot(_ magnitude: Int64) {
        disk.store.alterSnapshots { snapshots in
            guard let last = snapshots.indices.last, !snapshots[last].isEmpty else { return }
            snapshots[last][Int(magnitude) % snapshots[last].count] ^= UInt8(1 << (magnitude % 8))
        }
        witness.markers.reach(.snapshotDamaged)
    }

    private mutating func jumpWall(_ fault: Fault) {
        // Up to an hour, to either side; most are small.
        let span = (fault.magnitude % 2 == 0 ? 1 : -1) * (fault.magnitude % 3_600) * 1_000_000
        if span < 0 { witness.markers.reach(.wallClockJumpedBack) }
        if fault.magnitude % 5 == 0 { broker.clock.jumpWall(by: span) }
        peers[fault.peer].clock.jumpWall(by: span)
    }
}
