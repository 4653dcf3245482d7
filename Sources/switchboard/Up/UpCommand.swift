import ArgumentParser
import Foundation
import Glibc
import Logging
import ServiceLifecycle

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run a whole desk on this machine: broker, coordinator and nodes.",
        discussion: """
            Makes the data folder and its keys if they are missing, starts each role as a process of its own, starts \
            those again that die, and brings 300 real requests in. Ctrl-C, or SIGTERM, drains the nodes, then ends \
            the rest.
            """)

    @OptionGroup var data: DataOptions

    @Option(
        help: "The nodes, and lines, to start: a YAML file as in Cluster/topologies.", completion: .file())
    var topology: String?

    @Option(
        help:
            "The desk's file, as in Cluster/desks: what a new desk is. Without --topology each line gets nodes.",
        completion: .file())
    var desk: String?

    @Flag(help: "End when every ticket is solved, or waits for a customer or a person; check the desk then.")
    var untilDrained = false

    @Flag(help: "Bring no sample requests in.") var noSample = false

    @Option(help: "Other requests to bring in, as `submit --jsonl` reads them.", completion: .file())
    var sample: String?

    @Option(help: "The ports are this plus 1 (broker), plus 2 (coordinator) and plus 80 (HTTP).")
    var ports: UInt16 = 7_600

    @Flag(help: "Print the summary as one JSON object.") var json = false

    func validate() throws {
        guard (1_023...65_455).contains(ports) else { throw ValidationError("--ports is from 1023 to 65455") }
        guard !noSample || sample == nil else {
            throw ValidationError("--no-sample and --sample exclude each other")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let topology = try readTopology()
        let samplePath = try samplePath()
        let folder = data.folder
        try folder.create()
        let lock = try UpLock(folder)
        let endpoints = Endpoints(
            broker: "tcp://127.0.0.1:\(ports + 1)", coordinator: "tcp://127.0.0.1:\(ports + 2)",
            http: "http://127.0.0.1:\(ports + 80)")
        let up = UpService(
            try UpPlan(folder, endpoints, topology, samplePath: samplePath, isUntilDrained: untilDrained))
        defer { withExtendedLifetime(lock) {} }

        let services: [any Service] = [up, SignalWatch()]
        let configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            logger: Logger(label: "up") { _ in SwiftLogNoOpLogHandler() })
        try await ServiceGroup(configuration: configuration).run()

        let summary = up.summary
        if json { try Terminal.say(json: summary) } else { Terminal.say(summary.text) }
        for problem in summary.problems { Terminal.note("switchboard: \(problem)") }
        // Somebody who ends it early knows that not all is done.
        if untilDrained, !summary.ok { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func readTopology() throws -> Topology {
        let path = desk.map(DataFolder.absolute)
        var topology = try topology.map { try RoleFile.read(DataFolder.absolute($0), as: Topology.self) }
        if let path, topology == nil { topology = try .standard(for: DeskFile.read(path).sound(path)) }
        guard var topology else { return .standard }
        topology.desk = path ?? topology.desk
        return topology
    }

    private func samplePath() throws -> String? {
        if noSample { return nil }
        if let sample {
            let path = DataFolder.absolute(sample)
            guard access(path, R_OK) == 0 else {
                throw Failure(.noInput, "\(path) cannot be read: correct --sample")
            }
            return path
        }
        guard let path = SampleFeed.find() else {
            Terminal.note(
                "switchboard: Cluster/sample/requests.jsonl is not near this executable; starting without sample requests"
            )
            return nil
        }
        return path
    }

    /// This process's own file, which every role is started from.
    static let executablePath: String = {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            // Without /proc: as it was called.
            return DataFolder.absolute(CommandLine.arguments[0])
        }
    }()
}
