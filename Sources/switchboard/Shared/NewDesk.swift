import Desk
import Storage
import StorageSQLite
import Tickets

/// A desk that comes into being with a past: its log and its view are written in one go, and nobody waits for an answer.
final class NewDesk {
    private let store: SQLiteStore
    private let log: any LogWriter
    private var turns: [[Record]] = []
    private var copies: [StoredTurn] = []

    /// - Throws: When the folder cannot be used, or has a desk already: a log's time never goes back.
    init(_ folder: DataFolder) throws {
        try folder.create()
        store = SQLiteStore(folder: folder.path)
        log = try store.openLog()
        guard log.last == .start else {
            throw Failure(
                .usage, "\(store.folder) has \(log.last) events already: choose a new folder")
        }
    }

    /// One turn; one without records is left out.
    func append(_ records: [Record]) throws {
        guard !records.isEmpty else { return }
        turns.append(records)
        // One commit for many turns.
        if turns.count == 1_000 { try write() }
    }

    /// One turn of another desk's log, as it was there. A log is copied or made, not both.
    func append(copy turn: StoredTurn) throws {
        copies.append(turn)
        if copies.count == 1_000 { try write() }
    }

    /// Writes what is left, and the view.
    func finish() throws {
        try finishLog()
        try foldView()
    }

    /// Writes what is left of the log.
    func finishLog() throws { try write() }

    /// Makes the view of a log that is finished, and sound.
    func foldView() throws {
        let (log, view) = (try store.openLogReader(), try store.openView())
        while true {
            let turns = try log.turns(after: view.position, limit: 1_000)
            guard !turns.isEmpty else { return }
            try view.fold(turns)
        }
    }

    /// What customers are to get, in order, from the view.
    func letters() throws -> [Letter] {
        let reader = try store.openViewReader()
        var letters: [Letter] = []
        while true {
            let more = try reader.letters(after: letters.last?.number ?? 0, limit: 1_000)
            guard !more.isEmpty else { return letters }
            letters += more
        }
    }

    private func write() throws {
        if !copies.isEmpty { try log.append(copies: copies) }
        if !turns.isEmpty { try log.append(turns) }
        copies.removeAll(keepingCapacity: true)
        turns.removeAll(keepingCapacity: true)
    }
}
