import ArgumentParser
import Logging
import Node
import Randomness

/// A node's file.
struct NodeFile: RoleFilePart {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case data, key, name, line, seats, shift, broker, insecureLoopback, coordinator, drainGraceMs, handler
    }

    var data: String?
    var key: String?
    var name: String?
    var line: String?
    var seats: Int?
    var shift: String?
    var broker: String?
    var insecureLoopback: Bool?
    var coordinator: String?
    var drainGraceMs: Int64?
    var handler: Strict<HandlerFile>?
}

/// What works a ticket at the node.
struct HandlerFile: RoleFilePart {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, serviceMs, serviceTime, sigma, escalationShare, failureShare, declineShare, pendingShare,
            pendingMs,
            seed, command, arguments, timeoutMs, ask
    }

    /// `simulated` or `exec`.
    var kind: String?
    var serviceMs: Double?
    var serviceTime: String?
    var sigma: Double?
    var escalationShare: Double?
    var failureShare: Double?
    var declineShare: Double?
    var pendingShare: Double?
    var pendingMs: Int64?
    var seed: UInt64?
    var command: String?
    var arguments: [String]?
    var timeoutMs: Int64?
    var ask: String?

    func handler(logger: Logger) throws -> any Handler {
        switch kind ?? (command == nil ? "simulated" : "exec") {
        case "simulated":
            try refuse(
                of: "exec", by: "simulated",
                [
                    "ask": ask != nil, "command": command != nil, "argument": arguments != nil,
                    "timeout-ms": timeoutMs != nil,
                ])
            return try simulated()
        case "exec":
            try refuse(
                of: "simulated", by: "exec",
                [
                    "service-ms": serviceMs != nil, "service-time": serviceTime != nil,
                    "sigma": sigma != nil, "escalation-share": escalationShare != nil,
                    "failure-share": failureShare != nil, "decline-share": declineShare != nil,
                    "pending-share": pendingShare != nil, "pending-ms": pendingMs != nil,
                    "seed": seed != nil,
                ])
            guard let command, !command.isEmpty else {
                throw Failure(
                    .usage, "the handler `exec` needs a command: give --command, or `command:` in the file")
            }
            guard (timeoutMs ?? 1) > 0 else { throw Failure(.usage, "`timeoutMs` must be more than 0") }
            var handler = ExecHandler(
                program: command, arguments: arguments ?? [], timeoutMilliseconds: timeoutMs ?? 60_000,
                logger: logger)
            handler.asker = ask
            return handler
        case let other: throw Failure(.usage, "there is no handler `\(other)`: take simulated or exec")
        }
    }

    /// What is another handler's would change nothing, and whoever wrote it expects that it does.
    private func refuse(of other: String, by kind: String, _ given: KeyValuePairs<String, Bool>) throws {
        guard let first = given.first(where: \.value)?.key else { return }
        throw Failure(
            .usage,
            "--\(first), or the same in the file, is of the handler `\(other)`, and this one is `\(kind)`: leave it out, "
                + "or give --handler \(other)\(other == "exec" ? " and --command" : "")")
    }

    private func simulated() throws -> SimulatedHandler {
        var handler = SimulatedHandler(serviceTime: try time())
        handler.escalationShare = try share("escalationShare", escalationShare ?? 0.3)
        handler.failureShare = try share("failureShare", failureShare ?? 0)
        handler.declineShare = try share("declineShare", declineShare ?? 0)
        handler.pendingShare = try share("pendingShare", pendingShare ?? 0)
        // A customer that never writes would leave the ticket pending for good.
        handler.pendingMilliseconds = pendingMs ?? handler.pendingMilliseconds
        handler.seed = seed ?? 1
        return handler
    }

    private func time() throws -> ServiceTime {
        let mean = serviceMs ?? 100
        guard mean >= 0, mean.isFinite else { throw Failure(.usage, "`serviceMs` must be 0 or more") }
        switch serviceTime ?? "exponential" {
        case "constant": return .constant(milliseconds: mean)
        case "exponential": return .exponential(meanMilliseconds: mean)
        case "lognormal": return .lognormal(meanMilliseconds: mean, sigma: sigma ?? 0.7)
        case let other:
            throw Failure(
                .usage, "there is no service time `\(other)`: take constant, exponential or lognormal")
        }
    }

    private func share(_ key: String, _ value: Double) throws -> Double {
        guard (0...1).contains(value) else {
            throw Failure(.usage, "`\(key)` is \(value): a share is from 0 to 1")
        }
        return value
    }
}

