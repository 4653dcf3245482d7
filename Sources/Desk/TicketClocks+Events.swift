package import Promises
package import Tickets

extension TicketClocks {
    /// Follows an event of the ticket. The one place where it stands which event moves which clock: the desk, the
    /// figures and `verify` share it.
    package mutating func follow(_ event: borrowing Event, at moment: Moment) {
        switch event {
        case .followedUp(_, _, _, let wakes):
            customerWrote(at: moment)
            if wakes, resolution.stopped != nil, let line = lines.last?.line {
                reopened(on: line, at: moment)
            }
        // Whoever takes a ticket that is set aside waits for its customer no longer.
        case .claimed: if resolution.isPaused { resumed(at: moment) }
        // Nor does what was set aside and is no spam.
        case .amended(_, _, .spam(false, _), _): if resolution.isPaused { resumed(at: moment) }
        case .amended(_, _, .status(.solved, _), _): solved(at: moment)
        case .amended(_, _, .status(.pending, _), _): paused(at: moment)
        case .replied: replied(at: moment)
        case .escalated(_, _, let line, _, _, let budget): moved(to: line, at: moment, budget: budget)
        case .handedBack(_, _, let line, _, _), .overflowed(_, let line, _):
            moved(to: line, at: moment)
        case .resolved(_, _, let reply):
            if reply != nil { replied(at: moment) }
            solved(at: moment)
        // Who is waited for on hold is not the customer: the promise to them goes on.
        case .pended(_, _, let onHold, _, _): if !onHold { paused(at: moment) }
        case .woke: resumed(at: moment)
        case .acknowledged(_, _, let promised?): told(ofAnswerWithin: promised)
        // Its customer is answered in the other one from then on.
        case .merged: solved(at: moment)
        case .submitted, .noted, .released, .closed, .configured, .amended, .tookOver, .alerted,
            .acknowledged, .improved:
            break
        }
    }
}
