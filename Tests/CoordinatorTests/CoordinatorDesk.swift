import Coordinator
import Foundation
import Keys
import Logging
import ServiceLifecycle
import SwiftProtobuf
import Testing
import Tickets
import Wire
import ZeroMQ

let quietLogger = Logger(label: "coordinator") { _ in SwiftLogNoOpLogHandler() }

/// A coordinator that runs, the keys of its folder, and where it expects its broker.
struct CoordinatorDesk: Sendable {
    let service: CoordinatorService
    let configuration: CoordinatorConfiguration
    let folder: KeyFolder
    /// Where the coordinator listens.
    let endpoint: String

    /// Connects with the key of this name.
    func withPeer<Value>(_ name: Name, _ body: (borrowing Socket) throws -> Value) throws -> Value {
        let file = try folder.load(name)
        let options = SocketOptions(
            security: .client(server: configuration.keys.publicKey, keys: file.keys))
        let dealer = try Socket(.dealer, options: options)
        try dealer.connect(endpoint)
        return try body(dealer)
    }

    /// The figures, asked for with the key of this name.
    func figures(_ name: Name) throws -> FiguresReport {
        try withPeer(name) { peer in
            try peer.sendOnceConnected(figuresQuestion.encoded())
            return try nextReport(peer)
        }
    }

    /// A broker that answers the coordinator, for as long as `body` runs.
    func withBroker(_ body: (inout FakeBroker) throws -> Void) throws {
        let keys = try folder.load(KeyFolder.brokerName).keys
        let security = Security.server(secretKey: keys.secretKey, domain: configuration.zapDomain)
        let router = try Socket(.router, options: SocketOptions(security: security))
        let endpoint = try bindOnceFree(router, configuration.brokerEndpoint)
        var broker = FakeBroker(router: router)
        try body(&broker)
        try broker.router.unbind(endpoint)
    }
}

/// Runs a coordinator on a free port, with keys of its own, and shuts it down at the end.
func withCoordinator(_ body: @Sendable (CoordinatorDesk) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "coordinator-\(UUID().uuidString)").path
    let folder = KeyFolder(path)
    try folder.create()
    defer {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record(error)
        }
    }
    var configuration = try CoordinatorConfiguration(
        endpoint: "tcp://127.0.0.1:0", brokerEndpoint: try freeEndpoint(), folder: folder)
    configuration.pollMilliseconds = 50
    let (endpoints, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let service = CoordinatorService(configuration, logger: quietLogger) { continuation.yield($0) }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: [service], logger: quietLogger))
    try await withThrowingTaskGroup(of: Void.self) { [configuration] tasks in
        tasks.addTask { try await group.run() }
        var iterator = endpoints.makeAsyncIterator()
        let endpoint = try #require(await iterator.next())
        let desk = CoordinatorDesk(
            service: service, configuration: configuration, folder: folder, endpoint: endpoint)
        do {
            try await body(desk)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// An endpoint of loopback that nobody holds now.
private func freeEndpoint() throws -> String {
    let router = try Socket(.router)
    let endpoint = try router.bind("tcp://127.0.0.1:0")
    try router.unbind(endpoint)
    return endpoint
}

/// Binds an endpoint that another socket of this process has just left.
func bindOnceFree(_ router: borrowing Socket, _ endpoint: String) throws(ZeroMQError) -> String {
    let deadline = ContinuousClock.now + .seconds(20)
    while true {
        do {
            return try router.bind(endpoint)
        } catch let error where ZeroMQError.addressInUse ~= error && ContinuousClock.now < deadline {
            // The listener closes on libzmq's I/O thread some time after unbind, and no signal tells when.
            continue
        }
    }
}
