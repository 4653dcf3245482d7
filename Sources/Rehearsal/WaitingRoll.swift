import Desk
import Tickets

/// The tickets that wait, by line and priority, those first that began to wait first: so whoever looks for the ones that
/// were overtaken need not look at the others. A morning begins with thousands of them.
struct WaitingRoll: Sendable {
    struct Entry: Hashable, Comparable, Sendable {
        var since: Moment
        var number: TicketNumber

        static func < (a: Entry, b: Entry) -> Bool { (a.since, a.number) < (b.since, b.number) }
    }

    private struct Place: Sendable {
        var line: Name
        var priority: Priority
        var entry: Entry
    }

    private var lines: [Name: [Priority: [Entry]]]
    private var places: [TicketNumber: Place] = [:]

    init(_ lines: [Name]) {
        let empty = Dictionary(uniqueKeysWithValues: Priority.allCases.map { ($0, [Entry]()) })
        self.lines = Dictionary(uniqueKeysWithValues: lines.map { ($0, empty) })
    }

    /// The queues of a line, in order of priority.
    func queues(of line: Name) -> [(Priority, [Entry])] {
        guard let queues = lines[line] else { return [] }
        return Priority.allCases.compactMap { priority in queues[priority].map { (priority, $0) } }
    }

    /// Adds a ticket that is not in it, on a line that there is.
    mutating func add(_ ticket: Ticket) {
        let entry = Entry(since: ticket.since, number: ticket.number)
        let queue = lines[ticket.line]?[ticket.priority] ?? []
        lines[ticket.line]?[ticket.priority]?.insert(entry, at: Self.index(of: entry, in: queue))
        places[ticket.number] = Place(line: ticket.line, priority: ticket.priority, entry: entry)
    }

    /// Takes a ticket out, if it is in it.
    mutating func remove(_ number: TicketNumber) {
        guard let place = places.removeValue(forKey: number),
            let queue = lines[place.line]?[place.priority]
        else { return }
        lines[place.line]?[place.priority]?.remove(at: Self.index(of: place.entry, in: queue))
    }

    /// Where an entry is, or would be.
    private static func index(of entry: Entry, in queue: [Entry]) -> Int {
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if queue[middle] < entry { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
