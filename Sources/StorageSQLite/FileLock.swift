import Glibc
import Storage

/// Keeps every other process, and every other writer in this one, away from something.
///
/// The operating system lets go of it when the process ends, however it ends. Held for this object's life.
final class FileLock {
    private let descriptor: CInt

    /// Takes the lock; `thing` is what it is of, for the message.
    ///
    /// - Throws: `inUse` when somebody has it, with the process's number if it can be read.
    init(_ path: String, of thing: String) throws(StoreError) {
        // Not inherited by child processes: one that outlives its parent would keep the lock.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemDisk.failure("opening", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let failure = SystemDisk.failure("locking", path)
            let holder = Self.holder(of: descriptor)
            close(descriptor)
            guard isTaken else { throw failure }
            throw StoreError(
                .inUse, "\(thing) is open in \(holder); stop that first, or use another folder")
        }
        let line = "\(getpid())\n"
        // The number only helps a person; the lock holds without it.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, line, line.utf8.count, 0)
    }

    deinit {
        close(descriptor)
    }

    private static func holder(of descriptor: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "another process" : "process \(String(decoding: digits, as: UTF8.self))"
    }
}
