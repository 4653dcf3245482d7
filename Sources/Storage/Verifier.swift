package import Desk
import Tickets

/// Checks a stored desk: the log against the rules, and everything that was folded from it against the log.
///
/// Reads only, also beside a running broker. Memory grows with the number of tickets, not with their text.
package struct Verifier {
    private static let turnsPerRead = 256

    private let store: any Store
    private let settings: DeskSettings
    private let reader: any LogReader
    private var tracker: LogTracker
    /// The desk's own fold; nil once the log broke a rule, because the desk traps on such a log.
    private var desk: Desk?
    private var snapshot: Desk?
    /// Whether a row of the log could not be read; what follows it is not looked at.
    private var isCutShort = false
    private var verdict = Verdict()

    /// - Throws: When the store cannot be read at all; what it holds is never a reason.
    package static func verify(_ store: any Store, settings: DeskSettings) throws(StoreError) -> Verdict {
        try verifyAndFold(store, settings: settings).verdict
    }

    /// The same, with the desk that the log folds to from its beginning; nil when the log breaks a rule.
    package static func verifyAndFold(
        _ store: any Store, settings: DeskSettings
    ) throws(StoreError) -> (verdict: Verdict, desk: Desk?) {
        var verifier = try Verifier(store, settings: settings)
        let verdict = try verifier.run()
        return (verdict, verifier.desk)
    }

    private init(_ store: any Store, settings: DeskSettings) throws(StoreError) {
        self.store = store
        self.settings = settings
        reader = try store.openLogReader()
        tracker = LogTracker(limits: settings.limits)
        desk = Desk(settings: settings)
    }

    private mutating func run() throws(StoreError) -> Verdict {
        snapshot = try store.openSnapshots().load(settings: settings)
        try readLog(upTo: nil)
        try compareView()
        if let desk { tracker.compare(desk) }
        if let snapshot, desk != nil, snapshot.position > .start {
            verdict.notices.append(
                "the snapshot at event \(snapshot.position) is of another log, or ahead of it; it is not used"
            )
        }
        for finding in try store.selfCheck() { tracker.findings.check(.k1, false, finding) }
        tracker.findings.check(.k1, true, "")
        verdict.tickets = tracker.tickets.count
        verdict.events = Int(clamping: tracker.position.rawValue)
        verdict.invariants = tracker.findings.reports
        return verdict
    }

    /// Follows the log to a position, or to its end.
    private mutating func readLog(upTo end: Position?) throws(StoreError) {
        while !isCutShort, end.map({ tracker.position < $0 }) != false {
            let turns: [StoredTurn]
            do throws(StoreError) {
                turns = try reader.turns(after: tracker.position, limit: Self.turnsPerRead)
            } catch let error where error.kind == .corrupt {
                try readUpToDamage()
                tracker.findings.check(.d7, false, error.reason)
                verdict.notices.append("what follows event \(tracker.position) of the log was not looked at")
                desk = nil
                isCutShort = true
                return
            }
            if turns.isEmpty { return }
            for turn in turns { follow(turn) }
        }
    }

    /// Row by row up to one that cannot be read.
    private mutating func readUpToDamage() throws(StoreError) {
        while true {
            do throws(StoreError) {
                guard let turn = try reader.turns(after: tracker.position, limit: 1).first else { return }
                follow(turn)
            } catch let error where error.kind == .corrupt {
                return
            }
        }
    }

    private mutating func follow(_ turn: StoredTurn) {
        tracker.findings.check(.d7, true, "")
        tracker.follow(turn)
        guard tracker.findings.violations == 0 else {
            if desk != nil {
                verdict.notices.append("the log breaks a rule; the desk does not fold such a log")
            }
            desk = nil
            return
        }
        for record in turn.records where record.position > desk?.position ?? .start { desk?.evolve(record) }
        // First without a copy of either, for nearly every turn.
        guard let end = snapshot?.position, end == desk?.position, let desk, let snapshot else { return }
        if snapshot.lastMoment == desk.lastMoment {
            tracker.compare(snapshot: snapshot, with: desk)
            self.snapshot = nil
        }
    }

    private mutating func compareView() throws(StoreError) {
        let view: any ViewReader
        do throws(StoreError) {
            view = try store.openViewReader()
        } catch let error where error.kind != .inputOutput {
            verdict.notices.append("the view was not looked at: \(error.reason)")
            return
        }
        let end = try reader.last
        try view.atOnce { () throws(StoreError) in
            let position = try view.position
            verdict.viewLag = end > position ? end.rawValue - position.rawValue : 0
            try readLog(upTo: position)
            guard tracker.position >= position else {
                verdict.notices.append(
                    "the view is at event \(position), the log was read to \(tracker.position); not compared")
                return
            }
            if tracker.position == position { return try compare(view, with: &tracker) }
            // The view lags: what it should hold is folded apart, without reporting the log's faults again.
            var earlier = try track(upTo: position)
            earlier.findings = tracker.findings
            try compare(view, with: &earlier)
            tracker.findings = earlier.findings
        }
    }

    private func compare(_ view: any ViewReader, with tracker: inout LogTracker) throws(StoreError) {
        do throws(StoreError) {
            try tracker.compare(view)
        } catch let error where error.kind == .corrupt {
            tracker.findings.check(.d6, false, error.reason)
        }
    }

    private func track(upTo end: Position) throws(StoreError) -> LogTracker {
        var tracker = LogTracker(limits: settings.limits)
        while tracker.position < end {
            let turns = try reader.turns(after: tracker.position, limit: Self.turnsPerRead)
            if turns.isEmpty { break }
            for turn in turns where turn.records.first.map({ $0.position <= end }) == true {
                tracker.follow(turn)
            }
        }
        return tracker
    }
}
