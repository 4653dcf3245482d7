/// beanstalkd with its binlog, synced at every write.
struct Beanstalkd: PeerSystem, PeerServer {
    let name = "beanstalkd"
    let packageName = "beanstalkd"
    let bestConnections = [1, 16]

    func checkInstalled() throws(PeerError) { _ = try program() }

    private func program() throws(PeerError) -> String {
        try Program.find("beanstalkd", package: packageName)
    }

    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer {
        let port = try Program.freePort()
        let process = try ServerProcess(
            [try program(), "-l", "127.0.0.1", "-p", "\(port)", "-b", try folder.make("binlog"), "-f", "0"],
            folder: folder.path)
        let control = try process.waitUntilReady { () throws(PeerError) in try ByteStream(port: port) }
        return try RunningBeanstalkd(process, control, port, plan.payloads)
    }
}

private final class RunningBeanstalkd: RunningPeer {
    let facts: PeerFacts
    private let process: ServerProcess
    private let control: ByteStream
    private let port: UInt16
    private let payloads: Payloads

    init(
        _ process: ServerProcess, _ control: ByteStream, _ port: UInt16, _ payloads: Payloads
    ) throws(PeerError) {
        self.process = process
        self.control = control
        self.port = port
        self.payloads = payloads
        let statistics = try Self.statistics(control)
        // The interval of syncs is nowhere in the statistics, so the command line says it.
        let isOn = (Int(statistics["binlog-max-size"] ?? "") ?? 0) > 0
        facts = PeerFacts(
            version: (statistics["version"] ?? "unknown").filter { $0 != "\"" },
            durability: "-b (binlog) -f 0: fsync at every write; a reserve is in memory only", isDurable: isOn
        )
    }

    func openPut(window: Int) throws(PeerError) -> BeanstalkPut {
        BeanstalkPut(try ByteStream(port: port), payloads)
    }

    func openTake(seats: Int) throws(PeerError) -> BeanstalkTake {
        BeanstalkTake(try ByteStream(port: port), payloads, seats: seats)
    }

    func jobsLeft() throws(PeerError) -> Int {
        let statistics = try Self.statistics(control)
        var count = 0
        for state in ["urgent", "ready", "reserved", "delayed", "buried"] {
            guard let jobs = Int(statistics["current-jobs-\(state)"] ?? "") else {
                throw PeerError("stats: no current-jobs-\(state)")
            }
            count += jobs
        }
        return count
    }

    func end() { process.end() }

    /// The lines `name: value` of the stats command.
    private static func statistics(_ control: ByteStream) throws(PeerError) -> [String: String] {
        control.output.append("stats\r\n")
        let page = try control.exchange { () throws(PeerError) -> String? in
            var reader = BeanstalkReader(control.input.readable)
            guard let reply = try reader.next() else { return nil }
            guard case .ok(let body) = reply else { throw reader.error("stats", reply) }
            let page = reader.bytes.text(body)
            control.input.consume(reader.offset)
            return page
        }
        var statistics: [String: String] = [:]
        for line in page.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            statistics[String(parts[0])] = String(parts[1].drop { $0 == " " })
        }
        return statistics
    }
}
