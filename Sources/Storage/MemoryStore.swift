import Desk
import Synchronization
import Tickets

/// A desk kept in memory: the model of a store that the others are compared with.
///
/// It outlives what is opened from it, so opening again is a restart. What goes through it is encoded, sealed and
/// checked as in the other engines; only the disk is missing.
package final class MemoryStore: Store {
    let log = Mutex(MemoryLog())
    let view = Mutex(MemoryView())
    private let snapshots = Mutex<[[UInt8]]>([])

    package init() {}

    package func openLog() throws(StoreError) -> any LogWriter {
        try MemoryLogWriter(self)
    }

    package func openLogReader() -> any LogReader {
        MemoryLogReader(self)
    }

    package func openSnapshots() -> any SnapshotStore {
        MemorySnapshots(self)
    }

    package func openView() throws(StoreError) -> any ViewWriter {
        try MemoryViewWriter(self)
    }

    package func openViewReader() -> any ViewReader {
        MemoryViewReader(self)
    }

    /// What the last row of the log is sealed with; it covers all of them.
    package var logDigest: [UInt8] { log.withLock { $0.chain.digest } }

    /// The rows of the log, to plant faults in.
    package func alterLog(_ body: (inout [LogRow]) throws -> Void) rethrows {
        try log.withLock { try body(&$0.rows) }
    }

    /// The rows of the view, to plant faults in.
    package func alterView(_ body: (inout MemoryView) throws -> Void) rethrows {
        try view.withLock { try body(&$0) }
    }

    /// The bytes of the snapshots, the oldest first, to plant faults in.
    package func alterSnapshots(_ body: (inout [[UInt8]]) throws -> Void) rethrows {
        try snapshots.withLock { try body(&$0) }
    }
}

/// The snapshots of a ``MemoryStore``: the newest two.
private final class MemorySnapshots: SnapshotStore {
    private let store: MemoryStore

    init(_ store: MemoryStore) {
        self.store = store
    }

    func save(_ desk: Desk) throws(StoreError) {
        let bytes = try SnapshotCoding.encode(desk)
        store.alterSnapshots { $0 = $0.suffix(1) + [bytes] }
    }

    func load(settings: DeskSettings) throws(StoreError) -> Desk? {
        var kept: [[UInt8]] = []
        store.alterSnapshots { kept = $0 }
        for bytes in kept.reversed() {
            do {
                return try SnapshotCoding.decode(bytes, settings: settings)
            } catch {
                // A damaged snapshot costs time, not data: the one before it, or the whole log, is folded instead.
                continue
            }
        }
        return nil
    }
}
