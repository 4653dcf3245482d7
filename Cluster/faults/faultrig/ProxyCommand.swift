import ArgumentParser
import Dispatch
import FaultProxy
import Faults
import Foundation
import Rig

/// The TCP proxy as a process of its own, on its host.
struct ProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy", abstract: "Relay TCP and spoil it as told at a Unix socket, a fault a line.",
        shouldDisplay: false)

    @Option(help: "ADDRESS:PORT") var listen: String
    @Option(help: "ADDRESS:PORT") var to: String
    @Option(help: "The path of the Unix socket.") var control: String
    @Option var seed: UInt64

    func run() throws {
        let (listen, target) = (try Self.parse(listen), try Self.parse(to))
        let (control, seed) = (control, seed)
        // Nobody waits for it: the process is the proxy and ends with it.
        Task {
            do {
                let proxy = try await FaultProxy.start(
                    listen: listen, target: target, control: control, seed: seed)
                print("ready proxy \(listen.host):\(listen.port)")
                fflush(nil)
                try await proxy.serve()
            } catch {
                say("the proxy ended: \(error)")
            }
            Foundation.exit(1)
        }
        dispatchMain()
    }

    private static func parse(_ text: String) throws -> (host: String, port: Int) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else {
            throw ValidationError("`\(text)` is not ADDRESS:PORT")
        }
        return (String(parts[0]), port)
    }
}

/// The proxy of a running desk.
final class ProxyRemote {
    private let process: Spawned
    private let path: String

    init(folder: String, seed: UInt64) throws {
        path = "\(folder)/proxy.control"
        process = try Spawned(
            "proxy",
            Network.prefix(on: .proxy) + [
                CommandLine.arguments[0], "proxy", "--listen",
                "\(Network.address(of: .proxy)):\(Network.brokerPort)",
                "--to", "\(Network.address(of: .broker)):\(Network.brokerPort)", "--control", path, "--seed",
                "\(seed)",
            ], log: "\(folder)/logs/proxy.log")
        // It listens for us last.
        for _ in 0..<1_000 where access(path, F_OK) != 0 { usleep(10_000) }
    }

    func kill() { process.kill() }

    /// - Throws: When the proxy is gone or does not know the fault.
    func set(_ fault: ProxyFault) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw RigError("\(path) is too long for a Unix socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw RigError("the proxy is gone") }
        let line = Array((fault.text + "\n").utf8)
        guard write(descriptor, line, line.count) == line.count else {
            throw RigError("the proxy hears nothing")
        }
        var answer = [UInt8](repeating: 0, count: 16)
        let count = read(descriptor, &answer, answer.count)
        guard count > 0, String(decoding: answer[..<count], as: UTF8.self) == "ok\n" else {
            throw RigError("the proxy does not take `\(fault.text)`")
        }
    }
}
