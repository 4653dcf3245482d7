import Desk
import Foundation
package import Storage
import Tickets

/// A desk in a folder: `log.sqlite`, `view.sqlite`, `snapshots/`, and the locks that keep a second broker out.
///
/// Each file has one connection that writes and checkpoints it, in one process: SQLite before 3.51.3 can damage a
/// file when two connections do so at once. Readers, in this process or another, open read-only.
package struct SQLiteStore: Store {
    /// The path of the folder; made when the log is opened for the first time.
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    var logPath: String { folder + "/log.sqlite" }
    var viewPath: String { folder + "/view.sqlite" }

    package func openLog() throws(StoreError) -> any LogWriter {
        try Files.makeFolder(folder)
        let lock = try FileLock(folder + "/desk.lock", of: "the desk in \(folder)")
        return try SQLiteLogWriter(path: logPath, folder: folder, lock: lock)
    }

    package func openLogReader() throws(StoreError) -> any LogReader {
        try SQLiteLogReader(path: logPath)
    }

    package func openSnapshots() -> any SnapshotStore {
        SnapshotFolder(folder: folder + "/snapshots")
    }

    package func openView() throws(StoreError) -> any ViewWriter {
        try Files.makeFolder(folder)
        let lock = try FileLock(folder + "/view.lock", of: "the view of the desk in \(folder)")
        return try SQLiteViewWriter(path: viewPath, lock: lock) { position, at throws(StoreError) in
            try logHas(position, at: at)
        }
    }

    package func openViewReader() throws(StoreError) -> any ViewReader {
        try SQLiteViewReader(path: viewPath)
    }

    package func selfCheck() throws(StoreError) -> [String] {
        var findings: [String] = []
        for path in [logPath, viewPath] where Files.exists(path) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            do throws(StoreError) {
                let connection = try Connection(reading: path)
                findings += try connection.integrityFindings().map { "\(name): \($0)" }
            } catch let error where error.kind == .corrupt || error.kind == .unusable {
                findings.append(error.reason)
            }
        }
        return findings
    }

    /// Bytes that the desk may still write: what is free on its disk for an ordinary process.
    package func freeBytes() throws(StoreError) -> UInt64 {
        try Files.freeBytes(of: folder)
    }

    /// Whether the log has an event at a position that happened at a moment; the view that says so is its view.
    private func logHas(_ position: Position, at moment: Moment) throws(StoreError) -> Bool {
        guard Files.exists(logPath) else { return false }
        let turn = try SQLiteLogReader(path: logPath).turn(containing: position)
        return turn?.records.contains { $0.position == position && $0.at == moment } == true
    }
}
