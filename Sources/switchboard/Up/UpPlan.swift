import Foundation
import Keys
import Tickets
import Yams

/// Everything that an `up` has decided on before it starts the first process.
struct UpPlan: Sendable {
    var folder: DataFolder
    var endpoints: Endpoints
    var agentKey: KeyFile
    var clientKey: KeyFile
    var broker: Child
    var coordinator: Child
    var nodes: [Child]
    var samplePath: String?
    var isUntilDrained: Bool

    /// Makes what is missing in the folder, and writes a file for each process.
    init(
        _ folder: DataFolder, _ endpoints: Endpoints, _ topology: Topology, samplePath: String?,
        isUntilDrained: Bool
    ) throws {
        self.folder = folder
        self.endpoints = endpoints
        self.samplePath = samplePath
        self.isUntilDrained = isUntilDrained
        let files = try topology.nodes(folder, endpoints)
        // Read back, so that what is wrong with it is said here.
        _ = try topology.broker(folder, endpoints).settings()

        if !folder.keys.isComplete { try folder.keys.create() }
        // One key for all nodes of the machine. A folder from before names were held against keys does not say so.
        try folder.keys.allow(name: "node", scope: .any)
        try folder.makeSubfolder(folder.runPath)
        try folder.makeSubfolder(folder.logsPath)
        agentKey = try folder.keys.load("agent")
        clientKey = try folder.keys.load("client")

        func child(_ role: String, _ name: String, _ file: some Encodable) throws -> Child {
            let path = "\(folder.runPath)/\(name).yaml"
            let text = try YAMLEncoder().encode(file)
            try TextFile.write("# Written by `switchboard up` at each start.\n\(text)", to: path)
            return Child(
                name: name, role: role, configPath: path, logPath: "\(folder.logsPath)/\(name).log",
                executable: UpCommand.executablePath)
        }
        broker = try child("broker", "broker", topology.broker(folder, endpoints))
        coordinator = try child(
            "coordinator", "coordinator",
            CoordinatorFile(
                data: folder.path, endpoint: endpoints.coordinator, broker: endpoints.broker,
                http: endpoints.http))
        nodes = try files.map { try child("node", $0.name ?? "node", $0) }
        try endpoints.write(folder)
    }

    /// Where everything is, and what to try.
    var announcement: String {
        let command = ProcessInfo.processInfo.environment["SWITCHBOARD_COMMAND"] ?? CommandLine.arguments[0]
        return """
            Switchboard is up; its data is in \(folder.path)
              broker       \(endpoints.broker)
              coordinator  \(endpoints.coordinator), \(endpoints.http)/metrics and /health
              nodes        \(nodes.isEmpty ? "none" : nodes.map(\.name).joined(separator: ", "))
              logs         \(folder.logsPath)
            Try, in another terminal:
              \(command) stats --data \(folder.path)
              \(command) ticket list --data \(folder.path)
              \(command) submit --data \(folder.path) --customer ann@example.com --subject Order --body 'Where is it?'
              \(command) ticket show 1 --data \(folder.path)
            \(isUntilDrained ? "It ends by itself when all tickets are done." : "Ctrl-C drains it and ends it.")
            """
    }
}
