package import Desk
package import Tickets

/// What customers say of the product: the topics that people at the desk set on tickets, with the tickets that say so.
package struct ProductFeedback: Sendable {
    /// One topic; a ticket has at most one.
    package struct Topic: Hashable, Sendable {
        package var name: String
        /// In order of number.
        package var tickets: [TicketNumber]
        /// When the newest of them was given the topic.
        package var last: Moment
    }

    private struct Mark: Sendable {
        var topic: String
        var at: Moment
    }

    private var marks: [TicketNumber: Mark] = [:]
    private var spam: Set<TicketNumber> = []

    package init() {}

    /// Events come in the order of the log.
    package mutating func follow(_ record: borrowing Record) {
        switch record.event {
        case .amended(let number, _, .feedback(let topic), _):
            marks[number] = topic.isEmpty ? nil : Mark(topic: topic, at: record.at)
        case .amended(let number, _, .spam(let isOn, _), _):
            if isOn { spam.insert(number) } else { spam.remove(number) }
        default: break
        }
    }

    /// The topics, the one with the most tickets first; without spam.
    package var topics: [Topic] {
        var topics: [[UInt8]: Topic] = [:]
        for number in marks.keys.sorted() where !spam.contains(number) {
            guard let mark = marks[number] else { continue }
            // By bytes, as everywhere: Swift compares text by canonical equivalence.
            let key = Array(mark.topic.utf8)
            var topic = topics[key] ?? Topic(name: mark.topic, tickets: [], last: mark.at)
            topic.tickets.append(number)
            topic.last = max(topic.last, mark.at)
            topics[key] = topic
        }
        return topics.values.sorted {
            ($1.tickets.count, $0.tickets[0]) < ($0.tickets.count, $1.tickets[0])
        }
    }
}
