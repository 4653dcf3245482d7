package import Desk
import Promises
package import Tickets

/// What figures are made of: one ticket, as it was submitted and as it went on.
package struct TicketFigures: Hashable, Sendable {
    package let origin: TicketOrigin
    package var course: TicketCourse

    package init(origin: TicketOrigin, course: TicketCourse) {
        self.origin = origin
        self.course = course
    }

    package var submitted: Moment { course.clocks.firstResponse.started }
    /// The line that it came to first; nil in a damaged view only.
    package var line: Name? { course.clocks.lines.first?.line }

    // What it was submitted with and what was set later, in one.

    package var priority: Priority {
        course.changes.reduce(origin.priority) { priority, change in
            if case .priority(let new) = change.amendment { new } else { priority }
        }
    }

    package var kind: String? {
        course.changes.reduce(origin.kind) { kind, change in
            if case .kind(let new) = change.amendment { new } else { kind }
        }
    }

    package var tags: [String] {
        var tags = origin.tags
        for case .tag(let tag, let isOn) in course.changes.lazy.map(\.amendment) {
            tags.removeAll { $0.utf8.elementsEqual(tag.utf8) }
            if isOn { tags.append(tag) }
        }
        return tags
    }
}

/// Folds a log into the figures of its tickets, from its beginning or from what was kept of it.
package struct FiguresFold: Hashable, Sendable {
    /// In order of number, which is that of acceptance.
    package private(set) var tickets: [TicketFigures] = []
    /// The position and the moment of the last event.
    package private(set) var position = Position.start
    package private(set) var end = Moment.zero
    /// Events of tickets that nobody submitted: a damaged log, of which `verify` says more.
    package private(set) var strays = 0
    /// What the desk promised: by its own configuration, as far as that is in the log.
    package private(set) var promises = PolicyHistory()

    package init() {}

    /// Goes on from what a view kept.
    package init(
        tickets: [TicketFigures], strays: Int, promises: PolicyHistory, position: Position, end: Moment
    ) {
        self.tickets = tickets
        self.strays = strays
        self.promises = promises
        self.position = position
        self.end = end
    }

    /// Nil for a number that nobody has.
    package subscript(number: TicketNumber) -> TicketFigures? {
        tickets.indices.contains(Int(number.rawValue) - 1) ? tickets[Int(number.rawValue) - 1] : nil
    }

    /// Events come in the order of the log; those that are folded already are left out.
    package mutating func follow(_ record: borrowing Record) {
        guard record.position > position else { return }
        position = record.position
        end = record.at
        if case .submitted(let number, let line, let submission) = record.event {
            // Numbers are 1, 2, 3 … in the order of the log.
            guard number.rawValue == UInt64(tickets.count) + 1 else { return strays += 1 }
            return tickets.append(
                TicketFigures(
                    origin: TicketOrigin(submission), course: TicketCourse(line: line, at: record.at)))
        }
        let number: TicketNumber
        switch record.event {
        case .merged(let ended, _, _): number = ended
        case .configured(let configuration): return promises.add(configuration.settings, at: record.at)
        default:
            guard let ticket = record.event.ticket else { return }
            number = ticket
        }
        guard number.rawValue >= 1, number.rawValue <= UInt64(tickets.count) else { return strays += 1 }
        tickets[Int(number.rawValue) - 1].course.follow(record.event, at: record.at)
    }
}
