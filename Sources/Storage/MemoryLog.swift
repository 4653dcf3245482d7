import Desk
import Synchronization
import Tickets

/// The log of a ``MemoryStore``.
struct MemoryLog {
    var rows: [LogRow] = []
    var epoch: UInt64 = 0
    var isOpen = false

    var chain: Chain { rows.last?.chain ?? .start }

    /// Index of the first row with an event after a position; a binary search.
    func index(after position: Position) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].last > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Appends to the log of a ``MemoryStore``. Closed when it is released.
final class MemoryLogWriter: LogWriter {
    let epoch: UInt64
    private let store: MemoryStore
    private var chain: Chain
    private var sealer = TurnSealer()

    init(_ store: MemoryStore) throws(StoreError) {
        let opened = store.log.withLock { log -> (UInt64, Chain)? in
            guard !log.isOpen else { return nil }
            log.isOpen = true
            log.epoch = max(log.epoch, log.rows.last?.epoch ?? 0) + 1
            #if PLANTED_BUGS
                if PlantedBug.isActive(.epochStays) { log.epoch = 1 }
            #endif
            return (log.epoch, log.chain)
        }
        guard let opened else { throw StoreError(.inUse, "the desk is open already; close it first") }
        self.store = store
        (epoch, chain) = opened
    }

    deinit {
        store.log.withLock { $0.isOpen = false }
    }

    var last: Position { chain.position }

    func append(_ turns: [[Record]]) {
        append(copies: turns.map { StoredTurn(epoch: epoch, records: $0) })
    }

    func append(copies turns: [StoredTurn]) {
        var chain = chain
        var rows: [LogRow] = []
        for turn in turns where !turn.records.isEmpty {
            rows.append(
                LogRow(sealing: turn.records, epoch: turn.epoch, onto: &chain, with: &sealer))
        }
        store.log.withLock { $0.rows += rows }
        self.chain = chain
    }

    func tidyUp() {}
}

/// Reads the log of a ``MemoryStore``.
final class MemoryLogReader: LogReader {
    private let store: MemoryStore

    init(_ store: MemoryStore) {
        self.store = store
    }

    var last: Position { store.log.withLock { $0.chain.position } }

    func turns(after position: Position, limit: Int) throws(StoreError) -> [StoredTurn] {
        let (before, rows) = store.log.withLock { log -> (Chain, [LogRow]) in
            let start = log.index(after: position)
            let chain = start == 0 ? .start : log.rows[start - 1].chain
            return (chain, Array(log.rows[start...].prefix(max(0, limit))))
        }
        var chain = before
        var turns: [StoredTurn] = []
        for row in rows { turns.append(try row.open(after: &chain)) }
        return turns
    }

    func turn(containing position: Position) throws(StoreError) -> StoredTurn? {
        guard position > .start else { return nil }
        return try turns(after: Position(position.rawValue - 1), limit: 1).first
    }
}
