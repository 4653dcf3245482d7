import CSQLite
import Glibc

/// Registers simulated disks with SQLite, which calls such a thing a VFS. A database's name chooses it.
///
/// Source: sqlite.org/c3ref/vfs.html and io_methods.html; what the real one does is in SQLite's os_unix.c.
enum SQLiteDriver {
    static let name = "simulated"

    // Macros with an operator in them do not come across.
    static let failedRead = SQLITE_IOERR | 1 << 8
    static let shortRead = SQLITE_IOERR | 2 << 8
    static let failedWrite = SQLITE_IOERR | 3 << 8
    static let failedSync = SQLITE_IOERR | 4 << 8
    static let failedTruncate = SQLITE_IOERR | 6 << 8
    static let failedRemoval = SQLITE_IOERR | 10 << 8
    private static let nothingToRemove = SQLITE_IOERR | 23 << 8

    private static let pathBytesMax: CInt = 512

    /// What SQLite makes room for in its own memory, one for each file that it opens.
    struct Handle {
        var base: sqlite3_file
        var file: Unmanaged<OpenFile>?
    }

    /// Has an effect once.
    static func register() { _ = registered }

    private static let registered: CInt = {
        var vfs = sqlite3_vfs()
        vfs.iVersion = 2
        vfs.szOsFile = CInt(MemoryLayout<Handle>.size)
        vfs.mxPathname = pathBytesMax
        vfs.zName = name.withCString { UnsafePointer(strdup($0)) }
        vfs.xOpen = { _, name, file, flags, outFlags in
            outFlags?.pointee = flags
            return SQLiteDriver.open(name.map { String(cString: $0) }, file, flags)
        }
        vfs.xDelete = { _, name, syncsFolder in
            guard let name else { return SQLITE_MISUSE }
            return SQLiteDriver.remove(String(cString: name), syncsFolder: syncsFolder & 1 != 0)
        }
        vfs.xAccess = { _, name, _, result in
            guard let name else { return SQLITE_MISUSE }
            let path = String(cString: name)
            result?.pointee = SimulatedDisk.disk(of: path)?.names[path] == nil ? 0 : 1
            return SQLITE_OK
        }
        vfs.xFullPathname = { _, name, count, out in
            guard let name, let out, strlen(name) < Int(count) else { return SQLITE_CANTOPEN }
            strcpy(out, name)
            return SQLITE_OK
        }
        vfs.xRandomness = { _, count, out in
            // SQLite takes its own chance from the default VFS; nothing here needs any.
            if let out { memset(out, 0, Int(count)) }
            return count
        }
        // Nobody else runs meanwhile, so that there is nothing to wait for.
        vfs.xSleep = { _, microseconds in microseconds }
        vfs.xGetLastError = { _, _, _ in 0 }
        vfs.xCurrentTimeInt64 = { _, time in
            // Julian milliseconds of the first of January 2026; the store asks SQLite for no time.
            time?.pointee = 2_461_041 * 86_400_000
            return SQLITE_OK
        }
        // Both stay for the process's life, as SQLite keeps them.
        let kept = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        kept.initialize(to: vfs)
        return sqlite3_vfs_register(kept, 0)
    }()

    private static func open(
        _ path: String?, _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ flags: CInt
    ) -> CInt {
        guard let pointer else { return SQLITE_MISUSE }
        let handle = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Handle.self)
        // Without methods nothing is closed.
        handle.initialize(to: Handle(base: sqlite3_file(pMethods: nil), file: nil))
        // What has no name, temporary files, would be on no disk that survives; the store's work needs none.
        guard let path, let disk = SimulatedDisk.disk(of: path) else { return SQLITE_CANTOPEN }
        let makes = flags & SQLITE_OPEN_CREATE != 0
        guard let file = disk.names[path] ?? (makes ? disk.create(file: path) : nil) else {
            return SQLITE_CANTOPEN
        }
        let journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL
        let opened = OpenFile(disk, file, path: path, syncsFolder: makes && flags & journals != 0)
        handle.pointee = Handle(base: sqlite3_file(pMethods: methods), file: .passRetained(opened))
        return SQLITE_OK
    }

    private static func remove(_ path: String, syncsFolder: Bool) -> CInt {
        guard let disk = SimulatedDisk.disk(of: path) else { return failedRemoval }
        guard let isRemoved = disk.remove(file: path) else { return nothingToRemove }
        guard isRemoved else { return failedRemoval }
        guard syncsFolder else { return SQLITE_OK }
        return disk.sync(folderAt: SimulatedDisk.folder(of: path)) ? SQLITE_OK : failedSync
    }
}
