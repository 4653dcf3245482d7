import Desk
import Storage
import StorageSQLite

/// A workload as it is carried out on a disk, with what was promised meanwhile.
struct Performance {
    private(set) var testimony = Testimony()
    /// What ended it early; nil when it came to its end.
    private(set) var error: StoreError?
    let disk: SimulatedDisk

    private let store: SQLiteStore
    private let workload: Workload
    private var desk = Desk(settings: DeskDay.settings)
    private var log: (any LogWriter)?
    private var view: (any ViewWriter)?
    private var reader: (any LogReader)?

    static let folder = "/desk"

    static func store(on disk: SimulatedDisk) -> SQLiteStore {
        SQLiteStore(folder: disk.root + folder, on: disk)
    }

    /// Carries it all out, or as much as is possible before a store's error, which ends the process.
    init(_ workload: Workload, on disk: SimulatedDisk) {
        self.disk = disk
        self.workload = workload
        store = Self.store(on: disk)
        do throws(StoreError) {
            try open()
            for step in workload.steps { try perform(step) }
        } catch {
            self.error = error
        }
        leave()
    }

    /// What was opened is closed without a trace, so that what follows sees the disk as it is now.
    private mutating func leave() {
        disk.killProcesses()
        close()
    }

    private mutating func open() throws(StoreError) {
        let log = try store.openLog()
        testimony.note(epoch: log.epoch, after: disk.operations.count)
        self.log = log
        view = try store.openView()
        reader = try store.openLogReader()
        try fold(64)
    }

    private mutating func close() {
        reader = nil
        view = nil
        log = nil
    }

    private mutating func perform(_ step: Workload.Step) throws(StoreError) {
        switch step {
        case .append(let range): try append(workload.turns[range])
        case .fold(let limit): try fold(limit)
        case .snapshot: try store.openSnapshots().save(desk)
        case .restart:
            close()
            try open()
        case .kill:
            leave()
            try open()
        case .resetView:
            try view?.reset()
            try fold(64)
        }
    }

    /// As the store's thread does it: append, acknowledge, tidy up.
    private mutating func append(_ turns: ArraySlice<[Record]>) throws(StoreError) {
        guard let log else { return }
        let stored = turns.map { StoredTurn(epoch: log.epoch, records: $0) }
        testimony.begin(stored, after: disk.operations.count)
        if disk.flaw == .acknowledgedEarly { testimony.acknowledge(after: disk.operations.count) }
        do throws(StoreError) {
            try log.append(Array(turns))
        } catch {
            guard disk.flaw == .errorsIgnored else { throw error }
        }
        testimony.acknowledge(after: disk.operations.count)
        disk.isInUse = true
        for record in turns.joined() { desk.evolve(record) }
        try log.tidyUp()
    }

    /// As the projector's thread does it when it has missed what was stored.
    private mutating func fold(_ limit: Int) throws(StoreError) {
        guard let view, let reader else { return }
        while true {
            let turns = try reader.turns(after: view.position, limit: limit)
            if turns.isEmpty { return }
            try view.fold(turns)
        }
    }
}
