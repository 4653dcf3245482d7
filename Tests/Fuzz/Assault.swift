import Fuzzing
import Keys
import Rig
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// Key holders of each role that a process of somebody else may have, who send what nobody would send.
struct Assault {
    private(set) var outcomes: [String: Int] = [:]
    private let client: Attacker
    private let node: Attacker
    private let agent: Attacker
    private let frames: DecodingRun
    private let seed: UInt64

    init(_ desk: TestDesk, seed: UInt64) throws {
        client = try Attacker(desk, "client")
        node = try Attacker(desk, "node")
        agent = try Attacker(desk, "agent")
        frames = DecodingRun(seed: seed, targets: [.toBroker])
        self.seed = seed
    }

    /// Sends one frame as one of them, and reads what came back to them.
    mutating func send(_ number: UInt64) throws {
        var random = FuzzRandom(seed: seed ^ 0x5eed, frame: number)
        let bytes = frames.bytes(of: number).bytes
        let choice = random.next()
        // Now and then whole messages of several parts.
        let parts = choice % 64 == 0 ? (0...choice / 64 % 5).map { _ in bytes } : [bytes]
        switch choice % 3 {
        case 0: try note(client.send(parts))
        case 1: try note(node.send(parts))
        default: try note(agent.send(parts))
        }
        // Without a session nothing gets far.
        if number.isMultiple(of: 64) { try sayHello() }
    }

    /// Reads on until the broker has answered what was sent last.
    mutating func finish() throws {
        try sayHello()
        for _ in 0..<100 { try note(client.read(1) + node.read(1) + agent.read(1)) }
    }

    private mutating func sayHello() throws {
        try note(client.send([Self.hello { _ in }]))
        try note(agent.send([Self.hello { $0.agent = "olga" }]))
        try note(
            node.send([
                Self.hello { hello in
                    hello.node = .with {
                        ($0.name, $0.incarnation, $0.line, $0.seats) = ("berlin-1", 1, "line-one", 4)
                    }
                }
            ]))
    }

    private static func hello(_ change: (inout ProtoHello) -> Void) -> [UInt8] {
        var hello = ProtoHello()
        change(&hello)
        return ProtoToBroker.with { ($0.version, $0.hello) = (wireVersion, hello) }.encoded()
    }

    private mutating func note(_ heard: [String]) {
        for outcome in heard { outcomes[outcome, default: 0] += 1 }
    }
}

/// One of them: a key, and a socket without any manners.
private final class Attacker {
    private let dealer: Socket
    private var poller: Poller

    init(_ desk: TestDesk, _ name: Name) throws {
        let key = try desk.keys.load(name)
        guard let server = key.broker else { throw RigError("\(name) has no key of the broker") }
        dealer = try Socket(
            .dealer, options: SocketOptions(security: .client(server: server, keys: key.keys)))
        try dealer.connect(desk.brokerEndpoint)
        poller = Poller([dealer.pollItem])
    }

    /// Sends one message, and reads what waits.
    func send(_ parts: [[UInt8]]) throws -> [String] {
        poller.setWaitsToSend(0, true)
        while try dealer.sendParts(parts) != .sent {
            guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else {
                throw RigError("the broker took nothing for 20 s")
            }
        }
        return try read(0)
    }

    /// What came, as outcomes; waits so long for the first of it.
    func read(_ milliseconds: Int) throws -> [String] {
        poller.setWaitsToSend(0, false)
        try poller.wait(timeoutMilliseconds: milliseconds)
        var heard: [String] = []
        while let frame = try dealer.receive({ ProtoFromBroker.decode($0) }) {
            guard case .success(let envelope) = frame else {
                heard.append("unreadable")
                continue
            }
            heard += envelope.items.map { item in
                switch item.body {
                case .error(let error): "refused: \(error.word)"
                case .answer: "answered"
                case .grant: "granted"
                case .welcome, .revoked, .pong, .queryResult, nil: "other"
                }
            }
        }
        return heard
    }
}
