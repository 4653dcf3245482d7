import ArgumentParser
import Broker
import Desk
import Keys
import Logging
import StorageSQLite
import Tickets
import ZeroMQ

struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", abstract: "Run the broker of one desk.",
        discussion: """
            Prints `ready broker ENDPOINT` once it serves. SIGTERM or Ctrl-C drains it. The keys are in DATA/keys; \
            connections are encrypted unless --insecure-loopback is given, so an endpoint off loopback is allowed.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var settings: BrokerOptions

    func run() async throws {
        let runner = try RoleRunner(role: "broker", options: role)
        let file = try settings.over(role.file(BrokerFile.self))
        let endpoint = file.endpoint ?? Endpoints().broker
        let isInsecureLoopback = file.insecureLoopback == true
        if isInsecureLoopback { try InsecureLoopbackOption.check(endpoint) }
        let folder = DataFolder(file.data)
        try folder.create()
        let (desk, deskSource) = try (file.settings(), file.deskSource())
        let store = SQLiteStore(folder: folder.path)
        var configuration = try BrokerConfiguration(
            endpoint: endpoint, store: store, settings: desk,
            keys: folder.keys.load(KeyFolder.brokerName).keys,
            registry: KeyRegistry(folder.keys.authorizedPath, nowMilliseconds: DeskClock.microseconds / 1_000)
        )
        configuration.isInsecureLoopback = isInsecureLoopback
        configuration.deskSource = deskSource
        configuration.audit = folder.audit
        configuration.freeBytes = {
            do {
                return Int64(clamping: try store.freeBytes())
            } catch {
                // Unknown is not full: a commit that fails says so.
                return nil
            }
        }
        if let reserve = file.diskReserveMiB { configuration.diskReserveBytes = reserve << 20 }
        if let events = file.eventsPerSnapshot { configuration.eventsPerSnapshot = events }
        if let cost = file.commandsPerSecond { configuration.costPerSecond = cost }
        let coordinator = file.coordinator ?? Endpoints().coordinator
        if coordinator != "none" {
            configuration.coordinatorEndpoint = coordinator
            // It is missed now, and not when it is looked for again.
            _ = try folder.keys.load(KeyFolder.coordinatorName)
            configuration.coordinatorKeys = { folder.keys.serverKeys(KeyFolder.coordinatorName) }
        }
        let service = BrokerService(configuration, logger: runner.logger) { endpoint in
            runner.keep(folder) { $0.broker = Endpoints.local(endpoint) }
            runner.ready(endpoint)
        }
        try await runner.run([service])
    }
}

/// A broker's file.
struct BrokerFile: RoleFilePart {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case data, endpoint, insecureLoopback, coordinator, desk, lines, leaseMs, heartbeatMs, diskReserveMiB,
            eventsPerSnapshot, commandsPerSecond, sessionsPerKey
    }

    var data: String?
    var endpoint: String?
    var insecureLoopback: Bool?
    var coordinator: String?
    /// The path of the desk's own file; then the desk's lines and leases are in there.
    var desk: String?
    var lines: [Strict<LineFile>]?
    var leaseMs: Int64?
    var heartbeatMs: Int64?
    var diskReserveMiB: Int64?
    var eventsPerSnapshot: UInt64?
    /// What one key may ask for; a frame and a KiB count like a command, a question like 25.
    var commandsPerSecond: Int?
    var sessionsPerKey: Int?

    /// The text of the desk's own file; nil without one.
    func deskSource() throws -> String? { try deskFile()?.source }

    private func deskFile() throws -> DeskFile? {
        guard let desk else { return nil }
        guard lines == nil, leaseMs == nil else {
            throw Failure(.usage, "`lines` and `leaseMs` are settings of the desk, which has a file: \(desk)")
        }
        return try DeskFile.read(desk)
    }

    /// The desk that the file describes.
    func settings() throws -> DeskSettings {
        var desk = DeskSettings()
        if let path = self.desk, let settings = try deskFile()?.sound(path) { desk = settings }
        if let lines { desk.lines = try lines.map { try $0.value.line() } }
        guard Set(desk.lines.map(\.name)).count == desk.lines.count, !desk.lines.isEmpty else {
            throw Failure(.usage, "`lines` needs at least one line, each with a name of its own")
        }
        for line in desk.lines {
            try check("leaseMs", line.leaseMilliseconds, 20...86_400_000)
            try check("ownerWaitMs", line.ownerWaitMilliseconds, 0...86_400_000)
            for headStart in line.headStartMilliseconds {
                try check("headStartMs", headStart, 0...31_536_000_000)
            }
            guard let next = line.next, desk.line(next) == nil || next == line.name else { continue }
            throw Failure(
                .usage, "line \(line.name) escalates to \(next), which is no other line of the desk")
        }
        if let leaseMs {
            try check("leaseMs", leaseMs, 20...86_400_000)
            for index in desk.lines.indices { desk.lines[index].leaseMilliseconds = leaseMs }
        }
        if let heartbeatMs {
            try check("heartbeatMs", heartbeatMs, 20...600_000)
            desk.heartbeatMilliseconds = heartbeatMs
        }
        if let commandsPerSecond {
            try check("commandsPerSecond", Int64(commandsPerSecond), 1...1_000_000_000)
        }
        if let sessionsPerKey {
            try check("sessionsPerKey", Int64(sessionsPerKey), 1...Int64(desk.limits.sessionsMax))
            desk.limits.sessionsPerKey = sessionsPerKey
        }
        if let diskReserveMiB { try check("diskReserveMiB", diskReserveMiB, 0...1_048_576) }
        return desk
    }

    private func check(_ key: String, _ value: Int64, _ range: ClosedRange<Int64>) throws {
        guard !range.contains(value) else { return }
        throw Failure(
            .usage, "`\(key)` is \(value): it must be from \(range.lowerBound) to \(range.upperBound)")
    }
}

/// A line of the desk.
struct LineFile: RoleFilePart {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, next, leaseMs, ownerWaitMs, answersEscalated, headStartMs
    }

    var name: String
    var next: String?
    var leaseMs: Int64?
    var ownerWaitMs: Int64?
    var answersEscalated: Bool?
    /// From low to urgent.
    var headStartMs: [Int64]?

    func line() throws -> LineSettings {
        var line = LineSettings(name: try Name(argument: name, "a line's name"))
        line.next = try next.map { try Name(argument: $0, "`next` of line \(name)") }
        if let leaseMs { line.leaseMilliseconds = leaseMs }
        if let ownerWaitMs { line.ownerWaitMilliseconds = ownerWaitMs }
        if let answersEscalated { line.answersEscalated = answersEscalated }
        if let headStartMs {
            guard headStartMs.count == Priority.allCases.count else {
                throw Failure(
                    .usage, "`headStartMs` of line \(name) has four values: low, normal, high, urgent")
            }
            line.headStartMilliseconds = headStartMs
        }
        return line
    }
}

/// The same as options.
struct BrokerOptions: ParsableArguments {
    @OptionGroup var data: DataOptions

    @Option(help: "Where to listen; port 0 takes a free one. (default: \(Endpoints().broker))")
    var endpoint: String?

    @OptionGroup var insecureLoopback: InsecureLoopbackOption

    @Option(help: "The coordinator's endpoint, or `none`. (default: \(Endpoints().coordinator))")
    var coordinator: String?

    @Option(
        help: "The desk's file, as in Cluster/desks: what the desk is until `config apply` says otherwise.",
        completion: .file())
    var desk: String?

    @Option(help: "The lines from first to last, as line-one,line-two; for a desk without a file.")
    var lines: String?

    @Option(help: "Milliseconds for which a claim holds without a sign of life. (default: 180000)")
    var leaseMs: Int64?

    @Option(help: "The interval of signs of life in milliseconds. (default: 5000)")
    var heartbeatMs: Int64?

    @Option(
        name: .customLong("disk-reserve-mib"),
        help: "Refuse new tickets below this many free MiB. (default: 64)")
    var diskReserveMiB: Int64?

    @Option(help: "Events after which a snapshot is taken. (default: 250000)")
    var eventsPerSnapshot: UInt64?

    @Option(
        help:
            "What one key may ask for in a second; a frame and a KiB count like a command, a question like 25. (default: 250000)"
    )
    var commandsPerSecond: Int?

    @Option(help: "Sessions that one key may have at a time. (default: 20000)")
    var sessionsPerKey: Int?

    func over(_ file: BrokerFile) throws -> BrokerFile {
        var file = file
        file.data = data.data ?? file.data
        file.endpoint = endpoint ?? file.endpoint
        file.insecureLoopback = insecureLoopback.over(file.insecureLoopback)
        file.coordinator = coordinator ?? file.coordinator
        file.desk = desk.map(DataFolder.absolute) ?? file.desk
        file.leaseMs = leaseMs ?? file.leaseMs
        file.heartbeatMs = heartbeatMs ?? file.heartbeatMs
        file.diskReserveMiB = diskReserveMiB ?? file.diskReserveMiB
        file.eventsPerSnapshot = eventsPerSnapshot ?? file.eventsPerSnapshot
        file.commandsPerSecond = commandsPerSecond ?? file.commandsPerSecond
        file.sessionsPerKey = sessionsPerKey ?? file.sessionsPerKey
        if let lines {
            let names = lines.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            file.lines = names.enumerated().map { index, name in
                Strict(LineFile(name: name, next: index + 1 < names.count ? names[index + 1] : nil))
            }
        }
        return file
    }
}
