import Keys
import Tickets
import ZeroMQ

/// The two sockets of the coordinator, made on the thread that will use them.
struct CoordinatorSockets: ~Copyable {
    /// Takes metrics and questions.
    let router: Socket
    /// Asks the broker.
    let dealer: Socket
    /// Where the router listens, with its port.
    let endpoint: String

    /// Not an init: Swift 6.3 does not take one that may fail halfway through values that cannot be copied.
    static func open(_ configuration: CoordinatorConfiguration) throws -> CoordinatorSockets {
        let security = Security.server(
            secretKey: configuration.keys.secretKey, domain: configuration.zapDomain)
        let router = try Socket(.router, options: SocketOptions(security: security))
        let endpoint = try bind(router, to: configuration.endpoint)
        try LockTrial.run(endpoint, server: configuration.keys.publicKey)
        return CoordinatorSockets(router: router, dealer: try connect(configuration), endpoint: endpoint)
    }

    /// A new connection to the broker.
    ///
    /// `attempt` counts them: each of the keys that the broker may have is tried in turn.
    static func connect(
        _ configuration: CoordinatorConfiguration, attempt: Int = 0
    ) throws(ZeroMQError) -> Socket {
        let servers = configuration.brokerKeys()
        let security: Security =
            configuration.isInsecureLoopback
            ? .loopbackClient(name: KeyFolder.coordinatorName.text)
            : .client(server: servers[attempt % servers.count], keys: configuration.keys)
        let dealer = try Socket(.dealer, options: SocketOptions(security: security))
        try dealer.connect(configuration.brokerEndpoint)
        return dealer
    }

    private static func bind(_ router: borrowing Socket, to endpoint: String) throws -> String {
        do throws(ZeroMQError) {
            return try router.bind(endpoint)
        } catch .addressInUse {
            throw CoordinatorError.endpointInUse(endpoint)
        }
    }
}
