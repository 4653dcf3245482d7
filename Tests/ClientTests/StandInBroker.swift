import Keys
import SwiftProtobuf
import Synchronization
import Tickets
import Wire
import ZeroMQ

/// A ROUTER behind CURVE that answers frames as a test says: the broker, as far as a client can tell.
///
/// One at a time in a process, because there is one ZAP handler.
final class StandInBroker: Sendable {
    private let handler: ZapHandler
    private let thread: DedicatedThread
    private let stopping: WakeUp
    let endpoint: String
    /// What clients need: the broker's key is in it.
    let key: KeyFile

    /// `respond` is called on the broker's thread with each frame, and returns the items of the answer.
    init(
        knowsKey: Bool = true, _ respond: @escaping @Sendable (ProtoToBroker) -> [ProtoItem]
    ) throws {
        let server = try CurveKeyPair.generate()
        let client = try CurveKeyPair.generate()
        key = KeyFile(role: .agent, name: "ann", keys: client, broker: server.publicKey)
        handler = try ZapHandler(domain: "desk") { [client] key in
            knowsKey && key == client.publicKey ? "agent:ann" : nil
        }
        let stopping = try WakeUp()
        let started = try WakeUp()
        let bound = Mutex<Result<String, any Error>?>(nil)
        let box = Box(bound)
        thread = try DedicatedThread(named: "stand-in") {
            do {
                let options = SocketOptions(security: .server(secretKey: server.secretKey, domain: "desk"))
                let socket = try Socket(.router, options: options)
                let endpoint = try socket.bind("tcp://127.0.0.1:0")
                box.value.withLock { $0 = .success(endpoint) }
                started.ring()
                try Self.serve(socket, until: stopping, respond)
            } catch {
                box.value.withLock { $0 = .failure(error) }
                started.ring()
            }
        }
        started.wait()
        self.stopping = stopping
        endpoint = try box.value.withLock { try $0?.get() } ?? ""
    }

    func stop() {
        stopping.ring()
        thread.join()
        handler.stop()
    }

    private final class Box: Sendable {
        let value: Mutex<Result<String, any Error>?>

        init(_ value: consuming sending Mutex<Result<String, any Error>?>) {
            self.value = value
        }
    }

    private static func serve(
        _ socket: borrowing Socket, until stopping: WakeUp, _ respond: (ProtoToBroker) -> [ProtoItem]
    ) throws {
        var poller = Poller([socket.pollItem, PollItem(fileDescriptor: stopping.fileDescriptor)])
        while !poller.isReady(1) {
            try poller.wait(timeoutMilliseconds: nil)
            while let routed = try socket.receiveRouted({ ($0, ProtoToBroker.decode($2)) }) {
                guard case .message((let peer, .success(let frame))) = routed else { continue }
                let items = respond(frame)
                guard !items.isEmpty else { continue }
                let answer = ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, items) }
                _ = try socket.send(answer.encoded(), to: peer)
            }
        }
    }
}

/// Calls `body` with a stand-in broker and stops that afterwards.
func withBroker(
    knowsKey: Bool = true, _ respond: @escaping @Sendable (ProtoToBroker) -> [ProtoItem],
    _ body: (StandInBroker) throws -> Void
) throws {
    let broker = try StandInBroker(knowsKey: knowsKey, respond)
    defer { broker.stop() }
    try body(broker)
}

/// Answers as a broker does that carries everything out.
func obliging(_ frame: ProtoToBroker) -> [ProtoItem] {
    switch frame.body {
    case .hello: [.welcome()]
    case .ping: [.pong]
    case .commands(let commands): commands.commands.compactMap { CommandID($0.id) }.map { .answer($0.low) }
    case .query(let query): [.with { $0.queryResult.id = query.id }]
    case .seats, .goodbye, nil: []
    }
}
