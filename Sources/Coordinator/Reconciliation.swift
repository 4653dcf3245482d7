import Tickets

/// Compares what each run of a node says it did with what the event log says it did.
///
/// A node counts an action when its answer arrives, so at any moment its own account is the log's or a little
/// less. Hence three rules:
///
/// - *More than the log* is a mismatch at once. "The log" is then a reading that was asked for after the
///   account had arrived here, and whose tallies are folded at least as far as the log had got by that time;
///   any other comparison would only race.
/// - *Less than the log* is a mismatch when a count that the log had reached is not reached within
///   ``lagMillisecondsMax`` and does not move, while the node reports and the broker answers.
/// - A run that has ended, by `kill -9` for example, had no time to report its last acts: what it is short of is
///   ``Verdict/unreported``. So are claims whose grants may have been lost with a connection.
///
/// Times are milliseconds of one monotonic clock. Bounded by ``runsMax`` runs, about 400 bytes each.
package struct Reconciliation: Sendable {
    /// How long answers may be on their way.
    package static let lagMillisecondsMax: Int64 = 10_000
    /// A node that said nothing for this long does not report; it does so every second or so.
    package static let silenceMilliseconds: Int64 = 10_000
    /// Without a reading for this long nobody's lag can be judged: the time does not count against the nodes.
    package static let gapMilliseconds: Int64 = 3_000
    /// Runs that are followed; of those that have ended the oldest are forgotten first.
    package static let runsMax = 16_384

    package enum Verdict: String, Sendable, Codable, CaseIterable {
        /// Both say the same.
        case agrees
        /// The node's account is behind, within what answers on their way explain.
        case lagging
        /// Short of what it had no time, or no way, to report.
        case unreported
        /// It never reported to this coordinator, for example as it ended before this one started.
        case silent
        case mismatch
    }

    /// What is known of one run.
    package struct Entry: Sendable {
        package fileprivate(set) var verdict = Verdict.silent
        /// nil while the node has not reported.
        package fileprivate(set) var own: Tally?
        /// Zeros while the log has nothing of it.
        package fileprivate(set) var log = Tally()
        /// When the node last reported; nil while it has not.
        package fileprivate(set) var reportedAt: Int64?
        package fileprivate(set) var isConnected = false

        /// The account that waits for a reading of the log that must contain it.
        fileprivate var checking: Check?
        /// Counts of the last such account that were above the log's.
        fileprivate var excess = Tally()
        /// What the log had when the node's account began to be behind it.
        fileprivate var target: Target?
        fileprivate var isStuck = false
        fileprivate var session: Int64?
        fileprivate var mayHaveLostGrants = false
    }

    fileprivate struct Check: Sendable {
        var own: Tally
        var receivedAt: Int64
        /// The log's position at the first reading asked for after the account came.
        var position: UInt64?
    }

    fileprivate struct Target: Sendable {
        var log: Tally
        var own: Tally
        var since: Int64
    }

    package private(set) var runs: [NodeRun: Entry] = [:]
    /// Verdicts that turned into a mismatch since the start; unlike the state itself it never goes down.
    package private(set) var mismatchesSeen: UInt64 = 0
    private var countedAt: Int64?

    package init() {}

    /// Whether no account contradicts the log.
    package var isOK: Bool { !runs.values.contains { $0.verdict == .mismatch } }

    /// A node's own account arrived.
    package mutating func reported(_ run: NodeRun, _ own: Tally, at now: Int64) {
        guard makeRoom(for: run) else { return }
        let known = runs[run]?.own ?? Tally()
        let own = own.raised(to: known)
        runs[run, default: Entry()].own = own
        runs[run]?.reportedAt = now
        if runs[run]?.checking == nil { runs[run]?.checking = Check(own: own, receivedAt: now) }
    }

    /// The broker said which runs have a session now, and since when (its own milliseconds).
    package mutating func connected(_ sessions: [NodeRun: Int64]) {
        for (run, session) in sessions where makeRoom(for: run) {
            runs[run, default: Entry()].noteSession(session, of: run)
        }
        for run in runs.keys where sessions[run] == nil { runs[run]?.isConnected = false }
    }

    /// The log's tallies arrived.
    ///
    /// - Parameters:
    ///   - tallies: What the log says of each run; a run that is missing keeps what was known.
    ///   - foldedTo: Position up to which the tallies are counted, or further.
    ///   - logPosition: Position of the log when the broker took the question.
    ///   - askedAt: When the question was sent.
    ///   - now: When they arrived.
    package mutating func counted(
        _ tallies: [NodeRun: Tally], foldedTo: UInt64, logPosition: UInt64, askedAt: Int64, at now: Int64
    ) {
        // The log has every run there ever was: those of it alone never push others out.
        for (run, tally) in tallies where runs[run] != nil || runs.count < Self.runsMax {
            runs[run, default: Entry()].log = tally
        }
        let wasBlind = countedAt.map { now - $0 > Self.gapMilliseconds } ?? true
        countedAt = now
        for run in Array(runs.keys) {
            guard var entry = runs[run] else { continue }
            if wasBlind { entry.target = nil }
            entry.check(foldedTo: foldedTo, logPosition: logPosition, askedAt: askedAt)
            entry.measureLag(at: now)
            let before = entry.verdict
            entry.verdict = entry.judged(at: now)
            if entry.verdict == .mismatch, before != .mismatch { mismatchesSeen += 1 }
            runs[run] = entry
        }
    }

    /// Whether there is an entry for the run, or room for one: made by forgetting ended runs, oldest first.
    private mutating func makeRoom(for run: NodeRun) -> Bool {
        guard runs[run] == nil, runs.count >= Self.runsMax else { return true }
        let ended = runs.filter { $0.value.mayBeForgotten }.keys.sorted {
            ($0.incarnation, $0) < ($1.incarnation, $1)
        }
        // A tenth at a time, so that a desk with many ended runs does not search them for each new one.
        for old in ended.prefix(Self.runsMax / 10) { runs[old] = nil }
        return runs.count < Self.runsMax
    }
}