/// The same as options.
struct NodeOptions: ParsableArguments {
    @OptionGroup var data: DataOptions

    @Option(help: "The node's key file. (default: DATA/keys/node.key)", completion: .file()) var key: String?
    @Option(help: "The node's name.") var name: String?
    @Option(help: "The line that it serves.") var line: String?
    @Option(
        help:
            "Its seats: a ticket takes one, or the share of one that the desk's `seats` gives its channel. (default: 4)"
    )
    var seats: Int?
    @Option(help: "The shift that it works in.") var shift: String?
    @Option(help: "The broker's endpoint. (default: \(Endpoints().broker))") var broker: String?
    @OptionGroup var insecureLoopback: InsecureLoopbackOption
    @Option(help: "The coordinator's endpoint, or `none`. (default: \(Endpoints().coordinator))")
    var coordinator: String?
    @Option(help: "How long handlers may go on when the node drains. (default: 30000)") var drainGraceMs:
        Int64?
    @Option(help: "What works a ticket: simulated or exec.") var handler: String?
    @Option(help: "Simulated: mean service time in milliseconds. (default: 100)") var serviceMs: Double?
    @Option(help: "Simulated: constant, exponential or lognormal.") var serviceTime: String?
    @Option(help: "Simulated: deviation of a lognormal's logarithm. (default: 0.7)") var sigma: Double?
    @Option(help: "Simulated: share of tickets that go to the next line. (default: 0.3)") var escalationShare:
        Double?
    @Option(help: "Simulated: share that fails.") var failureShare: Double?
    @Option(help: "Simulated: share that is declined.") var declineShare: Double?
    @Option(help: "Simulated: share that gets a question and waits for its customer.") var pendingShare:
        Double?
    @Option(help: "Simulated: when those wake by themselves, in milliseconds. (default: 1000)") var pendingMs:
        Int64?
    @Option(help: "Simulated: what the draws depend on. (default: 1)") var seed: UInt64?
    @Option(help: "Exec: the program, a path or a name.", completion: .shellCommand("compgen -c"))
    var command: String?
    @Option(name: .customLong("argument"), help: "Exec: an argument of the program; repeat for more.")
    var arguments: [String] = []
    @Option(help: "Exec: milliseconds that the program may take. (default: 60000)") var timeoutMs: Int64?
    @Option(help: "Exec: a program that says first whether an offered ticket is taken.", completion: .file())
    var ask: String?

    func over(_ file: NodeFile) -> NodeFile {
        var file = file
        file.data = data.data ?? file.data
        file.key = key ?? file.key
        file.name = name ?? file.name
        file.line = line ?? file.line
        file.seats = seats ?? file.seats
        file.shift = shift ?? file.shift
        file.broker = broker ?? file.broker
        file.insecureLoopback = insecureLoopback.over(file.insecureLoopback)
        file.coordinator = coordinator ?? file.coordinator
        file.drainGraceMs = drainGraceMs ?? file.drainGraceMs
        file.handler = Strict(over(file.handler?.value ?? HandlerFile()))
        return file
    }

    private func over(_ file: HandlerFile) -> HandlerFile {
        HandlerFile(
            kind: handler ?? file.kind, serviceMs: serviceMs ?? file.serviceMs,
            serviceTime: serviceTime ?? file.serviceTime, sigma: sigma ?? file.sigma,
            escalationShare: escalationShare ?? file.escalationShare,
            failureShare: failureShare ?? file.failureShare,
            declineShare: declineShare ?? file.declineShare, pendingShare: pendingShare ?? file.pendingShare,
            pendingMs: pendingMs ?? file.pendingMs, seed: seed ?? file.seed, command: command ?? file.command,
            arguments: arguments.isEmpty ? file.arguments : arguments, timeoutMs: timeoutMs ?? file.timeoutMs,
            ask: ask ?? file.ask)
    }
}
