import Glibc

/// Keeps a second `up` away from a data folder. The kernel frees it when the process ends, however it ends.
final class UpLock: Sendable {
    private let descriptor: CInt

    init(_ folder: DataFolder) throws {
        let path = "\(folder.path)/up.lock"
        // Not inherited by the children: one that outlives this process would keep the lock.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .cannotCreate,
                "\(path) cannot be made, \(String(cString: strerror(errno))): choose another folder with --data"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw Failure(
                .unavailable,
                "\(folder.path) is served by `switchboard up` in \(holder): end that one first, or choose another folder with --data"
            )
        }
        let line = "\(getpid())\n"
        // The number only helps a person; the lock holds without it.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, line, line.utf8.count, 0)
    }

    deinit {
        close(descriptor)
    }

    private static func holder(_ descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "another process" : "process \(String(decoding: digits, as: UTF8.self))"
    }
}
