import Desk
import Promises
import Tickets

/// P4: what a desk's ladder says is done with the alert, and what its rules say with the message, at once; and nothing of
/// the kind is done by the desk otherwise.
extension Witness {
    /// What the desk does to a ticket by itself.
    enum Step: Hashable {
        case raised(TicketNumber, Priority)
        case joined(TicketNumber, Name)
        case movedOn(TicketNumber, Name)
    }

    /// Judges a record before it is followed.
    ///
    /// - Returns: Whether it is a step that an alert or a message before it asked for.
    mutating func judgeLadder(_ record: Record) -> Bool {
        let step = step(record)
        // What takes the ticket from its line, or was to move it, comes instead of moving it.
        if steps.count == 1, case .movedOn(let number, _) = steps[0], step != steps[0],
            record.event.ticket == number, record.event.endsWait
        {
            steps = []
        }
        if let due = steps.first {
            steps.removeFirst()
            markers.reach(.ladderClimbed)
            return findings.expect(
                .p4, step == due, "event \(record.position) is \(record.event.word), \(due) was to be done")
        }
        if case .alerted(let number, let alert, _) = record.event, isKnown(number) {
            steps = steps(with: alert, of: number)
        }
        if case .followedUp(let number, _, _, let wakes) = record.event, isKnown(number) {
            steps = steps(withMessageTo: number, wakes: wakes)
        }
        // What goes on by itself, because its time on the line is over, is judged with that.
        guard let step, !isMove(step) else { return false }
        findings.expect(.p4, false, "event \(record.position): \(step) by the desk, without an alert")
        return false
    }

    private func isMove(_ step: Step) -> Bool { if case .movedOn = step { true } else { false } }

    private func step(_ record: Record) -> Step? {
        guard record.author.role == .desk else { return nil }
        return switch record.event {
        case .amended(let number, nil, .priority(let priority), _): .raised(number, priority)
        case .amended(let number, nil, .participant(let name, isOn: true), _): .joined(number, name)
        case .overflowed(let number, let line, _): .movedOn(number, line)
        default: nil
        }
    }

    private func steps(with alert: PromiseAlert, of number: TicketNumber) -> [Step] {
        let ticket = cases[Int(number.rawValue) - 1]
        var (priority, names, line) = (ticket.priority, [Name](), Name?.none)
        for rung in settings.ladder where rung.warning == alert.warning {
            if !rung.clocks.isEmpty, !rung.clocks.contains(where: { $0.word == word(alert.clock.kind) }) {
                continue
            }
            priority = max(priority, rung.priority ?? .low)
            for name in rung.participants where !names.contains(name) { names.append(name) }
            line = line ?? rung.line
        }
        var steps = priority > ticket.priority ? [Step.raised(number, priority)] : []
        steps += names.map { .joined(number, $0) }
        if let line, ticket.stage == .waiting, index(ofLine: line) != ticket.line {
            steps.append(.movedOn(number, line))
        }
        return steps
    }

    /// By a table instead of the rule.
    private func steps(withMessageTo number: TicketNumber, wakes: Bool) -> [Step] {
        let ticket = cases[Int(number.rawValue) - 1]
        guard !settings.rules.isEmpty, ticket.priority == .normal else { return [] }
        let moves = (wakes || ticket.stage == .waiting) && settings.lines[ticket.line].name != "line-two"
        return [.raised(number, .high)] + (moves ? [.movedOn(number, "line-two")] : [])
    }

    private func word(_ kind: ClockKind) -> String {
        if case .line = kind { "line" } else { kind.word }
    }
}

extension Event {
    /// Whether a ticket that waits is no longer where it waited.
    fileprivate var endsWait: Bool {
        switch self {
        case .claimed, .overflowed, .released, .merged: true
        // Which is said before such an event, too.
        case .alerted: true
        default: false
        }
    }
}
