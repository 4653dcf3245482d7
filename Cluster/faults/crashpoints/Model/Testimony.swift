import Storage

/// What a workload knows it was promised, by how many operations the disk had done until then.
struct Testimony {
    private struct Mark {
        var operations: Int
        var value: Int
    }

    /// Everything that was handed to the log, in order, whether it was acknowledged or not.
    private(set) var turns: [StoredTurn] = []
    private var begun: [Mark] = []
    private var acknowledged: [Mark] = []
    private var epochs: [Mark] = []

    mutating func begin(_ new: [StoredTurn], after operations: Int) {
        turns += new
        begun.append(Mark(operations: operations, value: turns.count))
    }

    mutating func acknowledge(after operations: Int) {
        acknowledged.append(Mark(operations: operations, value: turns.count))
    }

    /// A writer was opened, and may have shown its epoch.
    mutating func note(epoch: UInt64, after operations: Int) {
        epochs.append(Mark(operations: operations, value: Int(clamping: epoch)))
    }

    /// Turns acknowledged when the disk had done so many operations.
    func acknowledged(at operations: Int) -> Int { Self.last(acknowledged, operations) }
    /// Turns that may be in the log then: with those that were being appended.
    func begun(at operations: Int) -> Int { Self.last(begun, operations) }
    /// The newest epoch that somebody had then.
    func epoch(at operations: Int) -> Int { Self.last(epochs, operations) }

    private static func last(_ marks: [Mark], _ operations: Int) -> Int {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].operations <= operations { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : marks[low - 1].value
    }
}
