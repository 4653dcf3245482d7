import Promises
import Tickets

/// How many of the answers that a line gave lately came in time.
struct ServiceLevel: Sendable {
    private var answers: QuarterHour
    private var late: QuarterHour

    init(at moment: Moment) {
        (answers, late) = (QuarterHour(at: moment), QuarterHour(at: moment))
    }

    mutating func note(isLate: Bool, at moment: Moment) {
        answers.note(at: moment)
        if isLate { late.note(at: moment) }
    }

    /// The share that came in time, in thousandths; nil when there were none.
    mutating func perMille(at moment: Moment) -> Int64? {
        let all = answers.total(at: moment)
        return all == 0 ? nil : (all - late.total(at: moment)) * 1_000 / all
    }
}

extension Exchange {
    /// Counts an answer to a customer to whom one was promised, before it is folded. It is late when the desk has said of
    /// the promise that it is broken, which it does before anything else happens to the ticket.
    mutating func noteAnswer(before event: Event) {
        switch event {
        case .replied, .resolved(_, _, .some): break
        default: return
        }
        guard let number = event.ticket, let ticket = desk.tickets[number],
            let promised = desk.promises[number],
            let rule = desk.settings.promises.rule(
                channel: promised.channel, priority: ticket.priority, group: promised.group)
        else { return }
        let stopped = promised.clocks.current.first { id, clock in
            clock.isRunning && (id.kind == .firstResponse || id.kind == .nextResponse)
                && promised.clocks.target(id, of: rule.targets) != nil
        }
        guard let id = stopped?.id else { return }
        let isLate = promised.said.contains { $0.clock == id && $0.isBroken }
        let now = now
        if floor.levels.look(at: ticket.line, { _ in }) == nil {
            floor.levels[ticket.line] = ServiceLevel(at: now)
        }
        floor.levels[ticket.line]?.note(isLate: isLate, at: now)
    }
}
