/// Redis Streams: XADD, XREADGROUP, XACK and XDEL, with every write on disk before its answer.
struct RedisStreams: PeerSystem, PeerServer {
    let name = "redis-streams"
    let packageName = "redis-server"
    let bestConnections = [1, 4, 16]

    func checkInstalled() throws(PeerError) { _ = try program() }

    private func program() throws(PeerError) -> String {
        try Program.find("redis-server", package: packageName)
    }

    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer {
        let port = try Program.freePort()
        let process = try ServerProcess(
            [
                try program(), "--port", "\(port)", "--bind", "127.0.0.1", "--dir", try folder.make("data"),
                "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxclients", "2000",
            ], folder: folder.path)
        let control = try process.waitUntilReady { () throws(PeerError) in
            let control = try RedisControl(port: port)
            return try control.ask("PING") == "PONG" ? control : nil
        }
        return try RunningRedis(process, control, port, plan.payloads)
    }
}

private final class RunningRedis: RunningPeer {
    let facts: PeerFacts
    private let process: ServerProcess
    private let control: RedisControl
    private let port: UInt16
    private let payloads: Payloads
    private var consumers = 0

    init(
        _ process: ServerProcess, _ control: RedisControl, _ port: UInt16, _ payloads: Payloads
    ) throws(PeerError) {
        self.process = process
        self.control = control
        self.port = port
        self.payloads = payloads
        let info = try control.ask("INFO", "server")
        let version = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("redis_version:") }
        let isOn = try control.ask("CONFIG", "GET", "appendonly")
        let fsync = try control.ask("CONFIG", "GET", "appendfsync")
        facts = PeerFacts(
            version: version.map { String($0.dropFirst("redis_version:".count)) } ?? "unknown",
            durability: "\(isOn), \(fsync)",
            isDurable: isOn == "appendonly yes" && fsync == "appendfsync always")
        _ = try control.ask("XGROUP", "CREATE", "jobs", "g", "$", "MKSTREAM")
    }

    func openPut(window: Int) throws(PeerError) -> RedisPut {
        RedisPut(try ByteStream(port: port), payloads)
    }

    func openTake(seats: Int) throws(PeerError) -> RedisTake {
        consumers += 1
        return RedisTake(try ByteStream(port: port), payloads, consumer: consumers, seats: seats)
    }

    func jobsLeft() throws(PeerError) -> Int {
        let pending = try control.ask("XPENDING", "jobs", "g").split(separator: " ").first ?? ""
        let length = try control.ask("XLEN", "jobs")
        guard let length = Int(length), let pending = Int(pending) else {
            throw PeerError("XLEN and XPENDING gave no numbers")
        }
        return max(length, pending)
    }

    func end() { process.end() }
}

/// A connection for questions, one at a time.
private final class RedisControl {
    private let stream: ByteStream

    init(port: UInt16) throws(PeerError) { stream = try ByteStream(port: port) }

    /// The answer's texts and numbers with a space between them.
    func ask(_ parts: String...) throws(PeerError) -> String {
        stream.output.append(respParts: parts.count)
        for part in parts { Array(part.utf8).withUnsafeBytes { stream.output.append(resp: $0) } }
        return try stream.exchange { () throws(PeerError) in
            var whole = RESPReader(stream.input.readable)
            guard try whole.skipReply() else { return nil }
            var reader = RESPReader(stream.input.readable)
            var words: [String] = []
            while reader.offset < whole.offset, let token = try reader.next() {
                switch token {
                case .simple(let range), .bulk(.some(let range)): words.append(reader.bytes.text(range))
                case .integer(let value): words.append("\(value)")
                case .error: throw .redis(parts[0], token, reader.bytes)
                case .bulk(nil), .array: break
                }
            }
            stream.input.consume(whole.offset)
            return words.joined(separator: " ")
        }
    }
}
