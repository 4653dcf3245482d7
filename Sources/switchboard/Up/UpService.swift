import Client
import ServiceLifecycle
import Synchronization
import Wire
import ZeroMQ

/// A whole desk on one machine: starts its processes, feeds it, shows it, and ends them in order.
final class UpService: Service {
    private let plan: UpPlan
    private let children: [Child]
    private let watch: DeskWatch
    private let feed: SampleFeed
    private let result: Mutex<UpSummary>
    private let started = MonotonicTime.milliseconds

    init(_ plan: UpPlan) {
        self.plan = plan
        children = [plan.broker, plan.coordinator] + plan.nodes
        watch = DeskWatch(endpoint: plan.endpoints.broker, key: plan.agentKey)
        feed = SampleFeed(endpoint: plan.endpoints.broker, key: plan.clientKey, path: plan.samplePath)
        result = Mutex(UpSummary(data: plan.folder.path))
    }

    /// How it ended; complete when ``run()`` has returned.
    var summary: UpSummary { result.withLock { $0 } }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for child in children {
                group.addTask { [self] in
                    try await waitToStart(child)
                    try await child.supervise()
                }
            }
            group.addTask { [watch] in try await watch.run() }
            group.addTask { [feed] in try await feed.run() }
            group.addTask { [self] in try await conduct() }
            do {
                while try await group.next() != nil {}
            } catch {
                // The threads are not ended by the cancellation that follows.
                watch.stop()
                feed.stop()
                UpDisplay.clear()
                throw error
            }
        }
    }

    /// The others have nothing to talk to before the broker serves.
    private func waitToStart(_ child: Child) async throws {
        guard child !== plan.broker else { return }
        while plan.broker.readyLine == nil, !Task.isShuttingDownGracefully {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func conduct() async throws {
        try await serve()
        UpDisplay.clear()
        let isComplete = feed.isDone
        feed.stop()
        for node in plan.nodes { node.stop() }
        try await wait { self.plan.nodes.allSatisfy(\.isOver) }
        try await takeTotals()
        watch.stop()
        for child in [plan.coordinator, plan.broker] {
            child.stop()
            try await wait { child.isOver }
        }
        result.withLock { summary in
            summary.durationMs = MonotonicTime.milliseconds - started
            summary.restarts = children.reduce(0) { $0 + $1.restarts }
            summary.sample = feed.outcome.map { .init(accepted: $0.accepted, refused: $0.refused) }
            if !isComplete { summary.fail("it was ended before all of the sample was brought in") }
        }
        guard plan.isUntilDrained else { return }
        let report = try await withDedicatedThread(named: "sb.verify") { [plan] in
            try VerifyReport(plan.folder)
        }
        UpDisplay.note(report.line)
        for notice in report.notices { UpDisplay.note("verify: \(notice)") }
        result.withLock { $0.take(report) }
    }

    /// Shows the desk until somebody ends it, or it is drained.
    private func serve() async throws {
        var display = UpDisplay()
        var isAnnounced = false
        var fedAt: Int64?
        while !Task.isShuttingDownGracefully {
            let ready = children.count { $0.readyLine != nil }
            if !isAnnounced, ready == children.count {
                isAnnounced = true
                UpDisplay.note(plan.announcement)
            }
            let reading = watch.reading
            display.show(reading, ready: ready, of: children.count)
            if feed.isDone, fedAt == nil { fedAt = MonotonicTime.milliseconds }
            if plan.isUntilDrained, isAnnounced, let reading, let fedAt, reading.askedAt >= fedAt,
                reading.stats.totals.waiting == 0, reading.stats.totals.claimed == 0
            {
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The figures after the last node has left.
    private func takeTotals() async throws {
        let asked = MonotonicTime.milliseconds
        while MonotonicTime.milliseconds - asked < 10_000,
            plan.broker.readyLine != nil || watch.reading != nil
        {
            if let reading = watch.reading, reading.askedAt >= asked {
                return result.withLock { $0.take(reading.stats.totals) }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        result.withLock {
            $0.fail("the broker did not tell its last figures; see \(plan.folder.logsPath)/broker.log")
        }
    }

    private func wait(until isDone: @Sendable () -> Bool) async throws {
        while !isDone() { try await Task.sleep(for: .milliseconds(20)) }
    }
}
