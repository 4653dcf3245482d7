import Foundation
import Glibc
package import Storage

/// The machine's disk, through calls of the operating system, with its errors as the store's.
package struct SystemDisk: Disk {
    package init() {}

    package func database(_ path: String, isImmutable: Bool) -> String {
        guard isImmutable else { return path }
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return "file:\(escaped)?immutable=1"
    }

    package func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    package func identity(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    package func freeBytes(of folder: String) throws(StoreError) -> UInt64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            throw Self.failure("asking for the free space of", folder)
        }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return overflow ? .max : bytes
    }

    package func names(in folder: String) throws(StoreError) -> [String] {
        guard exists(folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw StoreError(.unusable, "the folder \(folder) cannot be read; check its permissions")
        }
    }

    package func addFolder(_ path: String) throws(StoreError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Self.failure("making the folder", path)
        }
    }

    package func sync(folder: String) throws(StoreError) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("opening", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("syncing", folder) }
    }

    package func remove(_ path: String) throws(StoreError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure("removing", path) }
    }

    package func rename(_ path: String, to new: String) throws(StoreError) {
        guard Glibc.rename(path, new) == 0 else { throw Self.failure("renaming", path) }
    }

    package func lock(_ path: String, of thing: String) throws(StoreError) -> any AnyObject {
        try FileLock(path, of: thing)
    }

    package func create(_ path: String) throws(StoreError) -> any DiskOutput {
        try SystemOutput(path)
    }

    package func open(_ path: String) throws(StoreError) -> any DiskInput {
        try SystemInput(path, rest: Int(size(path) ?? 0))
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
