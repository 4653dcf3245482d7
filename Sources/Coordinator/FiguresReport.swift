/// What `switchboard stats --json` prints: the desk now, its rates and latencies, and whether it all adds up.
///
/// Durations are milliseconds, times ISO 8601 in UTC. Fields are only ever added.
package struct FiguresReport: Sendable, Codable, Equatable {
    package struct Line: Sendable, Codable, Equatable {
        package var name: String
        package var waiting: UInt64
        /// How long the oldest waiting ticket has waited.
        package var oldestMs: UInt64
        package var claimed: UInt64
        package var freeSeats: UInt64
        package var nodes: UInt32
        /// For how long a ticket would wait that came now; nil when the desk does not estimate, or cannot tell.
        package var expectedWaitMs: UInt64?
        /// The share of the answers of the last quarter of an hour that came in time, 0 to 1; nil when none was promised,
        /// or given.
        package var serviceLevel: Double?
        /// From low to urgent.
        package var waits: [Wait] = []
        /// Readings of the window, oldest first, at most 60.
        package var history: [Point]
    }

    /// How long tickets of one priority wait, and for how long they may be overtaken by those that come after them.
    package struct Wait: Sendable, Codable, Equatable {
        package var priority: String
        package var oldestMs: UInt64
        /// nil when there is no bound.
        package var boundMs: UInt64?
        /// Whether the longest waiting one waits for want of seats only.
        package var isPastBound: Bool
    }

    package struct Point: Sendable, Codable, Equatable {
        package var ageMs: Int64
        package var waiting: UInt64
        package var oldestMs: UInt64
        package var claimed: UInt64
        package var freeSeats: UInt64
    }

    package struct Totals: Sendable, Codable, Equatable {
        // States, which add up to submitted.
        package var waiting: UInt64 = 0
        package var claimed: UInt64 = 0
        package var parked: UInt64 = 0
        package var pending: UInt64 = 0
        package var onHold: UInt64 = 0
        package var solved: UInt64 = 0
        package var closed: UInt64 = 0
        package var spam: UInt64 = 0
        /// Neither solved nor closed.
        package var open: UInt64 = 0
        // How often it happened.
        package var submitted: UInt64 = 0
        package var claims: UInt64 = 0
        package var resolutions: UInt64 = 0
        package var escalated: UInt64 = 0
        package var handedBack: UInt64 = 0
        package var replies: UInt64 = 0
        package var expired: UInt64 = 0
        package var parkings: UInt64 = 0
        /// Whether the states add up to submitted.
        package var conserved: Bool = true
    }

    package struct Rates: Sendable, Codable, Equatable {
        /// The window that was asked for.
        package var seconds: Int64
        /// nil before there are two readings in it.
        package var submittedPerSecond: Double?
        package var solvedPerSecond: Double?
        package var escalatedPerSecond: Double?
        /// Between the readings that these are of: less than the window when the coordinator began in it.
        package var measuredSeconds: Int64?
    }

    package struct Latency: Sendable, Codable, Equatable {
        /// `node` or `broker`: who measured it.
        package var source: String
        package var name: String
        /// nil for the whole cluster.
        package var line: String?
        package var count: UInt64
        package var p50Ms: Double
        package var p90Ms: Double
        package var p99Ms: Double
        package var p999Ms: Double
        package var maxMs: Double
    }

    package struct Node: Sendable, Codable, Equatable {
        package var name: String
        package var incarnation: UInt64
        package var line: String
        package var shift: String
        package var connected: Bool
        package var seats: UInt32
        package var freeSeats: UInt32
        /// How long ago it reported; nil when this run never did.
        package var reportAgeMs: Int64?
        /// Its own account; nil when it never reported.
        package var own: Tally?
        package var log: Tally
        /// Whether the two are the same.
        package var agree: Bool
        /// Why not, if not: only `mismatch` is an error.
        package var verdict: Reconciliation.Verdict
        package var latencies: [Latency]
    }

    /// When this was put together.
    package var at: String
    package var lines: [Line]
    package var totals: Totals
    package var rates: Rates
    package var latencies: [Latency]
    package var nodes: [Node]
    /// Nodes that did not fit in.
    package var nodesOmitted: Int
    /// Whether no node's own account contradicts the log.
    package var reconciled: Bool
    /// What is missing in accounts of runs that ended before they could report it.
    package var unreported: UInt64
    /// The log's position that the figures are of.
    package var position: UInt64
    /// Events by which the view was behind the log.
    package var viewLag: UInt64
    /// How old the figures are; nil when there are none yet.
    package var ageMs: Int64?
    /// Whether they are older than they should be, or missing.
    package var stale: Bool
    package var brokerUp: Bool
}
