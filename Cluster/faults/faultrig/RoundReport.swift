import Faults
import Foundation
import Rig

/// What one history showed; several add up.
struct RoundReport {
    var seconds = 0.0
    var histories = 0
    /// Faults injected, by kind.
    var faults: [FaultKind: Int] = [:]
    /// What came of them.
    var effects: [String: Int] = [:]
    /// Processes that ended by themselves, by role and how.
    var endings: [String: Int] = [:]
    var calls = 0
    var acknowledged = 0
    var tickets = 0
    var events = 0
    var grants = 0
    var leasesLost = 0
    var checks = Check.allCases.map { CheckResult($0) }
    /// Facts that `switchboard verify` looked at.
    var verified = 0
    /// Anything that must not be: what broke is said first.
    var findings: [String] = []
    /// Lying disks whose loss was seen, and that were not.
    var liesSeen = 0
    var liesMissed = 0

    init() {}

    /// Reads and checks everything after a run in which all was healed.
    init(_ stage: Stage, _ channels: Submitting, _ injector: Injector) throws {
        histories = 1
        faults = injector.counts
        effects = injector.effects
        endings = stage.endings
        findings += stage.crashes.map { "crashed: \($0)" }
        try compare(stage, channels)
        for call in try channels.history().history.calls where call.outcome == .unknown {
            findings.append("no answer although everything was healed: \(call.id)")
        }
        try verify(stage)
        try readLogs(stage)
        findings += checks.filter { $0.violations > 0 }.map {
            "\($0.check.rawValue): \($0.details.joined(separator: "; "))"
        }
        // What was never looked at shows nothing.
        findings += checks.filter { $0.checked == 0 && $0.check.isAlwaysLookedAt }.map {
            "\($0.check.rawValue) was never looked at"
        }
    }

    /// Looks at a desk whose disk had lied: something that was acknowledged must be missed.
    init(lying stage: Stage, _ channels: Submitting) throws {
        histories = 1
        faults = [.lyingDisk: 1]
        var lost = 0
        do {
            try compare(stage, channels)
            lost = checks.first { $0.check == .nothingLost }?.violations ?? 0
            effects["acknowledged and seen to be lost"] = lost
        } catch {
            // A log that cannot be read any more is a loss that nobody overlooks.
            lost = 1
            effects["logs that were seen to be damaged"] = 1
        }
        if acknowledged == 0 {
            findings.append("the lying disk had nothing to lose: nothing was acknowledged")
        }
        if lost > 0 { liesSeen = 1 } else { liesMissed = 1 }
        if lost == 0 { findings.append("the lying disk's loss was not seen") }
        // They are what was looked for, not what must not be.
        checks = Check.allCases.map { CheckResult($0) }
    }

    private mutating func compare(_ stage: Stage, _ channels: Submitting) throws {
        var (history, strange) = try channels.history()
        findings += strange.prefix(3).map { "a recorder wrote `\($0)`" }
        let offset = SharedClock.offsetFromWall
        for name in Stage.nodeNames {
            let path = stage.log(of: name)
            guard access(path, R_OK) == 0 else { continue }
            let text = try content(of: path)
            let log = NodeLog(of: name, text: text, offset: offset)
            history.grants += log.grants
            history.endings += log.endings
            leasesLost += log.leasesLost
        }
        calls = history.calls.count
        acknowledged = history.calls.count { if case .done = $0.outcome { true } else { false } }
        grants = history.grants.count
        let facts = try StoreFact.read(stage.brokerFolder)
        checks = HistoryChecker.check(history, against: facts)
    }

    private mutating func verify(_ stage: Stage) throws {
        let outcome = try stage.ask(["verify", "--json"], data: stage.brokerFolder)
        let report = try outcome.json()
        tickets = report["tickets"] as? Int ?? 0
        events = report["events"] as? Int ?? 0
        for invariant in report["invariants"] as? [[String: Any]] ?? [] {
            verified += invariant["checked"] as? Int ?? 0
            guard let count = invariant["violations"] as? Int, count > 0 else { continue }
            findings.append("verify: \(invariant["name"] ?? "?"): \(count): \(invariant["details"] ?? "")")
        }
        if verified == 0 { findings.append("verify looked at nothing: \(outcome.errors)") }
    }

    private mutating func readLogs(_ stage: Stage) throws {
        let folder = "\(stage.folder)/logs"
        for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        where file.hasSuffix(".log") {
            let text = try content(of: "\(folder)/\(file)")
            for line in text.split(separator: "\n")
            where line.contains("Fatal error") || line.contains("Assertion failed") {
                findings.append("\(file): \(line.prefix(300))")
            }
        }
    }

    /// Joins what another history showed.
    mutating func add(_ other: RoundReport) {
        seconds += other.seconds
        histories += other.histories
        faults.merge(other.faults, uniquingKeysWith: +)
        effects.merge(other.effects, uniquingKeysWith: +)
        endings.merge(other.endings, uniquingKeysWith: +)
        calls += other.calls
        acknowledged += other.acknowledged
        tickets += other.tickets
        events += other.events
        grants += other.grants
        leasesLost += other.leasesLost
        for index in checks.indices { checks[index].add(other.checks[index]) }
        verified += other.verified
        findings += other.findings
        liesSeen += other.liesSeen
        liesMissed += other.liesMissed
    }

    var isGood: Bool { findings.isEmpty }
}

extension Check {
    /// Whether a history without a single look at it is a broken one. Channels are hardly ever refused for good.
    fileprivate var isAlwaysLookedAt: Bool { self != .refusedLeavesNoTrace }
}
