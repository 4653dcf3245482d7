import CSQLite

/// What SQLite calls for each file that it has open.
extension SQLiteDriver {
    static func file(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
        guard let pointer else { return nil }
        let handle = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Handle.self)
        return handle.pointee.file?.takeUnretainedValue()
    }

    private static func close(_ pointer: UnsafeMutablePointer<sqlite3_file>?) {
        guard let pointer else { return }
        let handle = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Handle.self)
        file(pointer)?.close()
        handle.pointee.file?.release()
        handle.pointee = Handle(base: sqlite3_file(pMethods: nil), file: nil)
    }

    // Never changed after it is made, and never freed: SQLite keeps the address.
    nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        var methods = sqlite3_io_methods()
        methods.iVersion = 2
        addContent(to: &methods)
        addLocks(to: &methods)
        addSharedMemory(to: &methods)
        let kept = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        kept.initialize(to: methods)
        return UnsafePointer(kept)
    }()

    private static func addContent(to methods: inout sqlite3_io_methods) {
        methods.xClose = { pointer in
            SQLiteDriver.close(pointer)
            return SQLITE_OK
        }
        methods.xRead = { pointer, memory, count, offset in
            let memory = UnsafeMutableRawBufferPointer(start: memory, count: Int(count))
            return SQLiteDriver.file(pointer)?.read(into: memory, at: Int(offset)) ?? SQLITE_MISUSE
        }
        methods.xWrite = { pointer, memory, count, offset in
            let memory = UnsafeRawBufferPointer(start: memory, count: Int(count))
            return SQLiteDriver.file(pointer)?.write(memory, at: Int(offset)) ?? SQLITE_MISUSE
        }
        methods.xTruncate = { SQLiteDriver.file($0)?.truncate(to: Int($1)) ?? SQLITE_MISUSE }
        methods.xSync = { pointer, _ in SQLiteDriver.file(pointer)?.sync() ?? SQLITE_MISUSE }
        methods.xFileSize = { pointer, size in
            size?.pointee = Int64(SQLiteDriver.file(pointer)?.size ?? 0)
            return SQLITE_OK
        }
        methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        methods.xSectorSize = { _ in 4_096 }
        // As SQLite assumes of real disks: bytes outside of a write stay as they were.
        methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    }

    private static func addLocks(to methods: inout sqlite3_io_methods) {
        methods.xLock = { SQLiteDriver.file($0)?.lock($1) ?? SQLITE_MISUSE }
        methods.xUnlock = { pointer, level in
            SQLiteDriver.file(pointer)?.unlock(level)
            return SQLITE_OK
        }
        methods.xCheckReservedLock = { pointer, result in
            result?.pointee = SQLiteDriver.file(pointer)?.isReserved == true ? 1 : 0
            return SQLITE_OK
        }
    }

    private static func addSharedMemory(to methods: inout sqlite3_io_methods) {
        methods.xShmMap = { pointer, index, bytes, makes, place in
            guard let file = SQLiteDriver.file(pointer), let place else { return SQLITE_MISUSE }
            return file.map(Int(index), bytes: Int(bytes), makes: makes != 0, into: place)
        }
        methods.xShmLock = { pointer, offset, count, flags in
            let range = Int(offset)..<Int(offset + count)
            return SQLiteDriver.file(pointer)?.lockShared(range, flags) ?? SQLITE_MISUSE
        }
        // One thread: what it wrote is what it reads.
        methods.xShmBarrier = { _ in }
        methods.xShmUnmap = { pointer, _ in
            SQLiteDriver.file(pointer)?.unmap()
            return SQLITE_OK
        }
    }
}
