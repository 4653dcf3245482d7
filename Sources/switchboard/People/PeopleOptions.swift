import ArgumentParser
import Client
import Foundation
import Keys
import Tickets

/// How a person's command finds the desk and who it says that it is.
struct PeopleOptions: ParsableArguments {
    @OptionGroup var data: DataOptions

    @Option(help: "The broker's endpoint. (default: that of DATA/endpoints.json)")
    var endpoint: String?

    @OptionGroup var insecureLoopback: InsecureLoopbackOption

    @Option(
        help:
            "The key file. (default: DATA/keys/agent.key; for `submit` client.key, for `config apply` admin.key)",
        completion: .file())
    var key: String?

    @Option(
        name: .customLong("as"),
        help:
            "Who does it: an agent's name that the key speaks for. (default: $USER; for `submit` the key alone)"
    )
    var agent: String?

    @Option(help: "Seconds to wait for an answer.")
    var patience: Double = 10

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard patience > 0, patience <= 3_600 else {
            throw ValidationError("--patience is more than 0 and at most 3600 seconds")
        }
        try Failure.asValidation { if let agent { _ = try Name(argument: agent, "--as") } }
    }

    /// The agent's name, nil when there is none.
    func agentName() throws -> Name? {
        if let agent { return try Name(argument: agent, "--as") }
        // A user without a usable name works as the key.
        return ProcessInfo.processInfo.environment["USER"].flatMap { Name($0) }
    }

    func keyFile(_ role: String) throws -> KeyFile {
        try KeyFile.load(key.map(DataFolder.absolute) ?? "\(data.folder.keys.path)/\(role).key")
    }

    func endpoints() throws -> Endpoints { try Endpoints.load(data.folder) }

    /// A connection to the broker, with an agent's key unless another role is named.
    func connect(role: String = "agent") throws -> Desk {
        let key = try keyFile(role)
        let endpoint = try self.endpoint ?? endpoints().broker
        // What comes in by a channel is nobody's deed, unless they say so.
        let agent = role == "client" && agent == nil ? nil : try agentName()
        let isInsecureLoopback = insecureLoopback.isOn
        if isInsecureLoopback { try InsecureLoopbackOption.check(endpoint) }
        let connection = try Connection(
            endpoint: endpoint, key: key, agent: agent, patienceMilliseconds: Int64(patience * 1_000),
            isInsecureLoopback: isInsecureLoopback)
        return Desk(connection: connection, key: key, agent: agent)
    }

    /// A connection, with the desk on its other end.
    struct Desk {
        let connection: Connection
        let key: KeyFile
        let agent: Name?

        /// What the desk calls whoever works here.
        var displayName: Name { agent ?? key.name }
    }
}
