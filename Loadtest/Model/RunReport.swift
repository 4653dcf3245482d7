/// What a run showed: `report.json`, and what the page and the summary are made of.
package struct RunReport: Codable, Sendable {
    package var scenario: String
    package var about: String
    package var seed: UInt64
    /// ISO 8601 in UTC.
    package var startedAt: String
    package var machine: Machine
    package var durability = "SQLite WAL, synchronous=FULL: fdatasync before every answer; CURVE on"
    /// Whether every check holds.
    package var ok = true
    package var seconds = 0.0

    /// Moments at which somebody wrote, whether or not the desk took it.
    package var offered = 0
    /// Requests that the desk acknowledged.
    package var submitted = 0
    package var refused = 0
    package var solved = 0
    package var parked = 0
    package var lost = 0
    package var doubleClaims = 0
    package var overtakes = 0
    /// Leases that ended, by the desk's count.
    package var expired = 0
    /// Sessions that a node or the broker gave up though nobody had killed, frozen or cut it.
    package var falseLosses = 0
    /// From the moment a customer wrote until the answer.
    package var submitMs = Percentiles()
    /// From that moment until a node had the ticket.
    package var grantMs = Percentiles()
    /// From that moment until the resolution was acknowledged.
    package var solveMs = Percentiles()
    /// How far the view was behind the log, in samples.
    package var viewLagMs = Percentiles()
    /// From the last event until the view had it.
    package var viewCatchUpMs: Double?

    package var checks: [CheckReport] = []
    package var phases: [PhaseReport] = []
    package var restarts: [Restart] = []
    package var refusals: [RefusalReport] = []
    package var injections: [InjectionReport] = []
    package var fleets: [FleetReport] = []
    package var nodes: [NodeReport] = []
    /// One a second.
    package var samples: [Sample] = []

    package init(scenario: Scenario, startedAt: String, machine: Machine) {
        self.scenario = scenario.name
        about = scenario.about
        seed = scenario.seed
        self.startedAt = startedAt
        self.machine = machine
    }

    package struct Machine: Codable, Sendable {
        package var cores: Int
        package var processor: String
        package var kernel: String
        package var memoryGiB: Double

        package init(cores: Int, processor: String, kernel: String, memoryGiB: Double) {
            (self.cores, self.processor, self.kernel) = (cores, processor, kernel)
            self.memoryGiB = memoryGiB
        }
    }
}

/// A broker that ended and was started again.
package struct Restart: Codable, Sendable {
    /// When it was ended, in seconds of the run.
    package var atSeconds: Double
    package var killed: Bool
    package var openTickets: UInt64
    /// From the start of the process until it said that it serves.
    package var readyMs: Double?
    /// From the start of the process until a node had a ticket.
    package var firstGrantMs: Double?
    /// Resident memory when the first grant came, and its highest so far.
    package var residentMiB: Double?
    package var highestMiB: Double?

    package init(atSeconds: Double, killed: Bool, openTickets: UInt64) {
        (self.atSeconds, self.killed, self.openTickets) = (atSeconds, killed, openTickets)
    }
}

/// Refusals of one kind.
package struct RefusalReport: Codable, Sendable {
    package var word: String
    package var reason: String
    package var count: Int
    /// Those that named a time after which to try again, and the longest of these.
    package var withTime: Int
    package var retryAfterMsMax: Int64

    package init(word: String, reason: String) {
        (self.word, self.reason, count, withTime, retryAfterMsMax) = (word, reason, 0, 0, 0)
    }
}

/// What was done when.
package struct InjectionReport: Codable, Sendable {
    package var atSeconds: Double
    package var what: String

    package init(atSeconds: Double, what: String) {
        (self.atSeconds, self.what) = (atSeconds, what)
    }
}
