import Desk
import Foundation
import GRDB
import Storage
import Tickets

/// Writes a desk's view. The file is disposable: one that cannot be used is deleted and made again.
final class SQLiteViewWriter: ViewWriter {
    /// Pages in the write-ahead log at which a fold copies them into the file: 16 MiB, in the projector's time.
    private static let checkpointPages = 1_024
    /// A fold writes thousands of rows that lie together.
    private static let pageBytes = 16_384

    private(set) var position = Position.start
    private(set) var notice: String?
    private let path: String
    private let lock: any AnyObject
    private var connection: Connection
    private var projector = Projector()
    /// Made by the first fold.
    private var statements: ViewStatements?

    /// Opens the view, as far as it is one of the log: `isInLog` says whether the log has an event at a position
    /// that happened at a moment.
    init(
        path: String, on disk: any Disk, lock: any AnyObject,
        isInLog: (Position, Moment) throws(StoreError) -> Bool
    ) throws(StoreError) {
        self.path = path
        self.lock = lock
        let end: ViewSchema.End
        do throws(StoreError) {
            (connection, end) = try Self.open(path, on: disk)
        } catch let error where error.kind != .diskFull && error.kind != .inUse {
            notice = "the view could not be used (\(error.reason)); it is built again from the log"
            // Readers notice that the file is another one.
            for suffix in ["", "-wal", "-shm"] { try disk.remove(path + suffix) }
            (connection, end) = try Self.open(path, on: disk)
        }
        var belongs = end.position == .start
        if !belongs { belongs = try isInLog(end.position, end.at) }
        guard belongs else {
            notice = "the view was of another log, or ahead of it; it is built again from the log"
            try reset()
            return
        }
        position = end.position
    }

    func fold(_ turns: [StoredTurn]) throws(StoreError) {
        guard let last = try turns.lastPosition(following: position) else { return }
        let at = turns.last?.records.last?.at ?? .zero
        do throws(StoreError) {
            try connection.commit("folding into") { db in
                let statements = try self.statements ?? ViewStatements(db, connection.queue)
                self.statements = statements
                try projector.project(turns, after: position) { number throws(StoreError) in
                    try attempt("reading the view") { try statements.state(of: number) }
                }
                try statements.write(&projector.projection, ViewSchema.End(position: last, at: at))
            }
        } catch {
            // What it remembers of the rows may not be in them.
            projector = Projector()
            statements = nil
            throw error
        }
        projector.removeProjection()
        position = last
    }

    /// Keeps the file, so that readers see the view grow again.
    func reset() throws(StoreError) {
        try connection.commit("emptying") { db in
            for name in ViewSchema.names { try db.execute(sql: "DELETE FROM \(name)") }
            try db.execute(sql: ViewSchema.setEnd, arguments: [0, 0])
        }
        statements = nil
        projector = Projector()
        position = .start
    }

    /// Opens the file, made if there is none.
    private static func open(
        _ path: String, on disk: any Disk
    ) throws(StoreError) -> (Connection, ViewSchema.End) {
        let isNew = !disk.exists(path)
        let connection = try Connection(
            writing: path, on: disk, isDurable: false, pageBytes: pageBytes, checkpointPages: checkpointPages,
            cacheKibibytes: 65_536)
        if isNew { try connection.commit("making", ViewSchema.make) }
        return (connection, try connection.run("opening", ViewSchema.end))
    }
}
