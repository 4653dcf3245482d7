import ArgumentParser
import Foundation
import Peers
import Rig

extension OwnSystem: ExpressibleByArgument {}

extension OwnSystem {
    /// What decides when an answer leaves, and who may read it on its way.
    var durability: String {
        "SQLite WAL, synchronous=FULL: fdatasync before every answer; CURVE \(hasCurve ? "on" : "off")"
    }

    /// Starts the process of this system on the desk's folder and endpoint, and waits until it serves.
    func start(_ desk: TestDesk) throws -> ChildProcess {
        desk.isInsecureLoopback = !hasCurve
        guard isBare else { return try desk.startBroker() }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let broker = try ChildProcess(
            name, program: program,
            arguments: ["bare-broker", "--data", desk.folder, "--endpoint", desk.brokerEndpoint]
                + (hasCurve ? [] : ["--insecure-loopback"]),
            log: "\(desk.folder)/logs/broker.log")
        _ = try broker.waitUntilReady()
        return broker
    }

    /// Ends it, and checks what it left behind as far as it promised anything.
    ///
    /// - Throws: When the broker did not end in good order, or `verify` found violations.
    func end(_ broker: ChildProcess, _ desk: TestDesk) throws {
        guard !isBare else { return broker.kill() }
        guard broker.terminate() == 0 else { throw RigError("the broker did not end in good order") }
        guard try desk.run(["verify", "--json"]).exitCode == 0 else {
            throw RigError("verify found violations in \(desk.folder)")
        }
    }
}
