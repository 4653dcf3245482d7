import ArgumentParser
import Foundation

/// Breaks a desk of real processes in every way that a machine and a network can, and looks whether it kept its word.
@main
struct Faultrig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faultrig",
        abstract: "Breaks a desk of real processes and looks whether it kept its word.",
        subcommands: [RunCommand.self, SubmitterCommand.self, ProxyCommand.self, StrangersCommand.self],
        defaultSubcommand: RunCommand.self)
}

/// Tells the person at the terminal; standard output is for the verdict.
func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

/// The clock of all recorders of one machine, in microseconds.
enum SharedClock {
    static var microseconds: Int64 { read(CLOCK_MONOTONIC) }

    /// What to add to the wall clock's time to get this clock's. Nobody may set the wall clock meanwhile.
    static var offsetFromWall: Int64 { read(CLOCK_MONOTONIC) - read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Cannot fail: the clock exists and the pointer is good.
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
