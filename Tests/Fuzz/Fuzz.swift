import ArgumentParser
import Foundation

/// What may come from anybody: bytes for decoders, commands for the core, frames for a broker.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz", abstract: "Give decoders, the core and a broker what nobody would send.",
        discussion: "The same seed makes the same frames. Exit code 1 when anything was not as it should be.",
        subcommands: [DecodeCommand.self, CoreCommand.self, SocketsCommand.self])
}

struct FuzzOptions: ParsableArguments {
    @Option(help: "Frames to give.") var frames: UInt64 = 1_000_000
    @Option(help: "Makes the same frames again.") var seed: UInt64 = 1
    @Option(help: "Resident memory that may be used, of this process or the broker.") var memoryMib = 512
    @Flag(help: "One JSON object on standard output.") var json = false

    func validate() throws {
        guard frames > 0, memoryMib > 0 else {
            throw ValidationError("--frames and --memory-mib are at least 1.")
        }
    }
}

/// What a run found, as JSON and in words.
struct FuzzReport: Encodable {
    var frames: UInt64
    var seed: UInt64
    var milliseconds: Int64
    /// How often each outcome was seen.
    var outcomes: [String: Int]
    var peakMib: Int
    var findings: [String]

    func say(json: Bool) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        if json { return print(String(decoding: try encoder.encode(self), as: UTF8.self)) }
        let rate = frames * 1_000 / UInt64(max(1, milliseconds))
        print(
            "\(frames) frames of seed \(seed) in \(milliseconds) ms, \(rate) a second, \(peakMib) MiB at most"
        )
        for (outcome, count) in outcomes.sorted(by: { $0.key < $1.key }) { print("  \(outcome): \(count)") }
        for finding in findings { print("FOUND \(finding)") }
    }

    /// Says it, and ends with 1 when there is a finding or too much memory was used.
    func end(_ options: FuzzOptions) throws {
        var report = self
        if peakMib > options.memoryMib {
            report.findings.append("\(peakMib) MiB were resident, \(options.memoryMib) may be")
        }
        try report.say(json: options.json)
        if !report.findings.isEmpty { throw ExitCode(1) }
    }
}