extension Reconciliation.Entry {
    fileprivate var mayBeForgotten: Bool {
        !isConnected && checking == nil && verdict != .mismatch && verdict != .lagging
    }

    /// A grant is sent once. One that is lost with its connection is counted by the log alone, so claims of a
    /// run with more than one session may stay short; everything else is sent again until it is answered.
    fileprivate mutating func noteSession(_ since: Int64, of run: NodeRun) {
        isConnected = true
        if let session {
            mayHaveLostGrants = mayHaveLostGrants || session != since
        } else {
            // Incarnations are microseconds since 1970: a session much younger than its run is not its first.
            let started = Int64(clamping: run.incarnation / 1_000)
            mayHaveLostGrants =
                Moment(milliseconds: since).milliseconds(
                    since: Moment(milliseconds: started)) > 30_000
        }
        session = since
    }

    fileprivate mutating func check(foldedTo: UInt64, logPosition: UInt64, askedAt: Int64) {
        #if PLANTED_BUGS
            let askedAt = PlantedBug.isActive(.readingTooOldTaken) ? .max : askedAt
            let foldedTo = PlantedBug.isActive(.viewLagIgnored) ? .max : foldedTo
        #endif
        guard var checking, askedAt > checking.receivedAt else { return }
        let position = checking.position ?? logPosition
        checking.position = position
        guard foldedTo >= position else {
            self.checking = checking
            return
        }
        excess = checking.own.excess(over: log)
        self.checking = nil
    }

    /// Follows one target at a time: the log's counts of some moment, which the account has to reach.
    fileprivate mutating func measureLag(at now: Int64) {
        guard let own, isReporting(at: now) else {
            target = nil
            isStuck = false
            return
        }
        guard !missing(own, from: log).isZero else {
            target = nil
            isStuck = false
            return
        }
        guard let target, !missing(own, from: target.log).isZero else {
            self.target = Reconciliation.Target(log: log, own: own, since: now)
            isStuck = false
            return
        }
        // A count that is short and moves is late; one that is short and does not move is wrong.
        let short = missing(own, from: target.log).counts
        let moved = own.excess(over: target.own).counts
        let isLate = now - target.since > Reconciliation.lagMillisecondsMax
        if isLate {
            isStuck = zip(short, moved).contains { $0.value > 0 && $1.value == 0 }
            if !isStuck { self.target = Reconciliation.Target(log: log, own: own, since: now) }
        }
    }

    private func missing(_ own: Tally, from log: Tally) -> Tally {
        var missing = log.excess(over: own)
        if mayHaveLostGrants { missing.claims = 0 }
        return missing
    }

    fileprivate func judged(at now: Int64) -> Reconciliation.Verdict {
        guard excess.isZero, !isStuck else { return .mismatch }
        guard let own else { return .silent }
        guard own != log else { return .agrees }
        guard isReporting(at: now) else { return .unreported }
        // What is more than the log had at its last reading waits for the next one.
        return !missing(own, from: log).isZero || log.excess(over: own).isZero ? .lagging : .unreported
    }

    private func isReporting(at now: Int64) -> Bool {
        guard let reportedAt else { return false }
        return now - reportedAt <= Reconciliation.silenceMilliseconds
    }
}
