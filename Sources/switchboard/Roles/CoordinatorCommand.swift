import ArgumentParser
import Coordinator
import Keys
import Logging
import ServiceLifecycle
import Synchronization
import Web

struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "Run the coordinator: figures of the desk and its nodes.",
        discussion: """
            Prints `ready coordinator ENDPOINT HTTP` once it serves; /metrics and /health are there. SIGTERM or \
            Ctrl-C ends it.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var settings: CoordinatorOptions

    func run() async throws {
        let runner = try RoleRunner(role: "coordinator", options: role)
        let file = settings.over(try role.file(CoordinatorFile.self))
        let keys = KeyFolder(file.keys.map(DataFolder.absolute) ?? DataFolder(file.data).keys.path)
        let broker = file.broker ?? Endpoints().broker
        let isInsecureLoopback = file.insecureLoopback == true
        if isInsecureLoopback { try InsecureLoopbackOption.check(broker) }
        var configuration = try CoordinatorConfiguration(
            endpoint: file.endpoint ?? Endpoints().coordinator, brokerEndpoint: broker, folder: keys)
        configuration.isInsecureLoopback = isInsecureLoopback
        let address = try HTTPAddress(file.http ?? Endpoints().http)

        // The two start side by side; the line comes when both serve.
        let doors = Mutex<(socket: String?, http: String?)>((nil, nil))
        let said = ReadyLine(doors: doors, runner: runner, folder: DataFolder(file.data))
        let coordinator = CoordinatorService(configuration, logger: runner.logger) { said.socket($0) }
        let content = WebContent(
            metrics: { coordinator.metricsText() },
            health: {
                let health = coordinator.health()
                return WebContent.Health(isHealthy: health.isHealthy, json: health.json)
            })
        let web = WebService(
            WebConfiguration(host: address.host, port: address.port), content,
            logger: Logger(label: "web") { LineLog(label: $0, level: .warning) }
        ) { said.http("http://\(address.host):\($0)") }
        try await runner.run([coordinator, web])
    }
}

/// Says `ready` once both doors are open. Any thread.
private final class ReadyLine: Sendable {
    private let doors: Mutex<(socket: String?, http: String?)>
    private let runner: RoleRunner
    private let folder: DataFolder

    init(
        doors: consuming Mutex<(socket: String?, http: String?)>, runner: RoleRunner, folder: DataFolder
    ) {
        self.doors = doors
        self.runner = runner
        self.folder = folder
    }

    func socket(_ endpoint: String) { open { $0.socket = endpoint } }
    func http(_ address: String) { open { $0.http = address } }

    private func open(_ change: (inout (socket: String?, http: String?)) -> Void) {
        let both = doors.withLock { doors in
            change(&doors)
            return doors
        }
        guard let socket = both.socket, let http = both.http else { return }
        // With --keys it may have no folder of its own.
        if folder.exists {
            runner.keep(folder) { endpoints in
                endpoints.coordinator = Endpoints.local(socket)
                endpoints.http = Endpoints.local(http)
            }
        }
        runner.ready(socket, http)
    }
}

/// A coordinator's file.
struct CoordinatorFile: RoleFilePart {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case data, keys, endpoint, broker, insecureLoopback, http
    }

    var data: String?
    var keys: String?
    var endpoint: String?
    var broker: String?
    var insecureLoopback: Bool?
    var http: String?
}

/// The same as options.
struct CoordinatorOptions: ParsableArguments {
    @OptionGroup var data: DataOptions

    @Option(help: "The folder of keys. (default: DATA/keys)", completion: .directory)
    var keys: String?

    @Option(help: "Where to listen; port 0 takes a free one. (default: \(Endpoints().coordinator))")
    var endpoint: String?

    @Option(help: "The broker's endpoint. (default: \(Endpoints().broker))")
    var broker: String?

    @OptionGroup var insecureLoopback: InsecureLoopbackOption

    @Option(help: "Where /metrics and /health are. (default: \(Endpoints().http))")
    var http: String?

    func over(_ file: CoordinatorFile) -> CoordinatorFile {
        CoordinatorFile(
            data: data.data ?? file.data, keys: keys ?? file.keys, endpoint: endpoint ?? file.endpoint,
            broker: broker ?? file.broker, insecureLoopback: insecureLoopback.over(file.insecureLoopback),
            http: http ?? file.http)
    }
}

/// `http://127.0.0.1:7680`, or the same without `http://`.
struct HTTPAddress {
    var host: String
    var port: Int

    init(_ text: String) throws {
        let rest = text.hasPrefix("http://") ? String(text.dropFirst(7)) : text
        guard let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...]),
            colon > rest.startIndex
        else {
            throw Failure(.usage, "`\(text)` is no address for HTTP: write it like http://127.0.0.1:7680")
        }
        host = String(rest[..<colon])
        self.port = Int(port)
    }
}
