import Glibc
import Storage

/// The file of a snapshot while it is written. It gets its final name only when all of it is on disk, so that a
/// crash leaves the whole file or none.
final class SnapshotDraft: SnapshotOutput {
    private let path: String
    private let draft: String
    private let descriptor: CInt

    init(path: String) throws(StoreError) {
        self.path = path
        draft = path + ".draft"
        descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("making", draft) }
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
            guard count > 0 else { throw Files.failure("writing", draft) }
            written += count
        }
    }

    func publish(in folder: String) throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw Files.failure("syncing", draft) }
        guard rename(draft, path) == 0 else { throw Files.failure("renaming", draft) }
        try Files.sync(folder: folder)
    }
}

/// A snapshot's file while it is read.
final class SnapshotFile: SnapshotInput {
    private(set) var rest: Int
    private let path: String
    private let descriptor: CInt

    init(path: String) throws(StoreError) {
        self.path = path
        rest = Int(Files.size(path) ?? 0)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.failure("opening", path) }
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
            guard count >= 0 else { throw Files.failure("reading", path) }
            guard count > 0 else { throw StoreError(.corrupt, "\(path) became shorter while it was read") }
            filled += count
        }
        rest -= filled
    }
}
