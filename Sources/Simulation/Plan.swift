/// Everything that a run is made of. Drawn from a seed, and then perhaps shrunk.
package struct Plan: Sendable {
    /// Who takes part besides the broker.
    package enum Member: Hashable, Sendable {
        /// A channel of customers.
        case client
        /// Somebody who looks after what was parked.
        case person
        case node(line: Int, seats: Int)
        /// A node that sends commands under claims that it has lost.
        case rogue
        /// Somebody of another department, who reads tickets and writes notes.
        case colleague
    }

    package let seed: UInt64
    package let edits: PlanEdits
    package private(set) var swarm: Swarm
    package let members: [Member]
    /// In order of time.
    package let faults: [Fault]

    package init(seed: UInt64, _ edits: PlanEdits = PlanEdits()) {
        self.seed = seed
        self.edits = edits
        swarm = Swarm(seed: seed)
        if let seconds = edits.serveSeconds { swarm.serveSeconds = seconds }
        var chance = Chance(seed: seed, .swarm, 1)
        members = Self.members(&chance, swarm)
        let drawn = Self.faults(seed, swarm, members.count)
        faults = edits.faults.map { kept in kept.filter { $0 < drawn.count }.map { drawn[$0] } } ?? drawn
    }

    /// Members who stay away, so that the others keep their numbers and their draws.
    package var absent: [Int] { edits.absent }

    /// Microseconds for which faults happen; after that everything is mended.
    package var serveMicroseconds: Int64 { swarm.serveSeconds * 1_000_000 }

    private static func members(_ chance: inout Chance, _ swarm: Swarm) -> [Member] {
        var members: [Member] = [.person]
        let clients = chance.within(1...4)
        for _ in 0..<clients { members.append(.client) }
        // Twice the seats that the load needs, so that what has gathered during a fault is worked off.
        let perSecond = Int64(clients) * 1_000_000 / swarm.actMicroseconds + 1
        let seats = Int(max(2, 2 * perSecond * swarm.workMillisecondsMax / 1_000))
        for line in 0..<2 {
            let nodes = chance.within(1...(line == 0 ? 4 : 3))
            for _ in 0..<nodes {
                let share = max(1, (line == 0 ? seats : seats / 2) / nodes)
                members.append(.node(line: line, seats: share + chance.within(0...2)))
            }
        }
        if chance.happens(perMille: 300) { members.append(.rogue) }
        // The last, so that all others keep their places.
        for (line, nodes) in swarm.heights.nodes.enumerated() {
            for _ in 0..<nodes { members.append(.node(line: 2 + line, seats: max(2, seats / 2))) }
        }
        if swarm.ties.hasColleague { members.append(.colleague) }
        return members
    }

    private static func faults(_ seed: UInt64, _ swarm: Swarm, _ peers: Int) -> [Fault] {
        guard let seconds = swarm.faultSeconds else { return [] }
        var chance = Chance(seed: seed, .faults)
        var kinds = Fault.Kind.allCases.filter { _ in chance.happens(perMille: 400) }
        if kinds.isEmpty { kinds = [chance.pick(Fault.Kind.allCases)] }
        var faults: [Fault] = []
        var upwards = Chance(seed: seed, .faults, 1)
        let below = peers - swarm.heights.nodes.reduce(0, +) - (swarm.ties.hasColleague ? 1 : 0)
        var time: Int64 = 2_000_000
        while true {
            time += chance.below(2 * seconds * 1_000_000) + 1
            let kind = chance.pick(kinds)
            var fault = Fault(
                at: time, kind: kind, peer: chance.below(below), duration: duration(kind, swarm, &chance),
                magnitude: chance.below(1_000_000))
            // Who is there in some runs only does not move the faults of the others.
            if below < peers, upwards.happens(perMille: 150) {
                fault.peer = upwards.within(below...peers - 1)
            }
            // Now and then somebody stays away for so long that the others must do without.
            if kind == .crashPeer, fault.magnitude % 4 == 0 { fault.duration *= 8 }
            // Recovery must be possible: nothing outlasts the time of faults.
            fault.duration = min(fault.duration, swarm.serveSeconds * 1_000_000 - time)
            guard fault.duration > 0 else { return faults }
            faults.append(fault)
        }
    }

    /// Short against the lease as often as long against it.
    private static func duration(_ kind: Fault.Kind, _ swarm: Swarm, _ chance: inout Chance) -> Int64 {
        let lease = swarm.leaseMilliseconds * 1_000
        switch kind {
        case .cut, .jumpWall, .failDisk, .damageSnapshot: return 1_000
        case .slowDisk, .fillDisk: return chance.magnitude(100_000...20_000_000)
        case .crashBroker, .drainBroker: return chance.magnitude(50_000...20_000_000)
        case .muteToBroker, .muteToPeer, .partition, .isolateBroker, .pauseBroker, .crashPeer, .pausePeer,
            .drainPeer, .twinPeer, .suspendBroker, .suspendPeer:
            return chance.magnitude(20_000...max(4 * lease, 10_000_000))
        }
    }
}
