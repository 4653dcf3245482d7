package import Tickets

/// A ticket to which something may be promised: its clocks, and what the desk has said of them.
///
/// When they are due is not kept: it is worked out from the policy and the priority of the moment. So both may change,
/// and no pause is forgotten.
package struct TicketPromises: Hashable, Sendable {
    package let channel: Name
    /// In which the customer was when the ticket came; nil: in none.
    package let group: String?
    /// Whom the desk writes to by itself when it is late; nil for nobody.
    package let addressee: Addressee?
    package var clocks: TicketClocks
    /// Of the clocks that there still are, in order of saying.
    package private(set) var said: [PromiseAlert]

    /// A customer whom the desk may write to by itself.
    package struct Addressee: Hashable, Sendable {
        /// In which they wrote; nil when it cannot be told, or the desk has one text for all.
        package var language: Language?

        package init(language: Language? = nil) {
            self.language = language
        }
    }

    package init(
        channel: Name, group: String? = nil, addressee: Addressee? = nil, clocks: TicketClocks,
        said: [PromiseAlert] = []
    ) {
        self.channel = channel
        self.group = group
        self.addressee = addressee
        self.clocks = clocks
        self.said = said
    }

    package mutating func say(_ alert: PromiseAlert) {
        let clocks = clocks.current.map(\.id)
        said.removeAll { !clocks.contains($0.clock) }
        said.append(alert)
    }

    /// Whether a customer hears by an alert for the first time that the desk is late: it is the first warning of a clock
    /// that is theirs, and of none other that is due at the same moment they were told.
    package func isNews(_ alert: PromiseAlert) -> Bool {
        guard !alert.isBroken, alert.clock.kind.isOfCustomer else { return false }
        let clocks = clocks.current.map(\.id)
        return !said.contains {
            $0.clock == alert.clock
                || $0.clock.kind.isOfCustomer && $0.due == alert.due && clocks.contains($0.clock)
        }
    }

    /// What there is to be said next.
    ///
    /// As in reports, a clock that stops when it is due to the millisecond has kept its promise; it is broken when it
    /// runs on, which may be the next morning.
    ///
    /// - Parameters:
    ///   - rule: What is promised.
    ///   - warnings: Milliseconds of business before a clock is due; one as long as the promise warns nobody.
    ///   - now: What is broken by then needs no warning any more.
    /// - Returns: That, and when; nil while every clock stands, has stopped or is broken.
    package func next(
        under rule: PromisePolicy.Rule, warnings: [Int64], at now: Moment
    ) -> (at: Moment, alert: PromiseAlert)? {
        var next: (at: Moment, alert: PromiseAlert)?
        clocks.visitCurrent { id, clock in
            guard clock.isRunning, let target = clocks.target(id, of: rule.targets),
                !hasSaid(id, nil),
                let due = clock.due(after: target, rule.hours),
                let end = clock.due(after: target + 1, rule.hours)
            else { return }
            if next.map({ end < $0.at }) != false {
                next = (end, PromiseAlert(id, rule: rule.name, due: due, warning: nil))
            }
            guard end > now else { return }
            for warning in warnings where warning > 0 && warning < target {
                guard let at = clock.due(after: target - warning + 1, rule.hours),
                    next.map({ at < $0.at }) != false, !hasSaid(id, warning)
                else { continue }
                next = (at, PromiseAlert(id, rule: rule.name, due: due, warning: warning))
            }
        }
        return next
    }

    /// Whether a clock was warned of, or said to be broken, before; see ``PromiseAlert/repeats(_:)``.
    private func hasSaid(_ id: ClockID, _ warning: Int64?) -> Bool {
        said.contains { $0.warning == warning && $0.clock == id }
    }
}
