package import Desk
package import Tickets

/// The tickets of a fold, in order of number, which is that of acceptance.
package protocol TicketRoll: Sendable {
    associatedtype Failure: Error
    associatedtype Reader: TicketRollReader where Reader.Failure == Failure

    var count: Int { get }
    mutating func append(_ ticket: TicketFigures)
    /// Something happened to the ticket with an index.
    mutating func follow(_ event: Event, at moment: Moment, ticket index: Int)
    /// Several may read at a time, each for itself.
    func reader() -> Reader
}

package protocol TicketRollReader<Failure>: Sendable {
    associatedtype Failure: Error

    mutating func ticket(_ index: Int) throws(Failure) -> TicketFigures
    /// What is asked of a ticket before all of it is.
    mutating func sketch(_ index: Int) throws(Failure) -> TicketSketch
}

/// The little of a ticket by which repeats are found, and those that a report does not count are passed over.
package struct TicketSketch: Hashable, Sendable {
    package var topic: UInt64
    package var submitted: Moment
    package var counts: Bool
    /// Whether it ended in another ticket: what was broken of it until then is counted, and nothing else.
    package var isMerged: Bool

    package init(topic: UInt64, submitted: Moment, counts: Bool, isMerged: Bool = false) {
        self.topic = topic
        self.submitted = submitted
        self.counts = counts
        self.isMerged = isMerged
    }

    init(_ ticket: borrowing TicketFigures) {
        self.init(
            topic: ticket.origin.topic, submitted: ticket.submitted, counts: ticket.course.counts,
            isMerged: ticket.course.isMerged && !ticket.course.isSpam)
    }
}

/// Tickets as they are, one beside the other.
extension [TicketFigures]: TicketRoll {
    package mutating func follow(_ event: Event, at moment: Moment, ticket index: Int) {
        self[index].course.follow(event, at: moment)
    }

    package struct Reader: TicketRollReader {
        let tickets: [TicketFigures]

        package func ticket(_ index: Int) -> TicketFigures { tickets[index] }
        package func sketch(_ index: Int) -> TicketSketch { TicketSketch(tickets[index]) }
    }

    package func reader() -> Reader { Reader(tickets: self) }
}
