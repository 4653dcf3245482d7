import Desk
import Foundation
import Storage
import StorageSQLite
import Testing
import Tickets

/// The engines that must behave alike.
enum StoreKind: CaseIterable, CustomTestStringConvertible {
    case memory
    case sqlite

    var testDescription: String {
        switch self {
        case .memory: "memory"
        case .sqlite: "SQLite"
        }
    }

    /// Runs a test on an empty store, which is gone afterwards.
    func withStore(_ body: (any Store) throws -> Void) throws {
        switch self {
        case .memory: try body(MemoryStore())
        case .sqlite: try withSQLiteStore { try body($0) }
        }
    }
}

/// Runs a test on an empty SQLite store in a folder of its own.
func withSQLiteStore(_ body: (SQLiteStore) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "storage-\(UUID().uuidString)").path
    defer {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            Issue.record("the test's folder stays: \(error)")
        }
    }
    try body(SQLiteStore(folder: folder))
}

extension Store {
    /// Writes turns, several at a time, each opening with a new epoch now and then.
    func write(_ turns: [[Record]], perCommit: Int = 3) throws {
        let log = try openLog()
        var rest = turns[...]
        while !rest.isEmpty {
            try log.append(Array(rest.prefix(perCommit)))
            rest = rest.dropFirst(perCommit)
        }
    }

    /// Everything in the log.
    func readAll() throws -> [StoredTurn] {
        let reader = try openLogReader()
        var turns: [StoredTurn] = []
        while true {
            let next = try reader.turns(after: turns.last?.records.last?.position ?? .start, limit: 7)
            if next.isEmpty { return turns }
            turns += next
        }
    }

    /// Folds the whole log into the view, several turns at a time.
    @discardableResult
    func foldView(perFold: Int = 5) throws -> String? {
        let view = try openView()
        let reader = try openLogReader()
        while true {
            let turns = try reader.turns(after: view.position, limit: perFold)
            if turns.isEmpty { return view.notice }
            try view.fold(turns)
        }
    }
}
