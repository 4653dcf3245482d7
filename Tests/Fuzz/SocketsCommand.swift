import ArgumentParser
import Client
import Foundation
import Fuzzing
import Keys
import Rig
import Tickets

struct SocketsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sockets", abstract: "Send a broker what nobody would send, while others go on working.",
        discussion: """
            A desk of real processes on a folder of its own. Key holders of three roles send frames and whole messages \
            of several parts; all the while a channel submits and a node solves, and every ticket of theirs must be \
            answered. In the end `switchboard verify` must find nothing, and the broker must have kept to its memory.
            """)

    @OptionGroup var options: FuzzOptions
    @Option(help: "The switchboard program; by default the one beside this.") var switchboard: String?
    @Option(help: "Hostile frames for each ticket of the peaceful channel.") var share: UInt64 = 500

    func run() throws {
        let desk = try TestDesk(program: switchboard)
        defer { desk.deleteFolder() }
        let broker = try desk.startBroker()
        defer { broker.kill() }
        let node = try desk.startNode(
            "peaceful", line: "line-one", seats: 8, ["--service-ms", "1", "--escalation-share", "0"])
        defer { node.kill() }
        _ = try node.waitUntilReady()
        let begun = MonotonicTime.milliseconds
        var assault = try Assault(desk, seed: options.seed)
        let channel = try Connection(endpoint: desk.brokerEndpoint, key: desk.keys.load("client"))
        var findings: [String] = []
        var peaceful = 0
        for frame in 0..<options.frames {
            try assault.send(frame)
            guard frame.isMultiple(of: share), findings.count < 100 else { continue }
            do {
                _ = try channel.perform(.submit(Self.peaceful(peaceful)))
                peaceful += 1
            } catch {
                findings.append("the peaceful channel at frame \(frame): \(error)")
            }
        }
        try assault.finish()
        if !broker.isRunning { findings.append("the broker ended") }
        let peak = try Self.peakMib(of: broker.pid)
        _ = node.terminate()
        if broker.terminate() != 0 { findings.append("the broker did not end in good order") }
        let verify = try desk.run(["verify", "--json"])
        if verify.exitCode != 0 { findings.append("verify: \(verify.output)\(verify.errors)") }
        var outcomes = assault.outcomes
        outcomes["peaceful tickets"] = peaceful
        try FuzzReport(
            frames: options.frames, seed: options.seed, milliseconds: MonotonicTime.milliseconds - begun,
            outcomes: outcomes, peakMib: peak, findings: findings
        ).end(options)
    }

    private static func peaceful(_ index: Int) -> Submission {
        Submission(
            channel: "web", customer: "c\(index % 40)@example.com", subject: "Request \(index)",
            body: "Where is order \(index)?")
    }

    /// The largest resident size that a process has had.
    private static func peakMib(of pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        guard words.count > 1, let kibibytes = Int(words[1]) else { throw RigError("no VmHWM of \(pid)") }
        return kibibytes >> 10
    }
}
