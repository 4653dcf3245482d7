/// Takes out of a failing plan what it does not need to fail: faults first, then members, then time.
///
/// Works on the plan, not on the events: what is left still is a run of its own, and keeps its draws.
package struct Shrinker {
    /// Runs a plan and says how it fails; nil when it does not. Whoever runs it may do so in another process,
    /// because a plan may end in a trap.
    package typealias Trial = (Plan) async throws -> Flaw?

    private let flaw: Flaw
    private let trial: Trial
    private var best: Plan
    private var runsLeft: Int

    /// The smallest plan found within so many runs that still fails in the same way.
    package static func shrink(
        _ plan: Plan, _ flaw: Flaw, runs: Int = 200, _ trial: @escaping Trial
    ) async throws -> Plan {
        var shrinker = Shrinker(flaw: flaw, trial: trial, best: plan, runsLeft: runs)
        try await shrinker.dropFaults()
        try await shrinker.dropMembers()
        try await shrinker.shorten()
        return shrinker.best
    }

    /// Takes faults out by halves, then by quarters, down to one by one: delta debugging.
    private mutating func dropFaults() async throws {
        var kept = best.edits.faults ?? Array(best.faults.indices)
        var size = kept.count
        while size > 0 {
            var start = 0
            while start < kept.count {
                let rest = Array(kept[..<start] + kept[min(start + size, kept.count)...])
                if try await fails({ $0.faults = rest }) { kept = rest } else { start += size }
            }
            size /= 2
        }
    }

    private mutating func dropMembers() async throws {
        for member in best.members.indices where !best.absent.contains(member) {
            let absent = best.absent + [member]
            _ = try await fails { $0.absent = absent }
        }
    }

    private mutating func shorten() async throws {
        while best.swarm.serveSeconds > 4 {
            let half = best.swarm.serveSeconds / 2
            guard try await fails({ $0.serveSeconds = half }) else { return }
        }
    }

    /// Whether the plan still fails with another edit; then it is the best so far.
    private mutating func fails(_ edit: (inout PlanEdits) -> Void) async throws -> Bool {
        guard runsLeft > 0 else { return false }
        runsLeft -= 1
        var edits = best.edits
        edit(&edits)
        let plan = Plan(seed: best.seed, edits)
        guard try await trial(plan) == flaw else { return false }
        best = plan
        return true
    }
}

/// The way in which a run fails.
package enum Flaw: Hashable, Sendable {
    case violated(Check)
    /// Two runs of the same plan were not the same.
    case differs
    /// The process ended: the core stopped rather than go on with a contradiction.
    case trapped

    /// As in reports: `D1`, `differs`, `trapped`.
    package var name: String {
        switch self {
        case .violated(let check): check.name
        case .differs: "differs"
        case .trapped: "trapped"
        }
    }
}
