import CSQLite

/// One opening of a file by SQLite.
///
/// Dead once its process was killed: it then changes nothing and knows nothing, whatever SQLite still does to close.
final class OpenFile {
    // The disk outlives what is opened on it: stores hold it.
    private unowned let disk: SimulatedDisk
    private let file: SimulatedFile
    private let path: String
    private let era: Int
    /// As SQLite's own files do it: the first sync of a journal also syncs the folder, for the journal's name.
    private var syncsFolder: Bool
    private var shared: SharedMemory?
    private var readLocks: [Bool]
    private var writeLocks: [Bool]

    private var me: ObjectIdentifier { ObjectIdentifier(self) }
    private var isDead: Bool { era != disk.era }

    init(_ disk: SimulatedDisk, _ file: SimulatedFile, path: String, syncsFolder: Bool) {
        self.disk = disk
        self.file = file
        self.path = path
        self.syncsFolder = syncsFolder
        era = disk.era
        readLocks = Array(repeating: false, count: SharedMemory.lockCount)
        writeLocks = readLocks
    }

    func close() {
        unmap()
        if !isDead { file.locks[me] = nil }
    }

    func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) -> CInt {
        guard !isDead else { return SQLiteDriver.failedRead }
        let count = file.bytes.read(into: memory, at: offset)
        guard count < memory.count else { return SQLITE_OK }
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).initializeMemory(
            as: UInt8.self, repeating: 0)
        return SQLiteDriver.shortRead
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> CInt {
        guard !isDead else { return SQLiteDriver.failedWrite }
        if disk.write(bytes, to: file, at: offset) { return SQLITE_OK }
        return disk.fault?.kind == .full ? SQLITE_FULL : SQLiteDriver.failedWrite
    }

    func truncate(to bytes: Int) -> CInt {
        !isDead && disk.truncate(file, to: bytes) ? SQLITE_OK : SQLiteDriver.failedTruncate
    }

    func sync() -> CInt {
        guard !isDead, disk.sync(file, name: path) else { return SQLiteDriver.failedSync }
        guard syncsFolder else { return SQLITE_OK }
        syncsFolder = false
        return disk.sync(folderAt: SimulatedDisk.folder(of: path)) ? SQLITE_OK : SQLiteDriver.failedSync
    }

    var size: Int { file.bytes.count }

    // MARK: - Locks of the database file

    func lock(_ level: CInt) -> CInt {
        guard !isDead else { return SQLITE_IOERR }
        guard level > file.locks[me] ?? SQLITE_LOCK_NONE else { return SQLITE_OK }
        switch level {
        case SQLITE_LOCK_SHARED:
            guard !file.isLocked(SQLITE_LOCK_PENDING, besides: me) else { return SQLITE_BUSY }
        case SQLITE_LOCK_RESERVED:
            guard !file.isLocked(SQLITE_LOCK_RESERVED, besides: me) else { return SQLITE_BUSY }
        default:
            guard !file.isLocked(SQLITE_LOCK_RESERVED, besides: me) else { return SQLITE_BUSY }
            guard !file.isLocked(SQLITE_LOCK_SHARED, besides: me) else {
                file.locks[me] = SQLITE_LOCK_PENDING
                return SQLITE_BUSY
            }
        }
        file.locks[me] = level
        return SQLITE_OK
    }

    func unlock(_ level: CInt) {
        guard !isDead else { return }
        file.locks[me] = level == SQLITE_LOCK_NONE ? nil : level
    }

    var isReserved: Bool { file.locks.values.contains { $0 >= SQLITE_LOCK_RESERVED } }

    // MARK: - Shared memory of the write-ahead log

    func map(
        _ index: Int, bytes: Int, makes: Bool, into place: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> CInt {
        place.pointee = nil
        guard !isDead else { return SQLITE_IOERR }
        let shared = shared ?? file.shared ?? SharedMemory()
        file.shared = shared
        self.shared = shared
        shared.users.insert(me)
        place.pointee = shared.region(index, bytes: bytes, makes: makes)
        return SQLITE_OK
    }

    func lockShared(_ range: Range<Int>, _ flags: CInt) -> CInt {
        guard !isDead, let shared else { return SQLITE_IOERR }
        if flags & SQLITE_SHM_UNLOCK != 0 {
            for index in range { release(index, shared) }
            return SQLITE_OK
        }
        let isExclusive = flags & SQLITE_SHM_EXCLUSIVE != 0
        for index in range {
            let othersWrite = shared.isExclusive[index] && !writeLocks[index]
            let othersRead = shared.readers[index] > (readLocks[index] ? 1 : 0)
            if othersWrite || isExclusive && othersRead { return SQLITE_BUSY }
        }
        for index in range where isExclusive && !writeLocks[index] {
            shared.isExclusive[index] = true
            writeLocks[index] = true
        }
        for index in range where !isExclusive && !readLocks[index] {
            shared.readers[index] += 1
            readLocks[index] = true
        }
        return SQLITE_OK
    }

    func unmap() {
        guard let shared else { return }
        for index in readLocks.indices { release(index, shared) }
        shared.users.remove(me)
        if shared.users.isEmpty, file.shared === shared { file.shared = nil }
        self.shared = nil
    }

    private func release(_ index: Int, _ shared: SharedMemory) {
        if readLocks[index] { shared.readers[index] -= 1 }
        if writeLocks[index] { shared.isExclusive[index] = false }
        readLocks[index] = false
        writeLocks[index] = false
    }
}
