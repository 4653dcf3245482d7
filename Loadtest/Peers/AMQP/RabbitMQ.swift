/// RabbitMQ with a durable queue, persistent messages, publisher confirms and consumer acknowledgements.
struct RabbitMQ: PeerSystem, PeerServer {
    enum QueueType: String, Sendable {
        case classic
        case quorum

        var argument: StaticString { self == .classic ? "classic" : "quorum" }
    }

    let queueType: QueueType

    var name: String { "rabbitmq-\(queueType)" }
    let packageName = "rabbitmq-server"
    let bestConnections = [1, 4]

    func checkInstalled() throws(PeerError) { _ = try program() }

    /// The script itself: the one in /usr/sbin insists on the system's folders and user.
    private func program() throws(PeerError) -> String {
        let path = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        guard Program.isProgram(path) else { throw Program.missing("rabbitmq-server", package: packageName) }
        return path
    }

    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer {
        let ports = (
            names: try Program.freePort(), nodes: try Program.freePort(), clients: try Program.freePort()
        )
        // Erlang would start a daemon that names its nodes to each other, and leave it behind. This one is
        // ours.
        let names = try ServerProcess(
            [
                try Program.find("epmd", package: "erlang-base"), "-port", "\(ports.names)", "-address",
                "127.0.0.1",
            ], folder: try folder.make("epmd"))
        _ = try names.waitUntilReady { () throws(PeerError) in try ByteStream(port: ports.names) }
        let process = try ServerProcess(
            [try program()], folder: folder.path,
            environment: [
                "ERL_EPMD_PORT": "\(ports.names)", "ERL_EPMD_ADDRESS": "127.0.0.1",
                "RABBITMQ_NODENAME": "peer\(ports.clients)@localhost", "RABBITMQ_DIST_PORT": "\(ports.nodes)",
                "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": "\(ports.clients)",
                "RABBITMQ_MNESIA_BASE": try folder.make("mnesia"),
                "RABBITMQ_LOG_BASE": try folder.make("log"),
                "RABBITMQ_CONF_ENV_FILE": try folder.write("rabbitmq-env.conf", ""),
                "RABBITMQ_CONFIG_FILE": try folder.write("rabbitmq.conf", ""),
                "RABBITMQ_ENABLED_PLUGINS_FILE": try folder.write("enabled_plugins", "[].\n"),
                "HOME": folder.path,
                // The script then becomes the server instead of watching it, so that its pid is the server's.
                "detached": "1",
            ])
        let (control, version) = try process.waitUntilReady { () throws(PeerError) in
            try AMQPConnection.open(port: ports.clients)
        }
        _ = try control.declareQueue(queueType.argument, isPassive: false)
        let facts = PeerFacts(
            version: version,
            durability: "durable \(queueType) queue, persistent messages, publisher confirms, consumer "
                + "acknowledgements (AMQP does not answer those: done is when the channel has read it)",
            isDurable: true)
        return RunningRabbitMQ(
            facts: facts, processes: [process, names], control: control, queueType: queueType,
            port: ports.clients, payloads: plan.payloads)
    }
}

private final class RunningRabbitMQ: RunningPeer {
    let facts: PeerFacts
    private let processes: [ServerProcess]
    private let control: AMQPConnection
    private let queueType: RabbitMQ.QueueType
    private let port: UInt16
    private let payloads: Payloads
    private var takers: [ByteStream] = []

    init(
        facts: PeerFacts, processes: [ServerProcess], control: AMQPConnection, queueType: RabbitMQ.QueueType,
        port: UInt16, payloads: Payloads
    ) {
        self.facts = facts
        self.processes = processes
        self.control = control
        self.queueType = queueType
        self.port = port
        self.payloads = payloads
    }

    func openPut(window: Int) throws(PeerError) -> AMQPPut {
        let (connection, _) = try AMQPConnection.open(port: port)
        try connection.selectConfirms()
        return AMQPPut(connection, payloads)
    }

    func openTake(seats: Int) throws(PeerError) -> AMQPTake {
        let (connection, _) = try AMQPConnection.open(port: port)
        connection.setPrefetch(seats)
        try connection.wait(for: .basicQosOk) { _, _ in }
        takers.append(connection.stream)
        return AMQPTake(connection, payloads, seats: seats)
    }

    /// Hangs the takers up first: the queue tells only what is ready, and what they held becomes that.
    func jobsLeft() throws(PeerError) -> Int {
        for taker in takers { taker.hangUp() }
        return try processes[0].waitUntilReady { () throws(PeerError) in
            let queue = try control.declareQueue(queueType.argument, isPassive: true)
            return queue.consumers == 0 ? queue.messages : nil
        }
    }

    func end() { for process in processes { process.end() } }
}
