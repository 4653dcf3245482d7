/// NATS JetStream: a work queue in files, publishes acknowledged, and acknowledgements acknowledged.
struct NATSJetStream: PeerSystem, PeerServer {
    let name = "nats-jetstream"
    let packageName = "nats-server"
    let bestConnections = [1, 4]

    func checkInstalled() throws(PeerError) { _ = try program() }

    private func program() throws(PeerError) -> String {
        try Program.find("nats-server", package: packageName)
    }

    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer {
        let store = try folder.make("jetstream")
        let sync = try NATSSync(program: try program(), store: store, folder: folder)
        let port = try Program.freePort()
        let configuration = try folder.write(
            "nats.conf",
            """
            listen: "127.0.0.1:\(port)"
            jetstream { store_dir: "\(store)", max_file_store: 50G\(sync.setting) }

            """)
        let process = try ServerProcess([try program(), "-c", configuration], folder: folder.path)
        let control = try process.waitUntilReady { () throws(PeerError) in
            try NATSConnection.open(port: port, number: 0)
        }
        return try RunningNATS(process, control.0, info: control.info, sync, port, plan)
    }
}

private final class RunningNATS: RunningPeer {
    let facts: PeerFacts
    private let process: ServerProcess
    private let control: NATSConnection
    private let port: UInt16
    private let plan: Plan
    private var connections = 0

    init(
        _ process: ServerProcess, _ control: NATSConnection, info: String, _ sync: NATSSync, _ port: UInt16,
        _ plan: Plan
    ) throws(PeerError) {
        self.process = process
        self.control = control
        self.port = port
        self.plan = plan
        facts = PeerFacts(
            version: jsonField("version", in: info) ?? "unknown",
            durability: "file storage, \(sync.description); publish and +ACK acknowledged",
            isDurable: sync.isDurable)
        // The first request may come before JetStream has started.
        _ = try process.waitUntilReady { () throws(PeerError) in
            try control.request(
                "$JS.API.STREAM.CREATE.JOBS",
                #"{"name":"JOBS","subjects":["jobs"],"retention":"workqueue","storage":"file"}"#
            )
        }
        let push = plan.isPlain ? "" : #","deliver_subject":"push","deliver_group":"takers""#
        _ = try control.request(
            "$JS.API.CONSUMER.DURABLE.CREATE.JOBS.takers",
            #"{"stream_name":"JOBS","config":{"durable_name":"takers","ack_policy":"explicit","#
                + #""deliver_policy":"all","replay_policy":"instant","ack_wait":600000000000,"#
                + #""max_ack_pending":\#(plan.seats)\#(push)}}"#)
    }

    private func open() throws(PeerError) -> NATSConnection {
        connections += 1
        return try NATSConnection.open(port: port, number: connections).0
    }

    func openPut(window: Int) throws(PeerError) -> NATSPut { NATSPut(try open(), plan.payloads) }

    func openTake(seats: Int) throws(PeerError) -> NATSTake {
        NATSTake(try open(), plan.payloads, isPulling: plan.isPlain)
    }

    func jobsLeft() throws(PeerError) -> Int {
        let info = try control.request("$JS.API.STREAM.INFO.JOBS", "")
        guard let count = jsonField("messages", in: info).flatMap({ Int($0) }) else {
            throw PeerError("NATS: no count of messages in \(info)")
        }
        return count
    }

    func end() { process.end() }
}
