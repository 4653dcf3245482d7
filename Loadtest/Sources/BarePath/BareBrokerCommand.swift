import ArgumentParser
import Foundation
import Glibc
import Keys
import StorageSQLite
import ZeroMQ

/// The process that ``BareBroker`` runs in. Started by the comparison, as Switchboard's broker is.
struct BareBrokerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare-broker", abstract: "Runs the bare path: frames and a log, no rules, no view.",
        shouldDisplay: false)

    @Option(help: "The folder of its log, with its keys in `keys`.") var data: String
    @Option(help: "Where to listen.") var endpoint: String
    @Flag(help: "Do without CURVE.") var insecureLoopback = false

    func run() throws {
        guard Loopback.has(endpoint: endpoint) else {
            throw ValidationError("\(endpoint) may be reached from other machines; this only measures.")
        }
        let domain = "bare"
        // Whoever connects is let in as whoever it says: the bare path has no permissions.
        let zap = try ZapHandler(
            domain: domain, lookup: insecureLoopback ? .byName { $0 } : .byKey { $0.text })
        defer { zap.stop() }
        let secret = try KeyFolder("\(data)/keys").load(KeyFolder.brokerName).keys.secretKey
        let security: Security =
            insecureLoopback ? .loopbackServer(domain: domain) : .server(secretKey: secret, domain: domain)
        let log = try BareLog(SQLiteStore(folder: data).openLog())
        defer { log.stopAndJoin() }
        let socket = try Socket(.router, options: SocketOptions(security: security))
        let bound = try socket.bind(endpoint)
        FileHandle.standardOutput.write(Data("ready bare-broker \(bound)\n".utf8))
        let parent = getppid()
        var broker = BareBroker(socket: socket, log: log)
        try broker.run { getppid() == parent }
    }
}
