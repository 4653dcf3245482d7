import Keys
import SwiftProtobuf
import Synchronization
import Tickets
import Wire
import ZeroMQ

/// A ROUTER behind CURVE on a thread of its own: a broker or a coordinator, as far as a node can tell.
final class StandIn: Sendable {
    private let thread: DedicatedThread
    private let stopping: WakeUp
    let endpoint: String

    /// `respond` is called on the stand-in's thread with each frame, and returns what goes back, if anything.
    init(
        secretKey: Z85Key, endpoint: String = "tcp://127.0.0.1:0",
        _ respond: @escaping @Sendable (UnsafeRawBufferPointer) -> [UInt8]?
    ) throws {
        let stopping = try WakeUp()
        let started = try WakeUp()
        let bound = Bound()
        thread = try DedicatedThread(named: "stand-in") {
            do {
                let options = SocketOptions(security: .server(secretKey: secretKey, domain: "desk"))
                let socket = try Socket(.router, options: options)
                let endpoint = try socket.bind(endpoint)
                bound.value.withLock { $0 = .success(endpoint) }
                started.ring()
                try Self.serve(socket, until: stopping, respond)
                try socket.unbind(endpoint)
            } catch {
                bound.value.withLock { $0 = .failure(error) }
                started.ring()
            }
        }
        started.wait()
        self.stopping = stopping
        switch bound.value.withLock({ $0 }) {
        case .success(let endpoint):
            self.endpoint = endpoint
        case .failure(let error):
            thread.join()
            throw error
        case nil:
            preconditionFailure("a thread that rang without an outcome")
        }
    }

    func stop() {
        stopping.ring()
        thread.join()
    }

    private final class Bound: Sendable {
        let value = Mutex<Result<String, any Error>?>(nil)
    }

    private static func serve(
        _ socket: borrowing Socket, until stopping: WakeUp, _ respond: (UnsafeRawBufferPointer) -> [UInt8]?
    ) throws {
        var poller = Poller([socket.pollItem, PollItem(fileDescriptor: stopping.fileDescriptor)])
        while !poller.isReady(1) {
            try poller.wait(timeoutMilliseconds: nil)
            while let routed = try socket.receiveRouted({ ($0, respond($2)) }) {
                guard case .message((let peer, let answer?)) = routed else { continue }
                _ = try socket.send(answer, to: peer)
            }
        }
    }
}

/// The keys of a small cluster, and the ZAP handler that lets the node in.
struct Cluster: Sendable {
    let broker: CurveKeyPair
    let coordinator: CurveKeyPair
    let node: KeyFile
    let handler: ZapHandler

    init() throws {
        let node = try CurveKeyPair.generate()
        broker = try .generate()
        coordinator = try .generate()
        self.node = KeyFile(
            role: .node, name: "node", keys: node, broker: broker.publicKey,
            coordinator: coordinator.publicKey)
        handler = try ZapHandler(domain: "desk") { $0 == node.publicKey ? "node:node" : nil }
    }

    /// A broker that answers frames as a test says.
    func makeBroker(
        endpoint: String = "tcp://127.0.0.1:0",
        _ respond: @escaping @Sendable (ProtoToBroker.OneOf_Body) -> [ProtoItem]
    ) throws -> StandIn {
        try StandIn(secretKey: broker.secretKey, endpoint: endpoint) { bytes in
            guard case .success(let frame) = ProtoToBroker.decode(bytes), let body = frame.body else {
                return nil
            }
            let items = respond(body)
            guard !items.isEmpty else { return nil }
            return ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, items) }.encoded()
        }
    }
}

/// What is heard on one thread and waited for in a task.
struct Hearsay<Element: Sendable>: Sendable {
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func tell(_ element: Element) {
        continuation.yield(element)
    }

    /// The next one that is as asked for. The suite's time limit ends a wait for what never comes.
    func first(_ isWanted: @Sendable (Element) -> Bool) async -> Element? {
        var iterator = stream.makeAsyncIterator()
        while let element = await iterator.next() {
            if isWanted(element) { return element }
        }
        return nil
    }
}

/// The actions of a frame of commands, and the answers of a broker that carries them out.
func carryOut(_ commands: ProtoCommands, _ note: (Action) -> Void) -> [ProtoItem] {
    commands.commands.compactMap { proto in
        do throws(Refusal) {
            let command = try Command(proto)
            note(command.action)
            return .answer(command.id)
        } catch {
            return .refusal(error)
        }
    }
}

/// Repeats what binds an endpoint that another socket has just left.
func againUntilFree<Value>(_ body: () throws -> Value) throws -> Value {
    while true {
        do {
            return try body()
        } catch let error as ZeroMQError where .addressInUse ~= error {
            // The listener closes on libzmq's I/O thread some time after unbind, and no signal tells when.
            continue
        }
    }
}

extension Cluster {
    /// A node's key of no cluster.
    static func sampleNode() throws -> KeyFile {
        KeyFile(
            role: .node, name: "node", keys: try .generate(), broker: try CurveKeyPair.generate().publicKey)
    }
}
