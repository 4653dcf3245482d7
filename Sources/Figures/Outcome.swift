import Promises
package import Tickets

/// What became of one promise. Each promise that a report counts is exactly one of these.
package enum PromiseOutcome: Hashable, Sendable {
    /// The clock stopped in time, before anybody had to be warned.
    case kept
    /// The clock stopped in time, but after the first warning.
    case warned
    /// The clock ran beyond its target, whether or not it has stopped since.
    case broken
    /// The clock has not stopped, and may in time.
    case open

    /// - Parameters:
    ///   - elapsed: Milliseconds of business for which the clock has run.
    ///   - hasStopped: Whether it has stopped.
    ///   - target: How long it may run.
    ///   - warning: How long before the target the first warning is; one at the start, or before it, warns nobody.
    package init(elapsed: Int64, hasStopped: Bool, target: Int64, warning: Int64?) {
        if elapsed > target {
            self = .broken
        } else if !hasStopped {
            self = .open
        } else if let warning, warning < target, elapsed > target - warning {
            self = .warned
        } else {
            self = .kept
        }
    }
}

/// One clock of one ticket, as a report counts it.
struct ClockFigures {
    /// Milliseconds of business, without the time for which the customer was waited for; nil while it runs.
    var span: Int64?
    /// Nil when nothing was promised.
    var outcome: PromiseOutcome?

    /// Judges a clock as the desk did: what was broken by the promises of some moment stays so, whatever is promised
    /// later; and while a clock stands nobody is late.
    init(_ clock: borrowing PromiseClock, _ kind: ClockKind, _ rules: TicketRules) {
        let hasStopped = clock.stopped != nil
        let end = min(clock.stopped ?? rules.end, rules.end)
        var worst: PromiseOutcome?
        for time in rules.spans where time.from <= end {
            let until = min(time.to, end)
            let elapsed = clock.elapsed(at: until, time.rule?.hours ?? .always)
            // The last time counts.
            span = hasStopped ? elapsed : nil
            if worst == .broken { continue }
            guard let target = time.rule?.targets.milliseconds(kind) else {
                worst = nil
                continue
            }
            let isRunning = clock.ran(from: time.from, to: until)
            let outcome = PromiseOutcome(
                elapsed: isRunning ? elapsed : 0, hasStopped: hasStopped, target: target,
                warning: time.warning)
            if worst != .warned || outcome == .broken { worst = outcome }
        }
        outcome = worst
    }
}

/// One ticket, as a report counts it: worked out once, however many groups it is in.
struct TicketOutcome {
    var firstResponse: ClockFigures
    var nextResponses: [ClockFigures]
    var resolution: ClockFigures
    /// Of each line that it was on and that something was promised of, in order.
    var lines: [(line: Name, clock: ClockFigures)] = []
    var isRepeat: Bool
    /// Whether it is open, and a clock of it runs that was due before the end of the log.
    var isOverdue = false
    /// For how long it was expected to wait and did until somebody took it, in milliseconds; nil when nobody has, or
    /// nothing was expected.
    var estimate: (expected: Int64, actual: Int64)?

    init(_ ticket: borrowing TicketFigures, _ rules: TicketRules, isRepeat: Bool, at end: Moment) {
        let clocks = ticket.course.clocks
        firstResponse = ClockFigures(clocks.firstResponse, .firstResponse, rules)
        resolution = ClockFigures(clocks.resolution, .resolution, rules)
        nextResponses = clocks.nextResponses.map { ClockFigures($0, .nextResponse, rules) }
        if rules.spans.contains(where: { $0.rule?.targets.lines.isEmpty == false }) {
            lines = clocks.lines.compactMap {
                let clock = ClockFigures($0.clock, .line($0.line), rules)
                return clock.outcome == nil ? nil : ($0.line, clock)
            }
        }
        self.isRepeat = isRepeat
        if !ticket.course.isSolved, let rule = rules.last {
            isOverdue = clocks.due(under: rule).first.map { $0.at < end } == true
        }
        guard let expected = ticket.origin.expectedWaitMilliseconds, let taken = ticket.course.taken else {
            return
        }
        estimate = (expected, taken.milliseconds(since: clocks.firstResponse.started))
    }

    /// Whether some promise was broken.
    var isBreached: Bool {
        firstResponse.outcome == .broken || resolution.outcome == .broken
            || nextResponses.contains { $0.outcome == .broken }
            || lines.contains { $0.clock.outcome == .broken }
    }
}

/// Notices customers who come again about the same thing.
package struct RepeatContacts {
    /// Requests about one thing from which on each is a repeat.
    static let count = 3
    /// Milliseconds within which they must have come.
    static let window = 30 * CivilDay.milliseconds

    /// The last requests of each topic, fewer than ``count``.
    private var recent: [UInt64: (last: Moment, before: Moment?)] = [:]

    package init(capacity: Int) { recent.reserveCapacity(capacity) }

    /// Takes tickets in order of acceptance; whether this one is a repeat.
    package mutating func follow(_ topic: UInt64, at moment: Moment) -> Bool {
        guard let (last, before) = recent.updateValue((moment, nil), forKey: topic) else { return false }
        recent[topic] = (moment, last)
        guard let before else { return false }
        return moment.milliseconds(since: before) <= Self.window
    }
}
