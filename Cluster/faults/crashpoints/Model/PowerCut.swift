/// What a disk may hold after its power was cut at some moment of a recording.
///
/// Moves forward through the operations. Whatever was synced is there; of the rest any part may be, in any order.
struct PowerCut {
    private let operations: [DiskOperation]
    /// How many operations happened.
    private(set) var moment = 0
    /// What was synced.
    private var durable: DiskImage
    /// Indices of the operations that were not, in order.
    private(set) var pending: [Int] = []
    /// Those of them that a failed sync was told to save.
    private var doomed: Set<Int> = []
    /// Grows with everything that becomes durable, so that equal cuts can be told.
    private(set) var syncs = 0

    /// Begins before the first operation, on a disk that held `base`.
    init(_ operations: [DiskOperation], base: DiskImage = DiskImage()) {
        self.operations = operations
        durable = base
    }

    /// Lets one more operation happen.
    mutating func advance() {
        switch operations[moment] {
        case .sync(let file): settle { $0.file == file }
        case .syncFolder(let folder): settle { $0.folder == folder }
        case .failedSync(let file): doomed.formUnion(pending.filter { operations[$0].file == file })
        default: pending.append(moment)
        }
        moment += 1
    }

    private mutating func settle(_ isSynced: (DiskOperation) -> Bool) {
        var rest: [Int] = []
        for index in pending {
            guard isSynced(operations[index]) else {
                rest.append(index)
                continue
            }
            // What a failed sync was told to save is gone for good.
            if !doomed.contains(index) { durable.apply(operations[index]) }
        }
        syncs += rest.count < pending.count ? 1 : 0
        pending = rest
    }

    /// The disk, if `fate` says of each operation that was not synced what became of it.
    func image(_ fates: [Fate]) -> DiskImage {
        var image = durable
        for (index, fate) in zip(pending, fates) {
            switch fate {
            case .lost: break
            case .kept: image.apply(operations[index])
            case .torn(let seed): image.apply(operations[index], torn: seed)
            }
        }
        image.dropLostFolders()
        return image
    }
}

/// What becomes of an operation that was not synced when the power goes.
enum Fate: Hashable {
    case kept
    case lost
    /// Some of its sectors are there; seeded, so that it can be told again. Only writes can be torn.
    case torn(UInt64)
}
