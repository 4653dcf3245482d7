import Glibc
import Storage

/// A file of the machine's disk while it is written.
final class SystemOutput: DiskOutput {
    private let path: String
    private let descriptor: CInt

    init(_ path: String) throws(StoreError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemDisk.failure("making", path) }
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(
                descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemDisk.failure("writing", path) }
            written += count
        }
    }

    func sync() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw SystemDisk.failure("syncing", path) }
    }
}

/// A file of the machine's disk while it is read.
final class SystemInput: DiskInput {
    private(set) var rest: Int
    private let path: String
    private let descriptor: CInt

    init(_ path: String, rest: Int) throws(StoreError) {
        self.path = path
        self.rest = rest
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemDisk.failure("opening", path) }
    }

    deinit {
        close(descriptor)
    }

    func read(into memory: UnsafeMutableRawBufferPointer) throws(StoreError) {
        var filled = 0
        while filled < memory.count {
            let count = Glibc.read(
                descriptor, memory.baseAddress?.advanced(by: filled), memory.count - filled)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemDisk.failure("reading", path) }
            guard count > 0 else { throw StoreError(.corrupt, "\(path) became shorter while it was read") }
            filled += count
        }
        rest -= filled
    }
}
