import Client
import Foundation
import HeapModule
import Keys
import ProtoBytes
import Rig
import Scenarios
import Tickets
import Wire
import ZeroMQ

/// All nodes of all fleets, on one thread and one socket.
///
/// A ROUTER that connects once for each node: the broker sees thousands of connections, each with its own handshake
/// and session, and a turn here costs what the nodes with something to do cost, however many idle beside them. The
/// protocol is ``BrokerSession``, as in a real node.
struct NodeHall: ~Copyable {
    let plans: [FleetPlan]
    var nodes: [SimulatedNode] = []
    private(set) var timers = Heap<NodeTimer>()
    let socket: Socket
    private let endpoint: String
    /// The node of each peer, by the peer's number.
    private var nodeOfPeer: [Int] = [-1]
    private var nextIncarnation: UInt64
    var touched: [Int] = []
    /// Nodes whose frames could not leave; they are tried again a little later.
    var blocked: [Int] = []
    var writer = ProtoWriter(capacity: 4_096)
    var random: SeededGenerator
    var commandCount: UInt64 = 0
    /// Sessions that were lost through no doing of the scenario's.
    var falseLosses = 0
    var excusedUntil: Int64 = 0
    /// Tickets held and grants, by fleet.
    var heldCounts: [Int]
    var grantCounts: [Int]

    init(_ plans: [FleetPlan], endpoint: String, key: KeyFile, random: SeededGenerator) throws {
        guard let server = key.broker else { throw RigError("the key \(key.name) names no broker") }
        var options = SocketOptions(security: .client(server: server, keys: key.keys))
        options.reconnectMaxMilliseconds = 500
        // Thousands of handshakes at once take their time on two cores.
        options.handshakeMilliseconds = 30_000
        let socket = try Socket(.router, options: options)
        self.socket = socket
        self.plans = plans
        self.endpoint = endpoint
        self.random = random
        nextIncarnation = UInt64(Date().timeIntervalSince1970 * 1_000_000)
        heldCounts = plans.map { _ in 0 }
        grantCounts = plans.map { _ in 0 }
    }

    /// When something is due without anything having come, in microseconds.
    var dueMicroseconds: Int64? { timers.min?.at }

    func count(of fleet: Int) -> Int { nodes.count { $0.fleet == fleet && $0.isPresent } }

    /// Whether all nodes have left, but for those that cannot.
    var isEmpty: Bool { nodes.allSatisfy { $0.condition == .away || $0.condition == .frozen } }

    var isWelcomed: Bool { nodes.allSatisfy { $0.condition == .away || $0.session.isWelcomed } }

    // MARK: - Coming and going

    /// Lets a fleet grow: nodes that went away come back, new ones are made.
    mutating func join(_ count: Int, of fleet: Int, now: Int64) {
        let gap = plans[fleet].joinsPerSecond.map { 1_000_000 / $0 } ?? 0
        let known = nodes.indices.filter { nodes[$0].fleet == fleet }
        var joining = Array(known.filter { nodes[$0].condition == .away }.prefix(count))
        for number in known.count..<(known.count + count - joining.count) {
            joining.append(add(number + 1, to: fleet))
        }
        for (offset, node) in joining.enumerated() {
            nodes[node].condition = .joining
            timers.insert(NodeTimer(at: now + Int64(Double(offset) * gap), node: node, kind: .join))
        }
    }

    private mutating func add(_ number: Int, to fleet: Int) -> Int {
        guard let name = Name("\(plans[fleet].name)-\(number)") else {
            preconditionFailure("the fleet's name \(plans[fleet].name) was checked")
        }
        let report = NodeReport(name: name.text, fleet: plans[fleet].name)
        nodes.append(
            SimulatedNode(fleet: fleet, name: name, session: BrokerSession(now: 0), report: report))
        return nodes.count - 1
    }

    mutating func connect(_ node: Int, now: Int64) throws {
        guard nodes[node].condition == .joining else { return }
        nextIncarnation += 1
        let plan = plans[nodes[node].fleet]
        let identity = NodeIdentity(
            name: nodes[node].name, incarnation: nextIncarnation, line: plan.line, seats: plan.seats)
        var settings = SessionSettings(node: identity)
        settings.window = 2 * plan.seats
        settings.helloMilliseconds = 10_000
        nodes[node].session = BrokerSession(settings, now: now / 1_000)
        nodes[node].knownLosses = 0
        nodes[node].condition = .working
        try openConnection(node)
        touch(node)
    }

    private mutating func openConnection(_ node: Int) throws {
        let peer = Peer(rawValue: UInt32(nodeOfPeer.count))
        nodeOfPeer.append(node)
        // An address of its own on loopback, so that its connection alone can be ended.
        let address = "127.\(1 + node / 62_500).\(node / 250 % 250).\(node % 250 + 1)"
        nodes[node].endpoint = endpoint.replacing("tcp://", with: "tcp://\(address):0;")
        nodes[node].peer = peer
        try socket.connect(nodes[node].endpoint, as: peer)
    }

    /// Its connection ends, whatever was about to leave.
    mutating func closeConnection(_ node: Int) throws {
        nodeOfPeer[Int(nodes[node].peer.rawValue)] = -1
        try socket.disconnect(nodes[node].endpoint)
    }

    /// Ends a connection and makes it again; the session goes on.
    mutating func reconnect(_ node: Int, now: Int64) throws {
        try closeConnection(node)
        try openConnection(node)
        nodes[node].excusedUntil = now + 15_000_000
        nodes[node].session.connectionReplaced(now: now / 1_000)
        touch(node)
    }

    /// It is gone, without a word or after its goodbye.
    mutating func remove(_ node: Int) throws {
        try closeConnection(node)
        nodes[node].condition = .away
        heldCounts[nodes[node].fleet] -= nodes[node].held.count
        nodes[node].held = [:]
        nodes[node].ending = [:]
        nodes[node].inbox = []
        nodes[node].deferred = []
        nodes[node].wakesAt = .max
    }

    // MARK: - Turns

    func node(of peer: Peer) -> Int? {
        let index = Int(peer.rawValue)
        return index < nodeOfPeer.count && nodeOfPeer[index] >= 0 ? nodeOfPeer[index] : nil
    }

    mutating func touch(_ node: Int) {
        guard !nodes[node].isTouched else { return }
        nodes[node].isTouched = true
        touched.append(node)
    }

    mutating func schedule(_ timer: NodeTimer) {
        timers.insert(timer)
    }

    /// The next timer whose time has come.
    mutating func popDue(now: Int64) -> NodeTimer? {
        guard let first = timers.min, first.at <= now else { return nil }
        return timers.popMin()
    }
}

/// Something that a node does when its time comes; whether it still matters is judged then.
struct NodeTimer: Comparable {
    enum Kind {
        case join
        case wake
        case thaw
        /// A seat is done with a ticket.
        case finish(TicketNumber, Token)
        /// A node that said goodbye hangs up.
        case hangUp
    }

    /// Microseconds.
    var at: Int64
    var node: Int
    var kind: Kind

    static func < (a: Self, b: Self) -> Bool { a.at < b.at }
    static func == (a: Self, b: Self) -> Bool { a.at == b.at }
}
