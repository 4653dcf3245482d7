import Foundation
import Glibc
import Storage

/// Calls of the operating system that the store needs, with its errors.
enum Files {
    static func exists(_ path: String) -> Bool { size(path) != nil }

    /// Bytes of a file; nil when there is none.
    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// What tells a file from another that took its name.
    static func identity(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    /// Makes a folder and those above it, durably: what is synced in a folder is lost with the folder's name.
    static func makeFolder(_ path: String) throws(StoreError) {
        if exists(path) { return }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty { try makeFolder(parent) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("making the folder", path) }
        try sync(folder: parent.isEmpty ? "." : parent)
    }

    /// Bytes free on the disk of a folder for an ordinary process.
    static func freeBytes(of folder: String) throws(StoreError) -> UInt64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw failure("asking for the free space of", folder) }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return overflow ? .max : bytes
    }

    /// Names in a folder in order; empty when there is no such folder.
    static func names(in folder: String) throws(StoreError) -> [String] {
        guard exists(folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw StoreError(.unusable, "the folder \(folder) cannot be read; check its permissions")
        }
    }

    /// Makes the names in a folder durable.
    static func sync(folder: String) throws(StoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("syncing", folder) }
    }

    static func remove(_ path: String) throws(StoreError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("removing", path) }
    }

    /// The store's error for what `errno` says.
    static func failure(_ deed: String, _ path: String) -> StoreError {
        let number = errno
        let what = "\(deed) \(path) failed: \(String(cString: strerror(number)))"
        switch number {
        case ENOSPC, EDQUOT: return StoreError(.diskFull, "\(what); free some space and start again")
        case ENOENT, EACCES, EPERM, EROFS, ENOTDIR, EISDIR:
            return StoreError(.unusable, "\(what); check that the folder exists and can be written")
        default: return StoreError(.inputOutput, "\(what); start again from the log")
        }
    }
}
