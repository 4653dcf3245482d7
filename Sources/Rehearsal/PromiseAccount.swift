import Desk
import Figures
import Promises
import Tickets

/// What became of each promise, worked out from the clocks, beside what the desk said of it in its log.
package struct PromiseAccount: Sendable {
    /// Clocks that stopped in time without a warning, after one, too late or not yet, and those that still may.
    package private(set) var kept = 0
    package private(set) var warned = 0
    package private(set) var broken = 0
    package private(set) var open = 0
    package var all: Int { kept + warned + broken + open }

    /// What the desk said of each ticket.
    private var said: [TicketNumber: [PromiseAlert]] = [:]

    mutating func follow(_ record: Record) {
        guard case .alerted(let number, let alert, _) = record.event else { return }
        said[number, default: []].append(alert)
    }

    /// Compares the two in the end.
    ///
    /// - Returns: What the desk should have said, or should not have, in order of number.
    mutating func close(
        _ figures: FiguresFold, _ settings: DeskSettings, at now: Moment
    ) -> [(TicketNumber, String)] {
        var differences: [(TicketNumber, String)] = []
        for (index, ticket) in figures.tickets.enumerated() {
            let (channel, priority) = (ticket.origin.channel, ticket.origin.priority)
            let group = ticket.origin.group
            guard ticket.course.counts,
                let rule = settings.promises.rule(channel: channel, priority: priority, group: group)
            else { continue }
            let number = TicketNumber(UInt64(index) + 1)
            let alerts = said[number] ?? []
            for (id, clock) in ticket.course.clocks.everyClock {
                guard let target = ticket.course.clocks.target(id, of: rule.targets) else { continue }
                let outcome = PromiseOutcome(
                    elapsed: clock.elapsed(at: now, rule.hours), hasStopped: clock.stopped != nil,
                    target: target, warning: nil)
                let mine = alerts.filter { $0.clock == id }
                count(outcome, wasWarned: !mine.isEmpty)
                guard settings.keepsPromises, mine.contains(where: \.isBroken) != (outcome == .broken) else {
                    continue
                }
                let word = outcome == .broken ? "is broken and nobody said so" : "was said to be broken"
                differences.append((number, "the promise \(id.kind.word) \(id.ordinal) \(word)"))
            }
        }
        return differences
    }

    private mutating func count(_ outcome: PromiseOutcome, wasWarned: Bool) {
        switch outcome {
        case .broken: broken += 1
        case .open: open += 1
        case .kept, .warned: if wasWarned { warned += 1 } else { kept += 1 }
        }
    }
}

extension TicketClocks {
    /// All that there ever were, each with what an alert calls it.
    fileprivate var everyClock: [(id: ClockID, clock: PromiseClock)] {
        var all = [(ClockID(.firstResponse), firstResponse), (ClockID(.resolution), resolution)]
        for (index, clock) in nextResponses.enumerated() {
            all.append((ClockID(.nextResponse, UInt32(index) + 1), clock))
        }
        for (index, line) in lines.enumerated() {
            all.append((ClockID(.line(line.line), UInt32(index) + 1), line.clock))
        }
        return all
    }
}
