import HeapModule
import Tickets

/// What a line keeps besides its queues when the order within a priority is not that of time.
struct Ranking: Sendable {
    /// Where each ticket stands: it has one place, whatever entries of it are left elsewhere.
    private(set) var places = TicketMap<Waiting>()
    /// By priority, the longest waiting first; some may have left.
    private var elders = Priority.allCases.map { _ in Heap<Waiting>() }

    var elderCount: Int { elders.reduce(0) { $0 + $1.count } }

    /// Takes note of a ticket's place.
    ///
    /// - Returns: Whether it is another than it had.
    mutating func take(_ waiting: Waiting) -> Bool {
        let old = places.updateValue(waiting, forKey: waiting.number)
        if old == waiting { return false }
        if old?.inOrderOfTime != waiting.inOrderOfTime {
            elders[Int(waiting.priority.rawValue) - 1].insert(waiting.inOrderOfTime)
        }
        return true
    }

    /// An entry was dropped; the ticket may have another.
    mutating func forget(_ waiting: Waiting) {
        if places[waiting.number] == waiting { places[waiting.number] = nil }
    }

    /// Since when the longest waiting ticket of a priority waits; nil when none does.
    mutating func oldest(_ level: Int, _ waits: (Waiting) -> Bool) -> Moment? {
        while let first = elders[level].min {
            if let place = places[first.number], place.inOrderOfTime == first, waits(place) {
                return first.since
            }
            elders[level].removeMin()
        }
        return nil
    }

    /// Forgets what is of tickets that left. O(n).
    mutating func compact(_ isGone: (Waiting) -> Bool) {
        for number in places.keys {
            if let place = places[number], isGone(place) { places[number] = nil }
        }
        let places = places
        for level in elders.indices {
            var kept: Set<Waiting> = []
            elders[level].removeAll { entry in
                places[entry.number]?.inOrderOfTime != entry || !kept.insert(entry).inserted
            }
        }
    }
}

extension Waiting {
    /// The same wait of the ticket, for a queue in the order of time.
    fileprivate var inOrderOfTime: Waiting {
        var place = self
        place.key = since
        return place
    }
}
