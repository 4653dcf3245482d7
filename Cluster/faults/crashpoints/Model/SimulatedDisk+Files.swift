import Storage
import StorageSQLite

/// What the store asks for itself, beside SQLite.
extension SimulatedDisk {
    func database(_ path: String, isImmutable: Bool) -> String {
        "file:\(path)?vfs=\(SQLiteDriver.name)" + (isImmutable ? "&immutable=1" : "")
    }

    func size(_ path: String) -> Int64? {
        names[path].map { Int64($0.bytes.count) } ?? (folders.contains(path) ? 0 : nil)
    }

    func identity(_ path: String) -> UInt64? { names[path].map { UInt64($0.number) } }

    func freeBytes(of folder: String) -> UInt64 { 1 << 40 }

    func names(in folder: String) -> [String] {
        names.keys.filter { Self.folder(of: $0) == folder }.map { String($0.dropFirst(folder.count + 1)) }
            .sorted()
    }

    func addFolder(_ path: String) throws(StoreError) {
        guard make(folder: path) else { throw Self.failure("making the folder", path) }
    }

    func sync(folder: String) throws(StoreError) {
        guard sync(folderAt: folder) else { throw Self.failure("syncing", folder) }
    }

    func remove(_ path: String) throws(StoreError) {
        guard remove(file: path) != false else { throw Self.failure("removing", path) }
    }

    func rename(_ path: String, to new: String) throws(StoreError) {
        guard rename(file: path, to: new) else { throw Self.failure("renaming", path) }
    }

    func lock(_ path: String, of thing: String) throws(StoreError) -> any AnyObject {
        guard locked.insert(path).inserted else { throw StoreError(.inUse, "\(thing) is open") }
        return SimulatedLock(self, path)
    }

    func create(_ path: String) throws(StoreError) -> any DiskOutput {
        if let file = names[path] {
            guard truncate(file, to: 0) else { throw Self.failure("emptying", path) }
            return SimulatedOutput(self, file, path)
        }
        guard let file = create(file: path) else { throw Self.failure("making", path) }
        return SimulatedOutput(self, file, path)
    }

    func open(_ path: String) throws(StoreError) -> any DiskInput {
        guard let file = names[path] else { throw StoreError(.unusable, "there is no \(path)") }
        return SimulatedInput(file)
    }

    fileprivate static func failure(_ deed: String, _ path: String) -> StoreError {
        StoreError(.inputOutput, "\(deed) \(path) failed: the simulated disk is broken")
    }
}

private final class SimulatedLock {
    private let disk: SimulatedDisk
    private let path: String
    private let era: Int

    init(_ disk: SimulatedDisk, _ path: String) {
        self.disk = disk
        self.path = path
        era = disk.era
    }

    deinit {
        if era == disk.era { disk.locked.remove(path) }
    }
}

private final class SimulatedOutput: DiskOutput {
    private let disk: SimulatedDisk
    private let file: SimulatedFile
    private let path: String
    private var offset = 0

    init(_ disk: SimulatedDisk, _ file: SimulatedFile, _ path: String) {
        self.disk = disk
        self.file = file
        self.path = path
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        guard disk.write(bytes, to: file, at: offset) else { throw SimulatedDisk.failure("writing", path) }
        offset += bytes.count
    }

    func sync() throws(StoreError) {
        guard disk.sync(file, name: path) else { throw SimulatedDisk.failure("syncing", path) }
    }
}

private final class SimulatedInput: DiskInput {
    private let file: SimulatedFile
    private var offset = 0

    init(_ file: SimulatedFile) {
        self.file = file
    }

    var rest: Int { file.bytes.count - offset }

    func read(into memory: UnsafeMutableRawBufferPointer) {
        offset += file.bytes.read(into: memory, at: offset)
    }
}
