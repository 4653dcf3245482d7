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
    /// Nil when nothing was promised.
    var outcome: PromiseOutcome?

    init(
        _ clock: borrowing PromiseClock, _ target: Int64?, _ hours: BusinessHours, warning: Int64?,
        at end: Moment
    ) {
        let elapsed = clock.elapsed(at: end, hours)
        let hasStopped = clock.stopped != nil
        if hasStopped { span = elapsed }
        outcome = target.map {
            PromiseOutcome(elapsed: elapsed, hasStopped: hasStopped, target: $0, warning: warning)
        }
    }
}

/// One ticket, as a report counts it: worked out once, however many groups it is in.
struct TicketOutcome {
    var firstResponse: ClockFigures
    var nextResponses: [ClockFigures]
    var resolution: ClockFigures
    var isRepeat: Bool
    /// For how long it was expected to wait and did until somebody took it, in milliseconds; nil when nobody has, or
    /// nothing was expected.
    var estimate: (expected: Int64, actual: Int64)?

    init(
        _ course: borrowing TicketCourse, _ rule: PromisePolicy.Rule?, warning: Int64?, isRepeat: Bool,
        expected: Int64?, at end: Moment
    ) {
        let hours = rule?.hours ?? .always
        let clocks = course.clocks
        firstResponse = ClockFigures(
            clocks.firstResponse, rule?.targets.firstResponse, hours, warning: warning, at: end)
        resolution = ClockFigures(
            clocks.resolution, rule?.targets.resolution, hours, warning: warning, at: end)
        nextResponses = clocks.nextResponses.map {
            ClockFigures($0, rule?.targets.nextResponse, hours, warning: warning, at: end)
        }
        self.isRepeat = isRepeat
        guard let expected, let taken = course.taken else { return }
        estimate = (expected, taken.milliseconds(since: clocks.firstResponse.started))
    }
}

/// Notices customers who come again about the same thing.
struct RepeatContacts {
    /// Requests about one thing from which on each is a repeat.
    static let count = 3
    /// Milliseconds within which they must have come.
    static let window = 30 * CivilDay.milliseconds

    /// The last requests of each topic, fewer than ``count``.
    private var recent: [UInt64: (last: Moment, before: Moment?)] = [:]

    init(capacity: Int) { recent.reserveCapacity(capacity) }

    /// Takes tickets in order of acceptance; whether this one is a repeat.
    mutating func follow(_ topic: UInt64, at moment: Moment) -> Bool {
        guard let (last, before) = recent.updateValue((moment, nil), forKey: topic) else { return false }
        recent[topic] = (moment, last)
        guard let before else { return false }
        return moment.milliseconds(since: before) <= Self.window
    }
}
