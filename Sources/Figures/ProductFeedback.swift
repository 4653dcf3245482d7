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
        /// Its improvements, in order. What was given the topic before the last one is done with.
        package var closings: [Closing] = []
        /// How many of the tickets were given the topic since.
        package var openCount = 0
    }

    /// An improvement of the product, of which the customers were told who had asked for it.
    package struct Closing: Hashable, Sendable {
        package var at: Moment
        var position: Position
        /// How many customers.
        package var told: Int
    }

    private struct Mark: Sendable {
        var topic: String
        var at: Moment
        var position: Position
    }

    private var marks: [TicketNumber: Mark] = [:]
    private var spam: Set<TicketNumber> = []
    private var closings: [[UInt8]: [Closing]] = [:]

    package init() {}

    /// Events come in the order of the log.
    package mutating func follow(_ record: borrowing Record) {
        switch record.event {
        case .amended(let number, _, .feedback(let topic), _):
            marks[number] = topic.isEmpty ? nil : Mark(topic: topic, at: record.at, position: record.position)
        case .improved(let improvement):
            let closing = Closing(
                at: record.at, position: record.position, told: improvement.letters.count)
            closings[Array(improvement.topic.utf8), default: []].append(closing)
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
            topic.closings = closings[key] ?? []
            // By position: much can happen in one millisecond.
            if mark.position > topic.closings.last?.position ?? .start { topic.openCount += 1 }
            topics[key] = topic
        }
        return topics.values.sorted {
            ($1.tickets.count, $0.tickets[0]) < ($0.tickets.count, $1.tickets[0])
        }
    }
}
