import ArgumentParser
import Client
import Fuzzing

struct CoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "core",
        abstract: "Give the core commands that nobody would send, and hold it to its promises.",
        discussion: """
            A desk of its own for every --episode frames: every command is answered once, every event survives the \
            way through the log, the desk is what its log says.
            """)

    @OptionGroup var options: FuzzOptions
    @Option(help: "Frames that one desk lives for.") var episode: UInt64 = 50_000

    func validate() throws {
        guard episode > 0 else { throw ValidationError("--episode is at least 1.") }
    }

    func run() throws {
        Watchdog.start(seed: options.seed)
        let begun = MonotonicTime.milliseconds
        var outcomes = ["answered": 0, "refused": 0, "malformed": 0, "events": 0]
        var findings: [String] = []
        var frame: UInt64 = 0
        while frame < options.frames {
            // Of an episode's own seed, so that it can be run again by itself.
            var run = CoreRun(seed: options.seed &+ frame)
            let end = min(options.frames, frame + episode)
            for index in 0..<end - frame {
                Watchdog.begin(frame + index)
                run.run(index)
            }
            run.audit()
            outcomes["answered", default: 0] += run.counts.answered
            outcomes["refused", default: 0] += run.counts.refused
            outcomes["malformed", default: 0] += run.counts.malformed
            outcomes["events", default: 0] += run.counts.events
            findings += run.findings
            frame = end
        }
        Watchdog.stop()
        try FuzzReport(
            frames: options.frames, seed: options.seed, milliseconds: MonotonicTime.milliseconds - begun,
            outcomes: outcomes, peakMib: Watchdog.peakMib, findings: findings
        ).end(options)
    }
}
