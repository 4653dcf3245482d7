package import Desk
package import Promises
package import Tickets

/// What figures are made of: one ticket, folded from its events in the log.
package struct TicketFigures: Sendable {
    package let submitted: Moment
    package let channel: Name
    package let priority: Priority
    /// The line that it came to first.
    package let line: Name
    package private(set) var clocks: TicketClocks
    /// Who claimed it first, and answers to the customer.
    package private(set) var owner: Name?
    package private(set) var claims = 0
    package private(set) var escalations = 0
    package private(set) var handBacks = 0
    /// How often the customer's message opened it again after it was solved.
    package private(set) var reopenings = 0
    package private(set) var isSolved = false

    init(_ submission: Submission, line: Name, at moment: Moment) {
        submitted = moment
        channel = submission.channel
        priority = submission.priority
        self.line = line
        clocks = TicketClocks(line: line, at: moment)
    }

    mutating func follow(_ event: borrowing Event, at moment: Moment) {
        switch event {
        case .submitted, .noted, .released, .closed: break
        case .followedUp(_, _, _, let wakes):
            clocks.customerWrote(at: moment)
            if wakes, isSolved { reopen(at: moment) }
        case .claimed(_, _, let holder, _):
            owner = owner ?? holder.displayName
            claims += 1
        case .replied: clocks.replied(at: moment)
        case .escalated(_, _, let line, _, _):
            escalations += 1
            clocks.moved(to: line, at: moment)
        case .handedBack(_, _, let line, _, _):
            handBacks += 1
            clocks.moved(to: line, at: moment)
        case .resolved(_, _, let reply):
            if reply != nil { clocks.replied(at: moment) }
            clocks.solved(at: moment)
            isSolved = true
        // Who is waited for on hold is not the customer: the promise to them goes on.
        case .pended(_, _, let onHold, _, _): if !onHold { clocks.paused(at: moment) }
        case .woke: clocks.resumed(at: moment)
        }
    }

    private mutating func reopen(at moment: Moment) {
        guard let line = clocks.lines.last?.line else { return }
        isSolved = false
        reopenings += 1
        clocks.reopened(on: line, at: moment)
    }

    /// Solved by whom it came to first, at once: one claim, nobody else asked, and the customer did not come back.
    package var isFirstContact: Bool {
        isSolved && claims == 1 && escalations == 0 && reopenings == 0
    }
}

/// Folds a log into the figures of its tickets.
package struct FiguresFold: Sendable {
    /// In order of number, which is that of acceptance.
    package private(set) var tickets: [TicketFigures] = []
    /// The moment of the last event.
    package private(set) var end = Moment.zero
    /// Events of tickets that nobody submitted: a damaged log, of which `verify` says more.
    package private(set) var strays = 0

    package init() {}

    /// Events come in the order of the log.
    package mutating func follow(_ record: borrowing Record) {
        end = record.at
        if case .submitted(let number, let line, let submission) = record.event {
            // Numbers are 1, 2, 3 … in the order of the log.
            guard number.rawValue == UInt64(tickets.count) + 1 else { return strays += 1 }
            return tickets.append(TicketFigures(submission, line: line, at: record.at))
        }
        guard let number = record.event.ticket else { return }
        guard number.rawValue >= 1, number.rawValue <= UInt64(tickets.count) else { return strays += 1 }
        tickets[Int(number.rawValue) - 1].follow(record.event, at: record.at)
    }
}
