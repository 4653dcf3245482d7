import DequeModule
import Tickets

/// The sessions of one line that have a free seat, the longest idle first; each stands there once.
///
/// Those that know the same stand in a queue of their own: where none of them may have what waits, they are passed over
/// together, however many they are.
struct IdleQueue: Sendable {
    struct Entry: Sendable {
        var session: SessionID
        /// See ``Floor/talents``.
        var talent: Int
        /// Grows with the time at which it began to idle.
        fileprivate var order: UInt64
    }

    /// By talent.
    private var queues: [Deque<Entry>] = []
    private var lastOrder: UInt64 = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ session: SessionID, talent: Int) {
        lastOrder += 1
        add(Entry(session: session, talent: talent, order: lastOrder))
    }

    /// The longest idle of those with other talents than these.
    mutating func popFirst(besides passed: [Int]) -> Entry? {
        var best: Entry?
        for (talent, queue) in queues.enumerated() where !passed.contains(talent) {
            guard let first = queue.first else { continue }
            if let order = best?.order, order < first.order { continue }
            best = first
        }
        guard let best else { return nil }
        queues[best.talent].removeFirst()
        count -= 1
        return best
    }

    /// Puts back what was taken out, each where it was: these are all of those that were before what is left.
    mutating func putBack(_ entries: [Entry]) {
        for entry in entries.reversed() {
            queues[entry.talent].prepend(entry)
            count += 1
        }
    }

    /// O(n) in those with the same talent.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    mutating func remove(_ session: SessionID, talent: Int) -> Bool {
        guard queues.indices.contains(talent),
            let index = queues[talent].firstIndex(where: { $0.session == session })
        else { return false }
        queues[talent].remove(at: index)
        count -= 1
        return true
    }

    /// The same sessions in the same order, with other talents.
    mutating func regroup(_ talent: (SessionID) -> Int) {
        let entries = queues.joined().sorted { $0.order < $1.order }
        (queues, count) = ([], 0)
        for var entry in entries {
            entry.talent = talent(entry.session)
            add(entry)
        }
    }

    private mutating func add(_ entry: Entry) {
        while queues.count <= entry.talent { queues.append([]) }
        queues[entry.talent].append(entry)
        count += 1
    }
}
