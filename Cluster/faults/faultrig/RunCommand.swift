import ArgumentParser
import Faults
import Foundation
import Rig

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Break a desk for a time and print a verdict.",
        discussion: """
            Each history is a new desk of real processes with CURVE, on hosts of its own (network namespaces), a disk of \
            its own (ext4 in a file), two channels that record every call and nodes that record every claim. Faults come \
            as the seed draws them; then everything is healed, the desk must finish its work, and the histories must \
            agree with the log. Exit code 1 when something must not be; the folder stays then. Needs root.
            """)

    @Option(help: "Seconds under faults, of all histories together.") var seconds = 60
    @Option(help: "Seconds of one history.") var historySeconds = 60
    @Option(help: "What the faults are drawn from; each history takes the next number.") var seed: UInt64 = 1
    @Option(help: "Kinds of faults with commas between them, or all. (see --list)") var faults = "all"
    @Option(help: "The lease in milliseconds; freezes last longer.") var leaseMs = 1_200
    @Option(help: "New tickets a second of each of the two channels.") var perSecond = 50
    @Option(help: "The switchboard program; by default the one beside this.") var switchboard: String?
    @Option(help: "Customers' requests, a JSON object a line.") var texts: String
    @Option(help: "Where the folders go.") var folder: String?
    @Option(help: "A file of comma-separated values that gets a row about this run.") var ledger: String?
    @Option(help: "The commit that the row names.") var commit = ""
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "List the kinds of faults, and which are not possible here.") var list = false
    @Flag(help: "Say every fault.") var verbose = false

    func validate() throws {
        guard seconds > 0, historySeconds > 0, leaseMs >= 300, perSecond > 0 else {
            throw ValidationError(
                "--seconds, --history-seconds and --per-second are at least 1, --lease-ms at least 300.")
        }
        do {
            _ = try FaultKind.list(faults)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        if list { return printList() }
        guard Sandbox.isInside else {
            let obstacles = try Sandbox.obstacles()
            for obstacle in obstacles { say("faultrig: \(obstacle)") }
            guard obstacles.isEmpty else { throw ExitCode(69) }
            throw ExitCode(try Sandbox.run())
        }
        Interruption.watch()
        let kinds = try possibleKinds()
        try Sandbox.hideSharedMemory()
        try Network.make()
        var total = RoundReport()
        var seeds: [UInt64] = []
        var round = seed
        for kinds in histories(of: kinds) {
            guard let report = try play(kinds, seed: round) else { break }
            seeds.append(round)
            total.add(report)
            say("history \(seeds.count), seed \(round): \(report.isGood ? "good" : "BAD")")
            round += 1
            if !report.isGood { break }
        }
        if total.histories == 0 { total.findings.append("no history was carried through") }
        print(json ? try total.json(seeds: seeds) : total.text(seeds: seeds))
        // What was not carried through is no row.
        guard !Interruption.isRequested else { throw ExitCode(130) }
        if let ledger { try Ledger.append(total, seeds: seeds, commit: commit, to: ledger) }
        guard total.isGood else { throw ExitCode(1) }
    }

    /// What each history is to meet. The lying disk gets one of its own, which ends in a loss.
    private func histories(of kinds: [FaultKind]) -> [[FaultKind]] {
        let others = kinds.filter { $0 != .lyingDisk }
        var histories: [[FaultKind]] = kinds.contains(.lyingDisk) ? [[.lyingDisk]] : []
        guard !others.isEmpty else { return histories }
        for _ in 0..<max(1, (seconds + historySeconds - 1) / historySeconds) { histories.append(others) }
        return histories
    }

    /// One history; nil when it was interrupted.
    private func play(_ kinds: [FaultKind], seed: UInt64) throws -> RoundReport? {
        let parent = folder ?? FileManager.default.temporaryDirectory.path
        let path = "\(parent)/switchboard-faults-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let round = Round(
            program: try switchboard ?? TestDesk.programBeside(), texts: texts, folder: path, seed: seed,
            kinds: kinds,
            seconds: min(seconds, historySeconds), leaseMilliseconds: leaseMs, perSecond: perSecond,
            log: { if verbose { say($0) } })
        do {
            let report = try round.play()
            if report.isGood {
                try FileManager.default.removeItem(atPath: path)
            } else {
                say("the folder is kept: \(path)")
            }
            return report
        } catch is Interrupted {
            say("interrupted")
            try FileManager.default.removeItem(atPath: path)
            return nil
        } catch {
            var report = RoundReport()
            report.histories = 1
            report.findings = ["seed \(seed): \(error)"]
            say("failed: \(error); the folder is kept: \(path)")
            return report
        }
    }

    /// Those that were asked for by name must be possible; of `all` those that are.
    private func possibleKinds() throws -> [FaultKind] {
        var kinds: [FaultKind] = []
        for kind in try FaultKind.list(faults) {
            guard let obstacle = Sandbox.obstacle(to: kind) else {
                kinds.append(kind)
                continue
            }
            say("faultrig: \(kind.rawValue) is not possible here: \(obstacle)")
            if faults != "all" { throw ExitCode(69) }
        }
        return kinds
    }

    private func printList() {
        for kind in FaultKind.allCases {
            let obstacle = Sandbox.obstacle(to: kind).map { " (not possible here: \($0))" } ?? ""
            print(
                "\(kind.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0)) \(kind.summary)\(obstacle)"
            )
        }
    }
}
