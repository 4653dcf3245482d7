package import Foundation
package import Keys

/// A desk of real processes on a folder and ports of its own.
package final class TestDesk {
    package let folder: String
    package let program: String
    package let keys: KeyFolder
    package let brokerEndpoint: String
    package let coordinatorEndpoint: String
    package let httpPort: Int
    /// Short ones make a test of leases quick.
    package var leaseMilliseconds = 2_000
    package var heartbeatMilliseconds = 300
    /// Whether the processes are started without CURVE; people's commands say so themselves.
    package var isInsecureLoopback = false
    /// Free space below which new tickets are refused.
    package var diskReserveMebibytes = 64
    /// More options of the broker.
    package var brokerArguments: [String] = []

    /// Makes the folder, in `parent` or the temporary one, and the keys; nothing runs yet. Without `program` it is
    /// the one beside the running program.
    package init(program: String? = nil, parent: String? = nil) throws {
        self.program = try program ?? Self.programBeside()
        let parent = parent ?? FileManager.default.temporaryDirectory.path
        folder =
            "\(parent)/switchboard-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: "\(folder)/logs", withIntermediateDirectories: true)
        keys = KeyFolder("\(folder)/keys")
        try keys.create()
        brokerEndpoint = "tcp://127.0.0.1:\(try Self.freePort())"
        coordinatorEndpoint = "tcp://127.0.0.1:\(try Self.freePort())"
        httpPort = try Self.freePort()
        try writeEndpoints()
    }

    /// Tells people's commands where everything listens.
    package func writeEndpoints() throws {
        let endpoints = [
            "broker": brokerEndpoint, "coordinator": coordinatorEndpoint,
            "http": "http://127.0.0.1:\(httpPort)",
        ]
        try JSONSerialization.data(withJSONObject: endpoints).write(
            to: URL(fileURLWithPath: "\(folder)/endpoints.json"))
    }

    /// Starts the broker and waits until it serves.
    package func startBroker() throws -> ChildProcess {
        let broker = try ChildProcess(
            "broker", program: program,
            arguments: [
                "broker", "--data", folder, "--endpoint", brokerEndpoint, "--coordinator",
                coordinatorEndpoint,
                "--heartbeat-ms", "\(heartbeatMilliseconds)",
                "--disk-reserve-mib", "\(diskReserveMebibytes)",
                "--exit-with-parent",
            ] + lease + security + brokerArguments, log: "\(folder)/logs/broker.log")
        _ = try broker.waitUntilReady()
        return broker
    }

    package func startCoordinator() throws -> ChildProcess {
        try ChildProcess(
            "coordinator", program: program,
            arguments: [
                "coordinator", "--data", folder, "--endpoint", coordinatorEndpoint, "--broker",
                brokerEndpoint,
                "--http", "127.0.0.1:\(httpPort)", "--exit-with-parent",
            ] + security, log: "\(folder)/logs/coordinator.log")
    }

    /// Starts a node with a simulated or another handler, given by its options.
    package func startNode(
        _ name: String, line: String, seats: Int, _ handler: [String]
    ) throws -> ChildProcess {
        try ChildProcess(
            name, program: program,
            arguments: [
                "node", "--data", folder, "--broker", brokerEndpoint, "--coordinator", coordinatorEndpoint,
                "--name", name, "--line", line, "--seats", "\(seats)", "--exit-with-parent",
            ] + security + handler, log: "\(folder)/logs/\(name).log")
    }

    /// Not beside a desk's own file, which has the leases of its lines.
    private var lease: [String] {
        brokerArguments.contains("--desk") ? [] : ["--lease-ms", "\(leaseMilliseconds)"]
    }

    private var security: [String] { isInsecureLoopback ? ["--insecure-loopback"] : [] }

    /// Runs a person's command against the desk.
    package func run(_ arguments: [String], input: Data? = nil) throws -> Outcome {
        try Outcome.of(
            program, arguments + ["--data", folder], input: input,
            environment: ["XDG_STATE_HOME": "\(folder)/state", "USER": "tester"])
    }

    package func log(of name: String) throws -> String {
        String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/logs/\(name).log")), as: UTF8.self)
    }

    package func deleteFolder() {
        // What is left of a test in the temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A port that was free a moment ago.
    package static func freePort() throws -> Int {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 ? getsockname(socket, address, &length) : -1
            }
        }
        guard status == 0 else { throw RigError("no free port on 127.0.0.1") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The program beside the one that runs, or the one that `SWITCHBOARD_PROGRAM` names.
    package static func programBeside() throws -> String {
        if let given = ProcessInfo.processInfo.environment["SWITCHBOARD_PROGRAM"] { return given }
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = own.deletingLastPathComponent()
        // Test bundles lie a level or more below the products.
        for _ in 0..<4 {
            let path = folder.appendingPathComponent("switchboard").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                return path
            }
            folder.deleteLastPathComponent()
        }
        throw RigError("no switchboard program near \(own.path); build it or set SWITCHBOARD_PROGRAM")
    }
}
