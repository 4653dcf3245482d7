import Desk
import Storage
import StorageSQLite
import Tickets

/// What a disk must hold after a crash.
struct Promise {
    /// Everything that was handed to the log, in order.
    var turns: [StoredTurn]
    /// So many turns were acknowledged, and must be there.
    var acknowledged: Int
    /// With those that were being appended together, which are there all or not at all.
    var begun: Int
    /// Somebody had this epoch, so that nobody else may get it.
    var epoch: Int

    init(_ testimony: Testimony, at operations: Int) {
        turns = testimony.turns
        acknowledged = testimony.acknowledged(at: operations)
        begun = testimony.begun(at: operations)
        epoch = testimony.epoch(at: operations)
    }
}

/// Opens a disk as a broker does that starts after a crash, and looks at everything.
struct Inspection {
    /// What is wrong, in words; nil when all is well.
    private(set) var finding: String?
    /// Turns that the log had.
    private(set) var found = 0
    /// Whether the view could not be kept.
    private(set) var hasNewView = false
    /// Operations of the disk until the desk was open again, and the epoch that it then had.
    private(set) var recovery = 0
    private(set) var epoch = 0

    private static let turnsPerRead = 256

    /// Whether the view and every page were looked at.
    let isWhole: Bool

    /// Of `turns`, the workload's, the first that is not there is appended. Unless the inspection `isWhole` it is of
    /// the log alone. `isThorough` also has log, view and snapshot compared event by event, as `switchboard verify`
    /// does.
    init(
        _ disk: SimulatedDisk, _ promise: Promise, turns: [[Record]], isWhole: Bool, isThorough: Bool
    ) {
        self.isWhole = isWhole
        let store = Performance.store(on: disk)
        do throws(StoreError) {
            try open(store, disk, promise, turns)
            if finding == nil, isThorough { try verify(store, disk) }
        } catch {
            finding = "the desk cannot be opened, or not be gone on with: \(error)"
        }
    }

    private mutating func open(
        _ store: SQLiteStore, _ disk: SimulatedDisk, _ promise: Promise, _ turns: [[Record]]
    ) throws(StoreError) {
        let log = try store.openLog()
        // Nobody says goodbye: closing would copy the write-ahead log, which is the workload's to do.
        defer { disk.killProcesses() }
        epoch = Int(clamping: log.epoch)
        guard epoch > promise.epoch else {
            finding = "epoch \(log.epoch) is given again"
            return
        }
        let reader = try store.openLogReader()
        try compare(reader, promise)
        let view = isWhole ? try store.openView() : nil
        hasNewView = view?.notice != nil
        if let view { try Self.catchUp(view, reader) }
        recovery = disk.operations.count
        guard finding == nil else { return }
        let damage = isWhole ? try store.selfCheck() : []
        guard damage.isEmpty else {
            finding = "K1: \(damage.joined(separator: "; "))"
            return
        }
        guard found < turns.count else { return }
        try goOn(log, reader, view, with: turns[found])
    }

    private mutating func compare(_ reader: any LogReader, _ promise: Promise) throws(StoreError) {
        var position = 0
        while true {
            let last = position == 0 ? nil : promise.turns[position - 1].records.last?.position
            let turns = try reader.turns(after: last ?? .start, limit: Self.turnsPerRead)
            guard !turns.isEmpty else { break }
            for turn in turns {
                guard position < promise.begun, turn == promise.turns[position] else {
                    finding = "K2: turn \(position + 1) of the log is not what was appended"
                    return
                }
                position += 1
            }
        }
        found = position
        if found < promise.acknowledged {
            finding = "D1: \(promise.acknowledged) turns were acknowledged, \(found) are there"
        } else if found != promise.acknowledged, found != promise.begun {
            finding =
                "K2: \(found) turns are there, a part of the commit \(promise.acknowledged)...\(promise.begun)"
        }
    }

    private static func catchUp(_ view: any ViewWriter, _ reader: any LogReader) throws(StoreError) {
        while true {
            let turns = try reader.turns(after: view.position, limit: turnsPerRead)
            if turns.isEmpty { return }
            try view.fold(turns)
        }
    }

    private mutating func goOn(
        _ log: any LogWriter, _ reader: any LogReader, _ view: (any ViewWriter)?, with turn: [Record]
    ) throws(StoreError) {
        let last = log.last
        try log.append([turn])
        let stored = try reader.turns(after: last, limit: 2)
        guard stored == [StoredTurn(epoch: log.epoch, records: turn)] else {
            finding = "what is appended after the crash is not there"
            return
        }
        guard let view else { return }
        try view.fold(stored)
        if view.position != log.last { finding = "the view stays at event \(view.position)" }
    }

    private mutating func verify(_ store: SQLiteStore, _ disk: SimulatedDisk) throws(StoreError) {
        defer { disk.killProcesses() }
        let verdict = try Verifier.verify(store, settings: DeskDay.settings)
        let broken = verdict.invariants.filter { $0.violationCount > 0 }
        guard broken.isEmpty else {
            finding = broken.map { "\($0.name): \($0.violations.first ?? $0.title)" }.joined(separator: "; ")
            return
        }
        guard verdict.viewLag == 0 else {
            finding = "D6: the view is \(verdict.viewLag) events behind"
            return
        }
        let recovered = try Recovery.loadDesk(from: store, settings: DeskDay.settings)
        let end = try store.openLogReader().last
        if recovered.desk.position != end {
            finding = "the desk comes back at event \(recovered.desk.position), the log ends at \(end)"
        }
    }
}
