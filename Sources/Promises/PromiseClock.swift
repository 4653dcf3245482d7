package import Tickets

/// One clock of one ticket: it starts once, stands still while the customer is waited for, and stops once.
///
/// It knows moments only. What they come to is asked with the business hours and the target of today: so a policy
/// that changes, or is repaired, changes what is due and forgets no pause.
package struct PromiseClock: Hashable, Sendable {
    /// A time for which the clock stood still.
    package struct Pause: Hashable, Sendable {
        package var from: Moment
        /// Nil while it lasts.
        package var to: Moment?

        package init(from: Moment, to: Moment?) {
            self.from = from
            self.to = to
        }
    }

    package let started: Moment
    /// In order, none overlapping; only the last can be without an end.
    package private(set) var pauses: [Pause] = []
    package private(set) var stopped: Moment?

    package init(started: Moment) {
        self.started = started
    }

    /// A clock as it was kept: what it was made of.
    package init(started: Moment, pauses: [Pause], stopped: Moment?) {
        self.started = started
        self.pauses = pauses
        self.stopped = stopped
    }

    package var isPaused: Bool { pauses.last.map { $0.to == nil } == true }
    package var isRunning: Bool { stopped == nil && !isPaused }

    /// Nothing happens to a clock that stands or has stopped.
    package mutating func pause(at moment: Moment) {
        guard isRunning else { return }
        pauses.append(Pause(from: max(moment, lastChange), to: nil))
    }

    /// Nothing happens to a clock that runs or has stopped.
    package mutating func resume(at moment: Moment) {
        guard stopped == nil, isPaused, let last = pauses.indices.last else { return }
        pauses[last].to = max(moment, pauses[last].from)
    }

    /// The first time counts. A clock that stops while it stands has not run since it began to stand.
    package mutating func stop(at moment: Moment) {
        guard stopped == nil else { return }
        stopped = max(moment, lastChange)
    }

    /// Goes on after it stopped: from when it stopped until `moment` it stood.
    package mutating func restart(at moment: Moment) {
        guard let end = stopped else { return }
        stopped = nil
        // One that stopped while it stood has not run since.
        if !isPaused { pauses.append(Pause(from: end, to: nil)) }
        resume(at: max(moment, end))
    }

    /// Milliseconds of business for which it has run.
    package func elapsed(at now: Moment, _ hours: BusinessHours) -> Int64 { elapsed(at: now, by: hours) }

    /// The same, by hours in another form.
    package func elapsed(at now: Moment, by hours: some BusinessTime) -> Int64 {
        // Of a million tickets most clocks never stood.
        if pauses.isEmpty {
            return hours.milliseconds(from: started, to: min(now, stopped ?? .distantFuture))
        }
        return runs(until: now).reduce(0) { $0 + hours.milliseconds(from: $1.from, to: $1.to) }
    }

    /// When it reaches `target` milliseconds of business, or did; nil while it stands, for then nobody knows, when it
    /// stopped before, and when ten years are not enough.
    package func due(after target: Int64, _ hours: BusinessHours) -> Moment? {
        // Asked several times for each event of a ticket; most clocks never stood.
        if pauses.isEmpty, stopped == nil, started < .distantFuture {
            return hours.moment(after: target, from: started)
        }
        var left = target
        for run in runs(until: .distantFuture) {
            if run.to == .distantFuture { return hours.moment(after: left, from: run.from) }
            let length = hours.milliseconds(from: run.from, to: run.to)
            if left <= length { return hours.moment(after: left, from: run.from) }
            left -= length
        }
        return nil
    }

    private var lastChange: Moment { pauses.last.map { $0.to ?? $0.from } ?? started }

    /// When it ran, in order.
    private func runs(until now: Moment) -> [(from: Moment, to: Moment)] {
        let end = min(now, stopped ?? .distantFuture)
        var runs: [(from: Moment, to: Moment)] = []
        var from = started
        for pause in pauses {
            if from < min(pause.from, end) { runs.append((from, min(pause.from, end))) }
            guard let to = pause.to else { return runs }
            from = to
        }
        if from < end { runs.append((from, end)) }
        return runs
    }
}
