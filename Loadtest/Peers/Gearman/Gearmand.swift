/// gearmand with background jobs in SQLite.
struct Gearmand: PeerSystem, PeerServer {
    let name = "gearmand-sqlite"
    let packageName = "gearman-job-server"
    let bestConnections = [1, 4]

    func checkInstalled() throws(PeerError) { _ = try program() }

    private func program() throws(PeerError) -> String {
        try Program.find("gearmand", package: packageName)
    }

    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer {
        let port = try Program.freePort()
        let database = "\(try folder.make("queue"))/queue.db"
        let process = try ServerProcess(
            [
                try program(), "-L", "127.0.0.1", "-p", "\(port)", "-q", "libsqlite3",
                "--libsqlite3-db=\(database)", "-P", "\(folder.path)/gearmand.pid", "-l", "stderr",
                "--config-file", try folder.write("gearmand.conf", ""), "--verbose", "WARNING",
            ], folder: folder.path)
        let control = try process.waitUntilReady { () throws(PeerError) in try ByteStream(port: port) }
        return try RunningGearmand(process, control, port, plan.payloads, database)
    }
}

private final class RunningGearmand: RunningPeer {
    let facts: PeerFacts
    private let process: ServerProcess
    private let control: ByteStream
    private let port: UInt16
    private let payloads: Payloads

    init(
        _ process: ServerProcess, _ control: ByteStream, _ port: UInt16, _ payloads: Payloads,
        _ database: String
    ) throws(PeerError) {
        self.process = process
        self.control = control
        self.port = port
        self.payloads = payloads
        let answer = try Self.ask(control, "version\n") { $0.last == "\n" }
        let version = answer.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? "unknown"
        // The journal is in the file; synchronous is the connection's, and gearmand leaves SQLite's default,
        // FULL.
        let journal = try SQLiteDatabase(database).ask("PRAGMA journal_mode")
        facts = PeerFacts(
            version: version,
            durability:
                "SQLite queue, journal_mode=\(journal), synchronous=FULL (default), a transaction a job",
            isDurable: true)
    }

    func openPut(window: Int) throws(PeerError) -> GearmanPut {
        GearmanPut(try ByteStream(port: port), payloads)
    }

    func openTake(seats: Int) throws(PeerError) -> GearmanTake {
        GearmanTake(try ByteStream(port: port), payloads, seats: seats)
    }

    /// From the line `function TAB jobs TAB running TAB workers` of the admin protocol.
    func jobsLeft() throws(PeerError) -> Int {
        let status = try Self.ask(control, "status\n") { $0.hasSuffix(".\n") }
        let line = status.split(separator: "\n").first { $0.hasPrefix("j\t") }
        guard let line, let count = Int(line.split(separator: "\t")[1]) else {
            throw PeerError("gearman: no function j in its status")
        }
        return count
    }

    func end() { process.end() }

    private static func ask(
        _ control: ByteStream, _ command: StaticString, until isWhole: (String) -> Bool
    ) throws(PeerError) -> String {
        control.output.append(command)
        return try control.exchange { () throws(PeerError) in
            let text = control.input.readable.text()
            guard isWhole(text) else { return nil }
            control.input.consume(control.input.count)
            return text
        }
    }
}
