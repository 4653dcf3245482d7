package import Desk
package import Tickets

/// Folds a log into the figures of its tickets, from its beginning or from what was kept of it.
package struct CourseFold<Roll: TicketRoll>: Sendable {
    package private(set) var tickets: Roll
    /// The position and the moment of the last event.
    package private(set) var position: Position
    package private(set) var end: Moment
    /// Events of tickets that nobody submitted: a damaged log, of which `verify` says more.
    package private(set) var strays: Int
    /// What the desk promised: by its own configuration, as far as that is in the log.
    package private(set) var promises: PolicyHistory

    /// Goes on from what a view kept.
    package init(
        tickets: Roll, strays: Int = 0, promises: PolicyHistory = PolicyHistory(),
        position: Position = .start, end: Moment = .zero
    ) {
        self.tickets = tickets
        self.strays = strays
        self.promises = promises
        self.position = position
        self.end = end
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
        tickets.follow(record.event, at: record.at, ticket: Int(number.rawValue) - 1)
    }
}

extension CourseFold: Equatable where Roll: Equatable {}
extension CourseFold: Hashable where Roll: Hashable {}

/// All of a log, ticket by ticket.
package typealias FiguresFold = CourseFold<[TicketFigures]>

extension FiguresFold {
    package init() { self.init(tickets: []) }

    /// Nil for a number that nobody has.
    package subscript(number: TicketNumber) -> TicketFigures? {
        tickets.indices.contains(Int(number.rawValue) - 1) ? tickets[Int(number.rawValue) - 1] : nil
    }
}
