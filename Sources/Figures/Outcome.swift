import Promises
import Tickets

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
    /// Nil when nothing was promised, or the ticket was solved in time without what was promised.
    var outcome: PromiseOutcome?

    /// Judges a clock as the desk did: what was broken by the promises of some moment stays so, whatever is promised
    /// later; and while a clock stands nobody is late.
    init(
        _ clock: borrowing PromiseClock, _ id: ClockID, of clocks: borrowing TicketClocks,
        _ rules: borrowing TicketRules
    ) {
        let hasStopped = clock.stopped != nil
        let end = min(clock.stopped ?? rules.end, rules.end)
        var worst: PromiseOutcome?
        for index in 0..<rules.spanCount {
            guard let time = rules.span(index), time.from <= end else { continue }
            let until = min(time.to, end)
            let elapsed =
                if let entry = time.entry {
                    clock.elapsed(at: until, by: rules.book.entries[entry].calendar)
                } else {
                    clock.elapsed(at: until, .always)
                }
            // The last time counts.
            span = hasStopped ? elapsed : nil
            if worst == .broken { continue }
            guard let entry = time.entry,
                let target = clocks.target(id, of: rules.book.entries[entry].rule.targets)
            else {
                worst = nil
                continue
            }
            let isRunning = clock.ran(from: time.from, to: until)
            let outcome = PromiseOutcome(
                elapsed: isRunning ? elapsed : 0, hasStopped: hasStopped, target: target,
                warning: time.warning)
            if worst != .warned || outcome == .broken { worst = outcome }
        }
        outcome = worst == .open && rules.isSettled ? nil : worst
    }
}

/// One ticket, as a report counts it: worked out once, however many groups it is in.
struct TicketOutcome {
    var firstResponse: ClockFigures
    var nextResponses: [ClockFigures] = []
    var resolution: ClockFigures
    /// Of each line that it was on and that something was promised of, in order.
    var lines: [(line: Name, clock: ClockFigures)] = []
    var isRepeat: Bool
    /// Whether it is open, and a clock of it runs that was due before the end of the log.
    var isOverdue = false
    /// For how long it was expected to wait and did until somebody took it, in milliseconds; nil when nobody has, or
    /// nothing was expected.
    var estimate: (expected: Int64, actual: Int64)?

    init(
        _ ticket: borrowing TicketFigures, _ rules: borrowing TicketRules, isRepeat: Bool, at end: Moment
    ) {
        let clocks = ticket.course.clocks
        firstResponse = ClockFigures(clocks.firstResponse, ClockID(.firstResponse), of: clocks, rules)
        resolution = ClockFigures(clocks.resolution, ClockID(.resolution), of: clocks, rules)
        for clock in clocks.nextResponses {
            nextResponses.append(ClockFigures(clock, ClockID(.nextResponse), of: clocks, rules))
        }
        if rules.hasLines || clocks.lines.contains(where: { $0.budget != nil }) {
            for index in clocks.lines.indices {
                let line = clocks.lines[index].line
                let clock = ClockFigures(
                    clocks.lines[index].clock, ClockID(.line(line), UInt32(index) + 1), of: clocks, rules)
                if clock.outcome != nil { lines.append((line, clock)) }
            }
        }
        self.isRepeat = isRepeat
        if !rules.isSettled, let entry = rules.last {
            isOverdue = clocks.isLate(at: end, by: rules.book.entries[entry])
        }
        guard let expected = ticket.origin.expectedWaitMilliseconds, let taken = ticket.course.taken else {
            return
        }
        estimate = (expected, taken.milliseconds(since: ticket.submitted))
    }

    /// Whether some promise was broken.
    var isBreached: Bool {
        firstResponse.outcome == .broken || resolution.outcome == .broken
            || nextResponses.contains { $0.outcome == .broken }
            || lines.contains { $0.clock.outcome == .broken }
    }
}

extension TicketClocks {
    /// Whether a clock runs that was due before a moment: so much less than when each is due.
    fileprivate func isLate(at moment: Moment, by entry: borrowing RuleBook.Entry) -> Bool {
        let targets = entry.rule.targets
        if firstResponse.isLate(for: target(ClockID(.firstResponse), of: targets), at: moment, by: entry) {
            return true
        }
        if let nextResponse, nextResponse.isLate(for: targets.nextResponse, at: moment, by: entry) {
            return true
        }
        if resolution.isLate(for: targets.resolution, at: moment, by: entry) { return true }
        guard let last = lines.last else { return false }
        let target = last.budget ?? targets.milliseconds(.line(last.line))
        return last.clock.isLate(for: target, at: moment, by: entry)
    }
}

extension PromiseClock {
    /// Within so many milliseconds the hours surely find when a clock is due: they look ten years ahead.
    private static let surely = 3_600 * CivilDay.milliseconds

    fileprivate func isLate(
        for target: Int64?, at moment: Moment, by entry: borrowing RuleBook.Entry
    ) -> Bool {
        guard isRunning, let target else { return false }
        guard target > 0, moment.milliseconds(since: started) < Self.surely else {
            return due(after: target, entry.rule.hours).map { $0 < moment } == true
        }
        // It was due before a moment when it had run for so long at the millisecond before.
        return elapsed(at: moment.advanced(byMilliseconds: -1), by: entry.calendar) >= target
    }
}
