import HeapModule
import Tickets

/// The sessions of one line that have a free seat, in the order of their ranks; of equal ones the longest idle is first.
/// Each stands there once.
///
/// Those that know the same stand in a queue of their own: where none of them may have what waits, they are passed over
/// together, however many they are.
struct IdleQueue: Sendable {
    struct Entry: Comparable, Sendable {
        var session: SessionID
        /// See ``Floor/talents``.
        var talent: Int
        /// See ``Selection``: the lowest is first.
        var rank: Int64
        /// Grows with the time at which it began to idle.
        fileprivate var order: UInt64

        static func < (a: Entry, b: Entry) -> Bool { (a.rank, a.order) < (b.rank, b.order) }
    }

    /// By talent.
    private var queues: [Heap<Entry>] = []
    private var lastOrder: UInt64 = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ session: SessionID, talent: Int, rank: Int64) {
        lastOrder += 1
        add(Entry(session: session, talent: talent, rank: rank, order: lastOrder))
    }

    /// The first of those with a talent, left where it is.
    func first(of talent: Int) -> Entry? { queues.indices.contains(talent) ? queues[talent].min : nil }

    /// The first of those with other talents than these.
    mutating func popFirst(besides passed: [Int]) -> Entry? {
        var best: Entry?
        for (talent, queue) in queues.enumerated() where !passed.contains(talent) {
            guard let first = queue.min else { continue }
            if let best, best < first { continue }
            best = first
        }
        guard let best else { return nil }
        queues[best.talent].removeMin()
        count -= 1
        return best
    }

    /// Puts back what was taken out, each where it was.
    mutating func putBack(_ entries: [Entry]) {
        for entry in entries { add(entry) }
    }

    /// O(n) in those with the same talent.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    mutating func remove(_ session: SessionID, talent: Int) -> Bool {
        guard queues.indices.contains(talent) else { return false }
        let before = queues[talent].count
        queues[talent].removeAll { $0.session == session }
        count -= before - queues[talent].count
        return queues[talent].count < before
    }

    /// The same sessions, each idle for as long, with other talents and ranks. O(n log n).
    mutating func regroup(_ place: (SessionID) -> (talent: Int, rank: Int64)) {
        let entries = queues.flatMap(\.unordered)
        (queues, count) = ([], 0)
        for var entry in entries {
            (entry.talent, entry.rank) = place(entry.session)
            add(entry)
        }
    }

    private mutating func add(_ entry: Entry) {
        while queues.count <= entry.talent { queues.append(Heap()) }
        queues[entry.talent].insert(entry)
        count += 1
    }
}
