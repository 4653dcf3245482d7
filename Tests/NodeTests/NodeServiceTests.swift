import Client
import Keys
import Logging
import Node
import ServiceLifecycle
import SwiftProtobuf
import Synchronization
import Testing
import Tickets
import Wire
import ZeroMQ

/// A whole node over real sockets and CURVE.
///
/// Each in a process of its own, because a process has one ZAP handler and other suites want it too.
@Suite(.timeLimit(.minutes(2)))
struct NodeServiceTests {
    @Test func `a node says it is ready, works its tickets, reports them, and leaves when asked`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let (said, metrics, ready) = (Hearsay<String>(), Hearsay<ProtoMetrics>(), Hearsay<Void>())
            let broker = try cluster.makeBroker { body in
                switch body {
                case .hello(let hello):
                    said.tell(
                        "hello \(hello.node.name) \(hello.node.line) \(hello.node.seats) \(hello.node.shift)")
                    return [.welcome(), .grant(1, 1), .grant(2, 1)]
                case .commands(let commands): return carryOut(commands) { said.tell($0.short) }
                case .ping: return [.aPong]
                case .goodbye:
                    said.tell("goodbye")
                    return []
                case .seats, .query: return []
                }
            }
            let coordinator = try StandIn(secretKey: cluster.coordinator.secretKey) { bytes in
                if case .success(let frame) = ProtoToCoordinator.decode(bytes) { metrics.tell(frame.metrics) }
                return nil
            }
            var configuration = NodeConfiguration(
                brokerEndpoint: broker.endpoint, coordinatorEndpoint: coordinator.endpoint, key: cluster.node,
                name: "n1", line: "line-one", seats: 2, handler: SimulatedHandler())
            configuration.shift = "early"
            configuration.metricsMilliseconds = 20
            let node = NodeService(configuration, logger: quiet) { _ in ready.tell(()) }
            let group = ServiceGroup(services: [node], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                #expect(await said.first { _ in true } == "hello n1 line-one 2 early")
                #expect(await ready.first { _ in true } != nil)
                let resolved = await metrics.first { $0.tally.resolved == 2 }
                #expect(resolved?.tally.claims == 2)
                #expect(resolved?.tally.replies == 2)
                #expect(resolved?.name == "n1")
                #expect(resolved?.histograms.map(\.name) == ["grant_to_done", "command_to_answer"])
                #expect(await said.first { $0.hasPrefix("resolve 1/1") } != nil)
                await group.triggerGracefulShutdown()
                #expect(await said.first { $0 == "goodbye" } != nil)
                try await tasks.waitForAll()
            }
            // The last word: sent when everything else was over.
            #expect(
                await metrics.first { $0.gauges.contains { $0.name == "connected" && $0.value == 0 } } != nil)
            coordinator.stop()
            broker.stop()
            cluster.handler.stop()
        }
    }

    @Test func `a node without a coordinator, or with one that is away, works as well`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let said = Hearsay<String>()
            let broker = try cluster.makeBroker { body in
                switch body {
                case .hello: return [.welcome(), .grant(1, 1)]
                case .commands(let commands): return carryOut(commands) { said.tell($0.short) }
                case .ping: return [.aPong]
                case .goodbye, .seats, .query: return []
                }
            }
            for coordinator in [nil, "tcp://127.0.0.1:1"] {
                var configuration = NodeConfiguration(
                    brokerEndpoint: broker.endpoint, coordinatorEndpoint: coordinator, key: cluster.node,
                    name: "n1", line: "line-one", seats: 2, handler: SimulatedHandler())
                configuration.metricsMilliseconds = 10
                let group = ServiceGroup(services: [NodeService(configuration, logger: quiet)], logger: quiet)
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await group.run() }
                    #expect(await said.first { $0.hasPrefix("resolve 1/1") } != nil)
                    await group.triggerGracefulShutdown()
                    try await tasks.waitForAll()
                }
            }
            broker.stop()
            cluster.handler.stop()
        }
    }

    // Node                                     Broker
    //                                          grants 1 and 2; handlers start and do not end
    //                                          revokes 1
    // stops the handler of 1
    // is asked to leave: the grace is 0
    // stops the handler of 2, releases 2
    @Test func `handlers are stopped when their claim is over, and when the grace is`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let said = Hearsay<String>()
            let handler = EndlessHandler()
            let isBothStarted = Mutex(0)
            let started = Count(isBothStarted)
            let broker = try cluster.makeBroker { body in
                switch body {
                case .hello: return [.welcome(heartbeat: 50), .grant(1, 1), .grant(2, 1)]
                case .commands(let commands): return carryOut(commands) { said.tell($0.short) }
                case .ping:
                    return started.value.withLock { $0 } < 2 ? [.aPong] : [.aPong, .revoked(1, 1)]
                case .goodbye:
                    said.tell("goodbye")
                    return []
                case .seats, .query: return []
                }
            }
            var configuration = NodeConfiguration(
                brokerEndpoint: broker.endpoint, key: cluster.node, name: "n1", line: "line-one", seats: 2,
                handler: handler)
            configuration.drainGraceMilliseconds = 0
            let group = ServiceGroup(services: [NodeService(configuration, logger: quiet)], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for _ in 0..<2 {
                    #expect(await handler.heard.first { $0.hasPrefix("start") } != nil)
                    started.value.withLock { $0 += 1 }
                }
                #expect(await handler.heard.first { $0.hasPrefix("stop") } == "stop 1")
                await group.triggerGracefulShutdown()
                #expect(await handler.heard.first { $0.hasPrefix("stop") } == "stop 2")
                #expect(await said.first { _ in true } == "release 2/1: the node is shutting down")
                #expect(await said.first { _ in true } == "goodbye")
                try await tasks.waitForAll()
            }
            broker.stop()
            cluster.handler.stop()
        }
    }

    @Test func `a node that is cancelled puts everything back and ends`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let said = Hearsay<String>()
            let handler = EndlessHandler()
            let broker = try cluster.makeBroker { body in
                switch body {
                case .hello: return [.welcome(), .grant(1, 1)]
                case .commands(let commands): return carryOut(commands) { said.tell($0.short) }
                case .ping: return [.aPong]
                case .goodbye, .seats, .query: return []
                }
            }
            let configuration = NodeConfiguration(
                brokerEndpoint: broker.endpoint, key: cluster.node, name: "n1", line: "line-one", seats: 2,
                handler: handler)
            let node = NodeService(configuration, logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await node.run() }
                #expect(await handler.heard.first { $0 == "start 1" } != nil)
                tasks.cancelAll()
                #expect(await said.first { _ in true } == "release 1/1: the node is shutting down")
                try await tasks.waitForAll()
            }
            broker.stop()
            cluster.handler.stop()
        }
    }

    @Test func `a handler that throws, or hangs on after its end, harms only its ticket`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let said = Hearsay<String>()
            let broker = try cluster.makeBroker { body in
                switch body {
                case .hello: return [.welcome(), .grant(1, 1), .grant(2, 1)]
                case .commands(let commands): return carryOut(commands) { said.tell($0.short) }
                case .ping: return [.aPong]
                case .goodbye, .seats, .query: return []
                }
            }
            let configuration = NodeConfiguration(
                brokerEndpoint: broker.endpoint, key: cluster.node, name: "n1", line: "line-one", seats: 2,
                handler: MoodyHandler())
            let group = ServiceGroup(services: [NodeService(configuration, logger: quiet)], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var words: Set<String> = []
                for _ in 0..<2 { if let word = await said.first({ _ in true }) { words.insert(word) } }
                #expect(words == ["release 1/1 as failed: moody", "resolve 2/1 to 1: -"])
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            broker.stop()
            cluster.handler.stop()
        }
    }

    @Test func `a node that is dismissed ends with an error that says why`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let broker = try cluster.makeBroker { _ in [.refusal(Refusal(.superseded, "a newer one is here"))]
            }
            let configuration = NodeConfiguration(
                brokerEndpoint: broker.endpoint, key: cluster.node, name: "n1", line: "line-one", seats: 2,
                handler: SimulatedHandler())
            let node = NodeService(configuration, logger: quiet)
            let error = await #expect(throws: NodeError.self) { try await node.run() }
            guard case .dismissed("n1", let refusal) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(refusal.code == .superseded)
            broker.stop()
            cluster.handler.stop()
        }
    }

    @Test func `a key file without the broker's key is refused at once`() async throws {
        var key = try Cluster.sampleNode()
        key.broker = nil
        let configuration = NodeConfiguration(
            brokerEndpoint: "tcp://127.0.0.1:1", key: key, name: "n1", line: "line-one", seats: 1,
            handler: SimulatedHandler())
        let node = NodeService(configuration, logger: quiet)
        await #expect(throws: NodeError.noServerKey(user: "node:node")) { try await node.run() }
    }

    // Node                                     Broker
    // resolve 1                                dies without an answer
    //                                          another one, at the same endpoint
    // hello, holding 1
    // resolve 1, the same id
    @Test func `a node comes back to a broker that was replaced, with what it holds`() async {
        await #expect(processExitsWith: .success) {
            let cluster = try Cluster()
            let said = Hearsay<String>()
            let first = try cluster.makeBroker { body in
                switch body {
                case .hello: return [.welcome(heartbeat: 50), .grant(1, 1)]
                case .commands:
                    said.tell("commands")
                    return []
                case .ping: return [.aPong]
                case .goodbye, .seats, .query: return []
                }
            }
            let configuration = NodeConfiguration(
                brokerEndpoint: first.endpoint, key: cluster.node, name: "n1", line: "line-one", seats: 2,
                handler: SimulatedHandler())
            let group = ServiceGroup(services: [NodeService(configuration, logger: quiet)], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                #expect(await said.first { $0 == "commands" } != nil)
                first.stop()
                let isGreeted = Count(Mutex(0))
                let second = try againUntilFree {
                    try cluster.makeBroker(endpoint: first.endpoint) { body in
                        switch body {
                        case .hello(let hello):
                            isGreeted.value.withLock { $0 += 1 }
                            said.tell("hello holding \(hello.node.held.map(\.ticket))")
                            return [.welcome(broker: 2, heartbeat: 50)]
                        case .ping where isGreeted.value.withLock { $0 } == 0:
                            return [.refusal(Refusal(.unknownSession, ""))]
                        case .commands(let commands): return carryOut(commands) { said.tell($0.short) }
                        case .ping: return [.aPong]
                        case .goodbye, .seats, .query: return []
                        }
                    }
                }
                #expect(await said.first { $0.hasPrefix("hello") } == "hello holding [1]")
                #expect(await said.first { _ in true }?.hasPrefix("resolve 1/1") == true)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                second.stop()
            }
            cluster.handler.stop()
        }
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Works until it is stopped, and tells when.
private struct EndlessHandler: Handler {
    let heard = Hearsay<String>()

    func work(_ assignment: Assignment) async throws -> Decision {
        heard.tell("start \(assignment.number)")
        defer { heard.tell("stop \(assignment.number)") }
        // An hour: it is only ever cancelled.
        try await Task.sleep(for: .seconds(3_600))
        return Decision(.resolve(reply: nil))
    }
}

/// Breaks on the first ticket.
private struct MoodyHandler: Handler {
    struct Mood: Error, CustomStringConvertible {
        var description: String { "moody" }
    }

    func work(_ assignment: Assignment) async throws -> Decision {
        if assignment.number == TicketNumber(1) { throw Mood() }
        return Decision(.resolve(reply: nil))
    }
}

private final class Count: Sendable {
    let value: Mutex<Int>

    init(_ value: consuming sending Mutex<Int>) {
        self.value = value
    }
}
