import Broker
import Client
import Desk
import Tickets

/// The connections between the peers and the broker. Each is ordered, as one of ZeroMQ is; a broken one loses what
/// was on its way, and the next has another number.
extension Cluster {
    /// Puts a frame on its way to the broker.
    mutating func send(_ bytes: [UInt8], from peer: Int) {
        let connection = peers[peer].link.connection
        let arrival = peers[peer].link.arrivalAtBroker(at: time, plan.swarm)
        trace.add(bytes)
        connections[connection].unreadByBroker += 1
        queue.insert(.toBroker(connection: connection, bytes), at: arrival)
        // What is sent twice on one connection is sent twice by the sender: a resent outbox does so.
        guard plan.swarm.duplicatesPerMille > 0, case .client = peers[peer].member,
            peers[peer].link.chance.happens(perMille: plan.swarm.duplicatesPerMille), phase == .safety
        else { return }
        witness.markers.reach(.frameDuplicated)
        let again = peers[peer].link.arrivalAtBroker(at: time, plan.swarm)
        connections[connection].unreadByBroker += 1
        queue.insert(.toBroker(connection: connection, bytes), at: again)
    }

    /// Whether a peer's connection takes another frame.
    func canSend(from peer: Int) -> Bool {
        let link = peers[peer].link
        return link.isUp && connections[link.connection].unreadByBroker < plan.swarm.highWaterMark
    }

    /// Puts a frame of the broker on its way. Who does not read is given up, as the broker's loop does it.
    mutating func send(_ bytes: [UInt8], to session: SessionID) {
        let number = Int(session.rawValue)
        guard !connections[number].isClosed else { return broker.lose(session, at: time) }
        guard connections[number].unreadByPeer < plan.swarm.highWaterMark else {
            witness.markers.reach(.slowPeerGivenUp)
            connections[number].isGreeted = false
            return broker.lose(session, at: time)
        }
        connections[number].unreadByPeer += 1
        let peer = connections[number].peer
        trace.add(bytes)
        let arrival = peers[peer].link.arrivalAtPeer(at: time, plan.swarm)
        queue.insert(.toPeer(connection: number, bytes), at: arrival)
    }

    mutating func arriveAtBroker(_ number: Int, _ bytes: [UInt8]) {
        let connection = connections[number]
        guard broker.isRunning, connection.brokerRun == broker.run, time <= connection.takenUntil else {
            return witness.markers.reach(.frameLost)
        }
        if connection.isClosed {
            // It is in the broker's socket, which may read the newer connection first.
            let delay: Int64 = peers[connection.peer].link.chance.below(1_000_000)
            let moment = connections[number].readLate(arriving: time, delay: delay)
            return queue.insert(.lateToBroker(connection: number, bytes), at: moment)
        }
        broker.inbox.append((number, bytes))
        wakeBroker(at: time + plan.swarm.frameCost)
    }

    mutating func arriveLate(_ number: Int, _ bytes: [UInt8]) {
        guard broker.isRunning, connections[number].brokerRun == broker.run else { return }
        witness.markers.reach(.lateFrameOfAnOldConnection)
        broker.inbox.append((number, bytes))
        wakeBroker(at: time + plan.swarm.frameCost)
    }

    mutating func arriveAtPeer(_ number: Int, _ bytes: [UInt8]) {
        let peer = connections[number].peer
        guard peers[peer].isRunning, peers[peer].link.connection == number,
            time <= connections[number].givenUntil
        else { return witness.markers.reach(.frameLost) }
        if case .client = peers[peer].member { witness.seeBytesToCustomer(bytes) }
        peers[peer].inbox.append(bytes)
        wake(peer, at: time)
    }

    /// A peer tries to connect; again later when nobody answers.
    mutating func connect(_ peer: Int) {
        guard peers[peer].isRunning, !peers[peer].link.isUp else { return }
        let link = peers[peer].link
        let isOpen = link.toBroker.closedUntil <= time && link.toPeer.closedUntil <= time
        guard broker.isRunning, broker.pausedUntil <= time, isOpen else {
            let pause: Int64 = peers[peer].link.chance.within(100_000...400_000)
            return queue.insert(.connect(peer), at: time + pause)
        }
        connections.append(Connection(peer: peer, brokerRun: broker.run))
        // What it has not read of the connection before.
        connections[connections.count - 1].unreadByPeer = peers[peer].inbox.count
        peers[peer].link.connection = connections.count - 1
        peers[peer].link.isUp = true
        peers[peer].link.toBroker.reset()
        peers[peer].link.toPeer.reset()
        wake(peer, at: time)
    }

    /// Ends a peer's connection. Some of what is on its way still arrives, if `isAbrupt` does not forbid it.
    mutating func disconnect(_ peer: Int, isAbrupt: Bool) {
        guard peers[peer].link.isUp else { return }
        let number = peers[peer].link.connection
        peers[peer].link.isUp = false
        connections[number].isClosed = true
        let window = plan.swarm.latency + plan.swarm.jitter + 2
        let chance = isAbrupt ? 0 : peers[peer].link.chance.below(2 * window)
        connections[number].takenUntil = time + chance
        connections[number].givenUntil = time + chance
        witness.markers.reach(.connectionCut)
        let pause: Int64 = peers[peer].link.chance.within(1_000...500_000)
        queue.insert(.connect(peer), at: time + pause)
    }
}

extension Link {
    mutating func arrivalAtBroker(at time: Int64, _ swarm: Swarm) -> Int64 {
        toBroker.arrival(leaving: time, latency: swarm.latency + chance.below(swarm.jitter))
    }

    mutating func arrivalAtPeer(at time: Int64, _ swarm: Swarm) -> Int64 {
        toPeer.arrival(leaving: time, latency: swarm.latency + chance.below(swarm.jitter))
    }
}

extension SimulatedBroker {
    /// A frame could not leave, because its connection is closed.
    mutating func lose(_ session: SessionID, at time: Int64) {
        exchange.handle(.lost(session), at: now(at: time), into: &gathering.turn)
    }
}
