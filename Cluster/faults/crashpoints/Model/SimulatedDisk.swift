import Storage
import StorageSQLite
import Synchronization

/// A disk in memory that records what it is asked to do, so that a power cut can be played at each moment.
///
/// Shows what a kernel shows to processes that run: everything written, synced or not. What is left of it after a
/// power cut is for ``PowerCut`` to say.
// One thread uses a disk and everything opened on it; SQLite's calls come on the thread that calls SQLite.
final class SimulatedDisk: Disk, @unchecked Sendable {
    /// What was done, in order.
    private(set) var operations: [DiskOperation] = []
    private(set) var names: [String: SimulatedFile] = [:]
    private(set) var folders: Set<String> = ["/"]
    var fault: DiskFault?
    var flaw: PlantedFlaw?
    /// Whether something was acknowledged: before that a flaw in checkpoints can lose nothing that matters.
    var isInUse = false
    /// Counts the times that all processes ended: files opened before are dead.
    private(set) var era = 0
    var locked: Set<String> = []

    /// What every path on this disk begins with; SQLite finds the disk by it.
    let root: String
    private let records: Bool
    private var filesMade = 0
    private let number: Int

    // Guarded by the mutex; weak, so that a disk ends with its owner.
    private static let disks = Mutex<(made: Int, all: [Int: Weak])>((0, [:]))

    private struct Weak: Sendable {
        weak var disk: SimulatedDisk?
    }

    /// One that does not record keeps ``operations`` empty, and never fails.
    init(_ image: DiskImage = DiskImage(), records: Bool = true) {
        SQLiteDriver.register()
        self.records = records
        number = Self.disks.withLock {
            $0.made += 1
            return $0.made
        }
        root = "/simulated/\(number)"
        folders.formUnion(["/simulated", root])
        filesMade = (image.files.keys.max() ?? 0) + 1
        for folder in image.folders { folders.insert(root + folder) }
        for (name, file) in image.names {
            names[root + name] = SimulatedFile(file, image.files[file] ?? PagedBytes())
        }
        let weak = Weak(disk: self)
        let number = number
        Self.disks.withLock { $0.all[number] = weak }
    }

    deinit {
        let number = number
        Self.disks.withLock { $0.all[number] = nil }
    }

    /// The disk of a path; nil when it is none's.
    static func disk(of path: String) -> SimulatedDisk? {
        let parts = path.split(separator: "/", maxSplits: 2)
        guard parts.count == 3, parts[0] == "simulated", let number = Int(parts[1]) else { return nil }
        return disks.withLock { $0.all[number] }?.disk
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// What all processes see, as if each of them was killed now and the machine went on.
    var image: DiskImage {
        DiskImage(
            files: Dictionary(names.values.map { ($0.number, $0.bytes) }) { bytes, _ in bytes },
            names: Dictionary(uniqueKeysWithValues: names.map { (relative($0.key), $0.value.number) }),
            folders: Set(folders.filter { $0.hasPrefix(root + "/") }.map(relative)))
    }

    /// Ends all processes: what they had open is closed without a further read or write.
    func killProcesses() {
        era += 1
        locked = []
        for file in names.values {
            file.locks = [:]
            file.shared = nil
        }
    }

    /// The path as images have it, which are played on other disks.
    private func relative(_ path: String) -> String {
        path == root ? "/" : String(path.dropFirst(root.count))
    }

    // MARK: - What is asked for

    func create(file path: String) -> SimulatedFile? {
        guard folders.contains(Self.folder(of: path)), !strikes(.full) else { return nil }
        filesMade += 1
        let file = SimulatedFile(filesMade)
        names[path] = file
        record(.create(relative(path), file: file.number))
        return file
    }

    /// - Returns: Whether it worked; of a write that does not, a part may be there.
    func write(_ bytes: UnsafeRawBufferPointer, to file: SimulatedFile, at offset: Int) -> Bool {
        guard !strikes(.full) else {
            let part = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            file.bytes.write(part, at: offset)
            record(.write(file: file.number, offset: offset, Array(part)))
            return false
        }
        file.bytes.write(bytes, at: offset)
        if records { operations.append(.write(file: file.number, offset: offset, Array(bytes))) }
        return true
    }

    func truncate(_ file: SimulatedFile, to bytes: Int) -> Bool {
        guard !strikes(.inputOutput) else { return false }
        file.bytes.truncate(to: bytes)
        record(.truncate(file: file.number, bytes: bytes))
        return true
    }

    func sync(_ file: SimulatedFile, name: String) -> Bool {
        guard !strikes(.inputOutput) else {
            record(.failedSync(file: file.number))
            return false
        }
        switch flaw {
        case .nothingSynced where !name.hasSuffix(".draft"): return true
        case .commitsNotSynced where name.hasSuffix("log.sqlite-wal"): return true
        case .checkpointNotSynced where isInUse && name.hasSuffix("log.sqlite"): return true
        default: record(.sync(file: file.number))
        }
        return true
    }

    func sync(folderAt path: String) -> Bool {
        guard !strikes(.inputOutput) else { return false }
        if flaw != .foldersNotSynced { record(.syncFolder(relative(path))) }
        return true
    }

    /// - Returns: Nil when there is no such file; otherwise whether it worked.
    func remove(file path: String) -> Bool? {
        guard names[path] != nil else { return nil }
        guard !strikes(.inputOutput) else { return false }
        names[path] = nil
        record(.remove(relative(path)))
        return true
    }

    func rename(file path: String, to new: String) -> Bool {
        guard let file = names[path], !strikes(.inputOutput) else { return false }
        names[path] = nil
        names[new] = file
        record(.rename(relative(path), to: relative(new), file: file.number))
        return true
    }

    func make(folder path: String) -> Bool {
        guard !strikes(.full) else { return false }
        if folders.insert(path).inserted { record(.addFolder(relative(path))) }
        return true
    }

    /// Operations that were asked for, of which ``fault`` names one.
    private(set) var asked = 0
    /// Whether the fault has shown itself.
    private(set) var hasFailed = false

    /// Counts an operation; `kind` is the mildest fault that strikes it.
    private func strikes(_ kind: DiskFault.Kind) -> Bool {
        guard records else { return false }
        asked += 1
        guard let fault, kind == .full || fault.kind == .inputOutput else { return false }
        let isIts = fault.isForEver || !hasFailed
        guard asked > fault.at, isIts else { return false }
        hasFailed = true
        return true
    }

    private func record(_ operation: DiskOperation) {
        if records { operations.append(operation) }
    }
}
