import Client
import Desk
import Node
import ProtoBytes
import Storage
import Tickets

/// A whole cluster in virtual time: the broker, its disk, the peers, the network between them, and what goes wrong.
///
/// Real are the exchange, the sessions, the nodes' logic, the frames' bytes, the log's coding and the recovery. The
/// same plan always gives the same run, to the last byte.
package struct Cluster: ~Copyable {
    enum Occurrence {
        case toBroker(connection: Int, [UInt8])
        /// A frame of a broken connection that was read late.
        case lateToBroker(connection: Int, [UInt8])
        case toPeer(connection: Int, [UInt8])
        case brokerTurn
        case brokerTimer
        case peerTurn(Int)
        case peerTimer(Int)
        case committed(run: Int)
        case readBack(run: Int)
        case snapshotTaken(run: Int)
        case crashInSnapshot(run: Int, for: Int64)
        case connect(Int)
        case decides(worker: Int, run: Int, TicketNumber, Token)
        /// Somebody takes what was offered, or is back after having missed it.
        case accepts(worker: Int, run: Int, TicketNumber, Token)
        case returns(worker: Int, run: Int)
        case acts(Int)
        case pushes(peer: Int, run: Int)
        /// A node's report arrives at the coordinator.
        case metrics([UInt8])
        case asks
        /// The coordinator's question arrives at the broker; and the answer at the coordinator.
        case asked(at: Int64)
        case figures
        case fault(Int)
        case mend(Int)
        case startBroker
        case startPeer(Int)
        case shiftEnds(worker: Int, run: Int)
        case heal
        case look
    }

    /// Faults and load; then faults are over; then customers are, too.
    enum Phase: UInt64 {
        case safety, healed, draining, over
    }

    let plan: Plan
    let settings: DeskSettings
    /// Whether the desk is compared with its log, at each turn and at the end, and not only followed.
    var audits = true
    var queue = EventQueue<Occurrence>()
    var time: Int64 = 0
    var phase = Phase.safety
    var broker: SimulatedBroker
    var disk: SimulatedDisk
    var snapshots: [Desk] = []
    /// For how long the broker is to be away after it ends while it takes its next snapshot; nil when it is not to.
    var awayAfterSnapshot: Int64?
    var coordinator: SimulatedCoordinator
    var peers: [Peer] = []
    var workers: [Worker] = []
    var senders: [Sender] = []
    /// Who each peer's key says it is.
    var keys: [Author] = []
    /// By number; 0 is nobody's.
    var connections = [Connection(peer: 0, brokerRun: 0, isClosed: true)]
    var witness: Witness
    var trace = Trace()
    var events = 0
    var nextScan = 0
    var nextLook = 0
    /// When events were counted last, to notice a loop.
    var lastCounted: Int64 = -2_000_000
    /// When faults were over and customers stopped.
    var drainedSince: Int64 = 0
    var faultCounts = [Int](repeating: 0, count: Fault.Kind.allCases.count)
    var directives: [NodeDirective] = []
    var sessionEvents: [SessionEvent] = []
    /// Frames that a peer is reading.
    var frames: [[UInt8]] = []
    /// Where peers' frames are written.
    var writer = ProtoWriter()

    package init(_ plan: Plan) {
        self.plan = plan
        settings = plan.desk
        var chance = Chance(seed: plan.seed, .clocks)
        broker = SimulatedBroker(plan.swarm, settings, clock: Self.clock(&chance, plan.swarm))
        disk = SimulatedDisk(seed: plan.seed, commitMicroseconds: plan.swarm.commit)
        witness = Witness(settings)
        coordinator = SimulatedCoordinator(plan.seed, plan.swarm)
        for (index, member) in plan.members.enumerated() {
            add(member, name: Self.name(of: member, index), Self.clock(&chance, plan.swarm))
        }
        schedulePlan()
    }

    private mutating func schedulePlan() {
        queue.insert(.startBroker, at: 0)
        for index in peers.indices where !plan.absent.contains(index) {
            queue.insert(.startPeer(index), at: 1_000 + Int64(index) * 500)
        }
        for (index, fault) in plan.faults.enumerated() { queue.insert(.fault(index), at: fault.at) }
        queue.insert(.heal, at: plan.serveMicroseconds)
        if plan.swarm.hasCoordinator { queue.insert(.asks, at: 1_000_000) }
    }

    static func clock(_ chance: inout Chance, _ swarm: Swarm) -> ProcessClock {
        let drift = swarm.driftPerMillionMax
        return ProcessClock(
            start: chance.below(1_000_000_000), driftPerMillion: chance.within(-drift...drift),
            wallOffset: chance.within(-2_000_000...2_000_000))
    }

    static func name(of member: Plan.Member, _ index: Int) -> Name {
        let word =
            switch member {
            case .client: "channel"
            case .person: "person"
            case .node(let line, _): ["one", "two", "three", "four", "five"][line]
            case .rogue: "rogue"
            case .colleague: "colleague"
            }
        return Name("\(word)-\(index)") ?? "nobody"
    }

    /// Adds a process; it is started later.
    ///
    /// - Returns: Its index.
    @discardableResult
    mutating func add(_ member: Plan.Member, name: Name, _ clock: ProcessClock) -> Int {
        let index = peers.count
        var role = Peer.Role.sender(senders.count)
        var key = Author(role: .client, key: name)
        switch member {
        case .client: senders.append(sender(index, .customers))
        case .person:
            key.role = plan.swarm.configuresPerMille > 0 ? .admin : .lead
            senders.append(sender(index, .people))
        case .rogue:
            key.role = .node
            senders.append(sender(index, .rogues))
        case .colleague:
            key.role = .colleague
            senders.append(sender(index, .colleagues))
        case .node(let line, let seats):
            key.role = .node
            role = .worker(workers.count)
            workers.append(
                Worker(
                    name: name, line: line, seats: seats, peer: index, logic: Self.idleLogic,
                    chance: Chance(seed: plan.seed, .handlers, index)))
        }
        keys.append(key)
        peers.append(
            Peer(
                member: member, role: role, key: key, clock: clock, session: BrokerSession(now: 0),
                link: Link(chance: Chance(seed: plan.seed, .network, index))))
        return index
    }

    private mutating func sender(_ peer: Int, _ purpose: Chance.Purpose) -> Sender {
        Sender(
            number: witness.addSender(inOrder: senders.count % 2 == 1), peer: peer,
            chance: Chance(seed: plan.seed, purpose, peer))
    }

    /// The logic of a node that has not been started yet; making one takes memory, so it is made once.
    private static let idleLogic = NodeLogic(
        NodeLogic.Settings(
            identity: NodeIdentity(name: "nobody", incarnation: 0, line: "none", seats: 0), commandSeed: 0))
}
