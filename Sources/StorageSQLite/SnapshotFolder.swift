import Desk
import Storage
import Tickets

/// Snapshots as files, `<position>.snapshot`; the newest two are kept.
final class SnapshotFolder: SnapshotStore {
    private static let kept = 2
    private static let suffix = ".snapshot"

    private let folder: String
    private let disk: any Disk

    init(folder: String, on disk: any Disk) {
        self.folder = folder
        self.disk = disk
    }

    func save(_ desk: Desk) throws(StoreError) {
        try disk.makeFolder(folder)
        try SnapshotCoding.encode(desk, to: SnapshotDraft(path: path(of: desk.position), on: disk))
            .publish(in: folder)
        // Drafts are left by a process that ended while it wrote one.
        for name in try disk.names(in: folder) where name.hasSuffix(".draft") {
            try disk.remove("\(folder)/\(name)")
        }
        for position in try positions().dropLast(Self.kept) { try disk.remove(path(of: position)) }
    }

    func load(settings: DeskSettings) throws(StoreError) -> Desk? {
        for position in try positions().reversed() {
            do {
                let file = try SnapshotFile(path: path(of: position), on: disk)
                let desk = try SnapshotCoding.decode(file, settings: settings)
                if desk.position == position { return desk }
            } catch {
                // A damaged snapshot costs time, not data: the one before it, or the whole log, is folded instead.
                continue
            }
        }
        return nil
    }

    /// The positions at which there is a snapshot, in order.
    private func positions() throws(StoreError) -> [Position] {
        let names = try disk.names(in: folder).filter { $0.hasSuffix(Self.suffix) }
        return names.compactMap { UInt64($0.dropLast(Self.suffix.count)).map { Position($0) } }.sorted()
    }

    private func path(of position: Position) -> String {
        let digits = String(position.rawValue)
        let padding = String(repeating: "0", count: max(0, 20 - digits.count))
        return "\(folder)/\(padding)\(digits)\(Self.suffix)"
    }
}
