import Promises
import Tickets

/// Warning of promises, and saying when one is broken.
extension Exchange {
    /// Tickets whose time is long past that are looked at in one millisecond: after a long stop, or under new promises,
    /// a million at once must not keep others waiting.
    static let overduePerMillisecond = 50

    /// Says what is due of the tickets that an event is about to change, as they stood until now: an answer that comes
    /// too late is after the breach in the log, in the same millisecond too.
    mutating func sayWhatIsDue(before event: Event, into turn: inout Turn) {
        switch event {
        // Nothing is answered by them, and both were decided with the numbers that they take.
        case .alerted, .improved: return
        default: break
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.answerBeforeBreach) { return }
        #endif
        let moves = !event.takesFromLine
        event.eachTicket { sayWhatIsDue(of: $0, moves: moves, into: &turn) }
    }

    /// The same of the ticket that a command is about, before it is decided: what a customer is told takes a number of the
    /// conversation and one of the outbox, and an answer must be given the next.
    mutating func sayWhatIsDue(before action: Action, into turn: inout Turn) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.answerBeforeBreach) { return }
        #endif
        var number = action.ticket
        if case .submit(let submission) = action {
            number = submission.origin?.ticket ?? desk.joined(by: submission, at: now)
        }
        if let number { sayWhatIsDue(of: desk.destination(of: number), into: &turn) }
    }

    mutating func judgePromises(of number: TicketNumber, setFor moment: Moment, into turn: inout Turn) {
        guard isDue(number, by: moment) else { return }
        sayWhatIsDue(of: number, into: &turn)
        timePromises(of: number)
    }

    /// Whether something is to be said of a ticket at a moment; a timer for an earlier one is void.
    func isDue(_ number: TicketNumber, by moment: Moment) -> Bool {
        floor.promised[number].map { $0 <= moment } == true
    }

    /// `moves` is false when the next event takes the ticket from where it waits, as was decided there.
    private mutating func sayWhatIsDue(
        of number: TicketNumber, moves: Bool = true, into turn: inout Turn
    ) {
        while isDue(number, by: now), let (moment, alert) = desk.nextAlert(of: number, at: now), moment <= now
        {
            commit(desk.saying(alert, of: number), author: .desk, stamp: nil, into: &turn)
            // Before the next alert: what is done with this one is done to the ticket that it was of.
            for step in desk.steps(with: alert, of: number, moves: moves) {
                record(step, author: .desk, stamp: nil, into: &turn)
            }
        }
    }

    /// Sets the timer for what a ticket's promises ask for next, no earlier than there is time for it; none when they ask
    /// for nothing.
    mutating func timePromises(of number: TicketNumber, notBefore earliest: Moment = .zero) {
        let next = desk.nextAlert(of: number, at: now)?.at
        #if PLANTED_BUGS
            if PlantedBug.isActive(.breachUnsaid),
                desk.nextAlert(of: number, at: now)?.alert.clock.kind == .resolution
            {
                return
            }
        #endif
        guard floor.promised[number] != next else { return }
        floor.promised[number] = next
        if let next { set(Timer(at: max(next, earliest), subject: .promises(number))) }
    }

    /// Sets the timers of all tickets anew, as after a start or under another configuration.
    mutating func timeAllPromises() {
        floor.promised = TicketMap()
        #if PLANTED_BUGS
            if PlantedBug.isActive(.promisesLostAtRestart) { return }
        #endif
        var overdue = 0
        guard desk.keepsPromises else { return }
        for (number, _) in desk.promises {
            let delay = Int64(overdue / Self.overduePerMillisecond)
            timePromises(of: number, notBefore: now.advanced(byMilliseconds: delay))
            if isDue(number, by: now) { overdue += 1 }
        }
    }
}

extension Event {
    /// Whether it takes a ticket that waits from its line, or from everybody's hands. What else is due before an event
    /// may move its ticket: a message with fields is several events, and the ladder's step is lost with its alert.
    fileprivate var takesFromLine: Bool {
        switch self {
        case .claimed, .overflowed, .merged, .released: true
        default: false
        }
    }
}
