/// The last samples of a series, one per tick, in memory of a fixed size.
///
/// A tick is a number that grows with time, for example seconds; ticks may be skipped. A sample of the same
/// tick replaces the one before.
struct Ring<Sample: Sendable>: Sendable {
    private var slots: [(tick: Int64, sample: Sample)?]

    init(capacity: Int) {
        precondition(capacity > 0, "a ring of \(capacity) samples holds none")
        slots = Array(repeating: nil, count: capacity)
    }

    var capacity: Int { slots.count }

    /// The largest tick so far.
    private(set) var last: Int64?

    /// Ticks before the last one that are too old to be kept are ignored.
    subscript(tick: Int64) -> Sample? {
        get {
            guard tick >= 0, let slot = slots[Int(tick % Int64(capacity))], slot.tick == tick else {
                return nil
            }
            return slot.sample
        }
        set {
            guard tick >= 0, let newValue, last.map({ tick > $0 - Int64(capacity) }) ?? true else { return }
            slots[Int(tick % Int64(capacity))] = (tick, newValue)
            last = max(last ?? tick, tick)
        }
    }

    /// Samples of the ticks in the range that are still there, oldest first.
    func samples(in ticks: ClosedRange<Int64>) -> [(tick: Int64, sample: Sample)] {
        guard let last else { return [] }
        let first = max(ticks.lowerBound, last - Int64(capacity) + 1, 0)
        let end = min(ticks.upperBound, last)
        guard first <= end else { return [] }
        return (first...end).compactMap { tick in self[tick].map { (tick, $0) } }
    }
}
