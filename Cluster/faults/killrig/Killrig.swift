import ArgumentParser
import Foundation
import Rig

/// Kills the desk's processes at random moments while tickets flow through it, and checks that nothing was lost.
@main
struct Killrig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "killrig",
        abstract:
            "Kills broker, nodes and coordinator with -9 at random moments, and freezes nodes past their lease.",
        discussion: """
            Tickets flow all the while. In the end every ticket that was acknowledged must be there once, nobody \
            may have held a ticket that somebody else held, and `switchboard verify` must find nothing. Exit code 1 \
            otherwise; the folder with the logs stays then.
            """)

    @Option(help: "Processes to kill.") var kills = 200
    @Option(help: "Nodes to stop for longer than their lease, and to continue.") var freezes = 5
    @Option(help: "Tickets to submit.") var tickets = 10_000
    @Option(help: "Makes the same choices again.") var seed: UInt64 = 1
    @Option(help: "The switchboard program; by default the one beside this.") var switchboard: String?
    @Option(help: "Where the folder goes.") var folder: String?
    @Flag(help: "One JSON object on standard output.") var json = false

    func validate() throws {
        guard kills >= 0, freezes >= 0, tickets > 0 else {
            throw ValidationError("--kills and --freezes are at least 0, --tickets at least 1.")
        }
    }

    func run() throws {
        let desk = try TestDesk(program: switchboard, parent: folder)
        var cast = Cast(desk: desk)
        let submitter = try Submitter(desk, tickets: tickets, paceFor: kills)
        do {
            try cast.startAll()
            try submitter.start()
            var killer = Killer(seed: seed, kills: kills, freezes: freezes)
            try killer.play(&cast)
            let acknowledged = try submitter.finish()
            try cast.waitUntilQuiet(desk, tickets: tickets)
            try cast.stopAll()
            let verdict = try Verdict(desk, acknowledged: acknowledged, killer: killer, tickets: tickets)
            print(json ? try verdict.json : verdict.text)
            guard verdict.isGood else {
                say("the folder is kept: \(desk.folder)")
                throw ExitCode(1)
            }
            desk.deleteFolder()
        } catch {
            cast.killAll()
            if !(error is ExitCode) { say("failed: \(error); the folder is kept: \(desk.folder)") }
            throw ExitCode(1)
        }
    }
}

/// Tells the person at the terminal; standard output is for the verdict.
func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
