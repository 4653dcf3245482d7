import Faults
import Foundation
import Rig

/// One history: a new desk, faults for a time, healing, and the look at what everybody saw.
struct Round {
    let program: String
    let texts: String
    let folder: String
    let seed: UInt64
    let kinds: [FaultKind]
    let seconds: Int
    let leaseMilliseconds: Int
    let perSecond: Int
    let log: (String) -> Void

    /// How long the desk may take to finish once everything is healed.
    private static let healedSecondsMax = 240

    /// - Throws: When the desk did not come to an end of its work, or the rig itself failed. Nothing runs then, and the
    ///   folder stays.
    func play() throws -> RoundReport {
        let stage = try Stage(
            program: program, folder: folder, leaseMilliseconds: leaseMilliseconds,
            hasClock: kinds.contains(.clock))
        let proxy = try ProxyRemote(folder: folder, seed: seed)
        defer {
            stage.killAll()
            proxy.kill()
            // What ends with the rig's namespaces anyway need not end here.
            try? stage.disk.unmount()
        }
        try stage.startAll()
        let channels = try Submitting(stage, texts: texts, perSecond: perSecond, seed: seed)
        defer { channels.kill() }
        if kinds.contains(.lyingDisk) { return try lie(stage, channels) }
        let injector = Injector(stage, proxy, log: log)
        let start = SharedClock.microseconds
        try play(injector, until: start + Int64(seconds) * 1_000_000)
        try channels.finish(secondsMax: Self.healedSecondsMax)
        try stage.waitUntilQuiet(secondsMax: Self.healedSecondsMax)
        let played = SharedClock.microseconds - start
        try stage.stopAll()
        var report = try RoundReport(stage, channels, injector)
        report.seconds = Double(played) / 1_000_000
        return report
    }

    private func play(_ injector: Injector, until end: Int64) throws {
        var plan = FaultPlan(
            seed: seed, kinds: kinds,
            cast: FaultPlan.Cast(nodes: Stage.nodeNames.count, leaseMilliseconds: leaseMilliseconds))
        while SharedClock.microseconds < end { try injector.play(plan.next()) }
    }

    /// The disk says that it has written and has not; then the power is lost. The report must show a loss.
    private func lie(_ stage: Stage, _ channels: Submitting) throws -> RoundReport {
        try stage.pause(milliseconds: 2_000)
        stage.kill(Stage.brokerIndex)
        try stage.start(Stage.brokerIndex, Injection(.lyingDisk, memory: nil))
        try stage.pause(milliseconds: 5_000)
        // Before the loss, or they would bring back what they still remember.
        channels.kill()
        stage.halt(Stage.brokerIndex)
        try stage.disk.losePower()
        stage.killAll()
        try stage.disk.restore()
        return try RoundReport(lying: stage, channels)
    }
}
