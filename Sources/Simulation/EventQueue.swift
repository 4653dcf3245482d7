/// What is going to happen, ordered by time and, at the same time, by who was put in first.
///
/// A binary heap of small keys; what happens lies beside it in slots that are used again.
struct EventQueue<Event> {
    private struct Key {
        var time: Int64
        /// The sequence number, then the slot in the lowest bits.
        var rank: UInt64

        static func < (a: Key, b: Key) -> Bool { a.time != b.time ? a.time < b.time : a.rank < b.rank }
    }

    private static var slotBits: UInt64 { 22 }

    private var heap: [Key] = []
    private var slots: [Event?] = []
    private var free: [Int] = []
    private var sequence: UInt64 = 0

    var count: Int { heap.count }

    mutating func insert(_ event: Event, at time: Int64) {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            slots[slot] = event
        } else {
            slot = slots.count
            precondition(slot < 1 << Int(Self.slotBits), "more events wait than a run should ever have")
            slots.append(event)
        }
        sequence += 1
        heap.append(Key(time: time, rank: sequence << Self.slotBits | UInt64(slot)))
        rise(heap.count - 1)
    }

    var nextTime: Int64? { heap.first?.time }

    mutating func popFirst() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        let slot = Int(first.rank & (1 << Self.slotBits - 1))
        guard let event = slots[slot].take() else { preconditionFailure("slot \(slot) is empty") }
        free.append(slot)
        return (first.time, event)
    }

    private mutating func rise(_ start: Int) {
        heap.withUnsafeMutableBufferPointer { heap in
            var index = start
            let key = heap[index]
            while index > 0 {
                let parent = (index - 1) / 2
                guard key < heap[parent] else { break }
                heap[index] = heap[parent]
                index = parent
            }
            heap[index] = key
        }
    }

    /// Puts a key in at the top and lets it sink to its place.
    private mutating func sink(_ key: Key) {
        heap.withUnsafeMutableBufferPointer { heap in
            var index = 0
            while true {
                var child = 2 * index + 1
                guard child < heap.count else { break }
                if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
                guard heap[child] < key else { break }
                heap[index] = heap[child]
                index = child
            }
            heap[index] = key
        }
    }
}
