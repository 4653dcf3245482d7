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

    private var lines: [Name: [Priority: [Entry]]] = [:]
    private var places: [TicketNumber: Place] = [:]

    /// The queues of a line, in order of priority.
    func queues(of line: Name) -> [(Priority, [Entry])] {
        guard let queues = lines[line] else { return [] }
        return Priority.allCases.compactMap { priority in queues[priority].map { (priority, $0) } }
    }

    /// Adds a ticket that is not in it.
    mutating func add(_ ticket: Ticket) {
        let entry = Entry(since: ticket.since, number: ticket.number)
        places[ticket.number] = Place(line: ticket.line, priority: ticket.priority, entry: entry)
        // In place: a queue that is also held elsewhere would be copied.
        lines[ticket.line, default: [:]][ticket.priority, default: []].insert(ordered: entry)
    }

    /// Takes a ticket out, if it is in it.
    mutating func remove(_ number: TicketNumber) {
        guard let place = places.removeValue(forKey: number) else { return }
        lines[place.line]?[place.priority]?.remove(ordered: place.entry)
    }
}

extension [WaitingRoll.Entry] {
    fileprivate mutating func insert(ordered entry: Element) { insert(entry, at: index(of: entry)) }

    fileprivate mutating func remove(ordered entry: Element) { remove(at: index(of: entry)) }

    /// Where an entry is in a queue in order, or would be.
    private func index(of entry: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < entry { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
