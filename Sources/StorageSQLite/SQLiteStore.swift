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

    let disk: any Disk

    package init(folder: String, on disk: any Disk = SystemDisk()) {
        self.folder = folder
        self.disk = disk
    }

    var logPath: String { folder + "/log.sqlite" }
    var viewPath: String { folder + "/view.sqlite" }

    package func openLog() throws(StoreError) -> any LogWriter {
        try disk.makeFolder(folder)
        let lock = try disk.lock(folder + "/desk.lock", of: "the desk in \(folder)")
        return try SQLiteLogWriter(path: logPath, folder: folder, on: disk, lock: lock)
    }

    package func openLogReader() throws(StoreError) -> any LogReader {
        try SQLiteLogReader(path: logPath, on: disk)
    }

    package func openSnapshots() -> any SnapshotStore {
        SnapshotFolder(folder: folder + "/snapshots", on: disk)
    }

    package func openView() throws(StoreError) -> any ViewWriter {
        try disk.makeFolder(folder)
        let lock = try disk.lock(folder + "/view.lock", of: "the view of the desk in \(folder)")
        return try SQLiteViewWriter(path: viewPath, on: disk, lock: lock) { position, at throws(StoreError) in
            try logHas(position, at: at)
        }
    }

    package func openViewReader() throws(StoreError) -> any ViewReader {
        try SQLiteViewReader(path: viewPath, on: disk)
    }

    package func selfCheck() throws(StoreError) -> [String] {
        var findings: [String] = []
        for path in [logPath, viewPath] where disk.exists(path) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            do throws(StoreError) {
                let connection = try Connection(reading: path, on: disk)
                findings += try connection.integrityFindings().map { "\(name): \($0)" }
            } catch let error where error.kind == .corrupt || error.kind == .unusable {
                findings.append(error.reason)
            }
        }
        return findings
    }

    /// Bytes that the desk may still write: what is free on its disk for an ordinary process.
    package func freeBytes() throws(StoreError) -> UInt64 {
        try disk.freeBytes(of: folder)
    }

    /// Whether the log has an event at a position that happened at a moment; the view that says so is its view.
    private func logHas(_ position: Position, at moment: Moment) throws(StoreError) -> Bool {
        guard disk.exists(logPath) else { return false }
        let turn = try SQLiteLogReader(path: logPath, on: disk).turn(containing: position)
        return turn?.records.contains { $0.position == position && $0.at == moment } == true
    }
}
