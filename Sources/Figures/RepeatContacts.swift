import Promises
package import Tickets

/// Notices customers who come again about the same thing.
package struct RepeatContacts {
    /// Requests about one thing from which on each is a repeat.
    static let count = 3
    /// Milliseconds within which they must have come.
    static let window = 30 * CivilDay.milliseconds

    /// The last requests of a topic, fewer than ``count``.
    private struct Recent {
        var last: Moment?
        var before: Moment?
    }

    private var recent: [UInt64: Recent] = [:]

    package init(capacity: Int) { recent.reserveCapacity(capacity) }

    /// Takes tickets in order of acceptance; whether this one is a repeat.
    package mutating func follow(_ topic: UInt64, at moment: Moment) -> Bool {
        func follow(_ recent: inout Recent) -> Moment? {
            defer { recent = Recent(last: moment, before: recent.last) }
            return recent.before
        }
        guard let before = follow(&recent[topic, default: Recent()]) else { return false }
        return moment.milliseconds(since: before) <= Self.window
    }

    /// Whether each of some tickets, in order of acceptance, is a repeat. A topic is followed by one core.
    static func found(among sketches: [TicketSketch]) -> [Bool] {
        let kinds: UInt64 = sketches.count > Shares.size ? 8 : 1
        let indexes = Shares.each(Int(kinds)) { kind in
            var contacts = RepeatContacts(capacity: sketches.count / Int(kinds))
            var found: [Int] = []
            for index in sketches.indices
            where sketches[index].counts && sketches[index].topic % kinds == UInt64(kind) {
                let sketch = sketches[index]
                if contacts.follow(sketch.topic, at: sketch.submitted) { found.append(index) }
            }
            return found
        }
        var repeats = Array(repeating: false, count: sketches.count)
        for index in indexes.joined() { repeats[index] = true }
        return repeats
    }
}
