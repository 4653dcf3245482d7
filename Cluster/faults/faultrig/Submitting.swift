import Faults
import Foundation
import Rig

/// The recorders that stand for channels: a process each, on the host of the clients.
final class Submitting {
    private let stage: Stage
    private let stop: String
    private var processes: [Spawned] = []
    let files: [String]

    /// Starts two of them, the second by way of the proxy. `perSecond` is the pace of each.
    init(_ stage: Stage, texts: String, perSecond: Int, seed: UInt64) throws {
        self.stage = stage
        stop = "\(stage.folder)/stop"
        files = (1...2).map { "\(stage.folder)/logs/channel-\($0).history" }
        for (number, file) in files.enumerated() {
            processes.append(
                try Spawned(
                    "channel-\(number + 1)",
                    Network.prefix(on: .clients) + [
                        CommandLine.arguments[0], "submitter", "--endpoint",
                        number == 0 ? Network.brokerEndpoint : Network.proxyEndpoint, "--keys",
                        "\(stage.folder)/keys",
                        "--history", file, "--stop", stop, "--texts", texts, "--per-second", "\(perSecond)",
                        "--seed",
                        "\(seed &+ UInt64(number))",
                    ], log: stage.log(of: "channel-\(number + 1)")))
        }
    }

    /// Asks them to write nothing new and waits for their last answers.
    ///
    /// - Throws: When one does not get them, or ended for another reason.
    func finish(secondsMax: Int) throws {
        try Data().write(to: URL(fileURLWithPath: stop))
        // Counted in looks rather than by a clock: a machine that stood still is not the desk's fault.
        var looks = secondsMax * 20
        for process in processes {
            while process.isRunning {
                guard looks > 0 else {
                    throw RigError("\(process.name) has no answer to everything after \(secondsMax) s")
                }
                looks -= 1
                try stage.pause(milliseconds: 50)
            }
            guard process.wait() == 0 else {
                throw RigError("\(process.name) failed: see \(stage.log(of: process.name))")
            }
        }
    }

    func kill() {
        for process in processes { process.kill() }
    }

    /// What they wrote down.
    func history() throws -> (history: History, strange: [String]) {
        var history = History()
        var strange: [String] = []
        for file in files where access(file, R_OK) == 0 {
            strange += history.take(
                recorder: try content(of: file))
        }
        return (history, strange)
    }
}
