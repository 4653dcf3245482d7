/// What one phase showed.
package struct PhaseReport: Codable, Sendable {
    package var name: String
    package var startSeconds: Double
    package var seconds = 0.0
    package var counts = Counts()
    package private(set) var submittedPerSecond = 0.0
    package private(set) var solvedPerSecond = 0.0
    /// As many as were both begun and ended.
    package private(set) var lifecyclesPerSecond = 0.0
    /// The phase that this one is compared with, and this one's lifecycles a second over that one's.
    package var comparedWith: String?
    package private(set) var ratio: Double?
    package var submitMs = Percentiles()
    package var grantMs = Percentiles()
    package var solveMs = Percentiles()
    package var viewLagMs = Percentiles()
    /// Processors' worth of work of the broker, and of the load generator itself.
    package var brokerCores = 0.0
    package var generatorCores = 0.0
    /// At its end.
    package var brokerMiB = 0.0
    /// Waiting at its beginning and its end.
    package var waitingBefore: UInt64 = 0
    package var waitingAfter: UInt64 = 0

    package init(name: String, startSeconds: Double) {
        (self.name, self.startSeconds) = (name, startSeconds)
    }

    /// Both must have ended.
    package mutating func compare(_ other: PhaseReport) {
        guard other.lifecyclesPerSecond > 0 else { return }
        ratio = lifecyclesPerSecond / other.lifecyclesPerSecond
    }

    /// Ends the phase after so long.
    package mutating func close(seconds: Double) {
        self.seconds = seconds
        guard seconds > 0 else { return }
        submittedPerSecond = Double(counts.accepted) / seconds
        solvedPerSecond = Double(counts.solved) / seconds
        lifecyclesPerSecond = min(submittedPerSecond, solvedPerSecond)
    }
}

/// How often each thing happened.
package struct Counts: Codable, Sendable, Equatable {
    package var offered = 0
    package var accepted = 0
    package var refused = 0
    package var granted = 0
    package var solved = 0
    package var escalated = 0
    package var handedBack = 0

    package init() {}

    package static func - (a: Counts, b: Counts) -> Counts {
        var difference = Counts()
        difference.offered = a.offered - b.offered
        difference.accepted = a.accepted - b.accepted
        difference.refused = a.refused - b.refused
        difference.granted = a.granted - b.granted
        difference.solved = a.solved - b.solved
        difference.escalated = a.escalated - b.escalated
        difference.handedBack = a.handedBack - b.handedBack
        return difference
    }
}

/// One second of a run.
package struct Sample: Codable, Sendable {
    /// Its end, since the run began.
    package var atSeconds: Double
    /// In this second.
    package var counts = Counts()
    /// By line, in the desk's order; the last that is known while the broker is away.
    package var lines: [LineSample] = []
    package var submitMs = Percentiles()
    package var grantMs = Percentiles()
    /// The longest in this second.
    package var viewLagMs = 0.0
    package var brokerCores = 0.0
    package var generatorCores = 0.0
    package var brokerMiB = 0.0
    /// By fleet: nodes that are connected, tickets held.
    package var fleets: [FleetSample] = []

    package init(atSeconds: Double) {
        self.atSeconds = atSeconds
    }
}

package struct LineSample: Codable, Sendable {
    package var name: String
    package var waiting: UInt64
    package var oldestMs: UInt64
    package var claimed: UInt64

    package init(name: String, waiting: UInt64, oldestMs: UInt64, claimed: UInt64) {
        (self.name, self.waiting, self.oldestMs, self.claimed) = (name, waiting, oldestMs, claimed)
    }
}

package struct FleetSample: Codable, Sendable {
    package var nodes: Int
    package var held: Int
    /// Grants in this second.
    package var granted: Int

    package init(nodes: Int, held: Int, granted: Int) {
        (self.nodes, self.held, self.granted) = (nodes, held, granted)
    }
}

/// What a fleet did in the whole run.
package struct FleetReport: Codable, Sendable {
    package var name: String
    package var line: String
    /// All that there ever were.
    package var nodes = 0
    package var granted = 0
    package var solved = 0
    package var escalated = 0
    package var handedBack = 0
    /// Changes that came too late: the claim had gone to another.
    package var stale = 0
    package var revoked = 0

    package init(name: String, line: String) {
        (self.name, self.line) = (name, line)
    }
}

/// What one node did in the whole run.
package struct NodeReport: Codable, Sendable {
    package var name: String
    package var fleet: String
    package var granted = 0
    package var solved = 0
    package var escalated = 0
    package var handedBack = 0
    package var stale = 0
    package var revoked = 0
    /// How often its session was lost, for whatever reason.
    package var losses = 0
    /// What was done to it.
    package var fate = ""

    package init(name: String, fleet: String) {
        (self.name, self.fleet) = (name, fleet)
    }
}
