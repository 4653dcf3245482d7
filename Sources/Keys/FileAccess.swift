import Glibc

/// What identifies the content of a file that is only ever replaced as a whole.
struct FileStamp: Hashable, Sendable {
    var inode: UInt64
    var sizeBytes: Int64
    var changedNanoseconds: Int64
}

/// A small file as it was read.
struct FileContent {
    var text: String
    /// Permission bits.
    var mode: UInt32
    var stamp: FileStamp
}

/// The few calls with which keys are read and written: whole files, small ones, never half of one.
enum FileAccess {
    /// A list of some ten thousand keys; more is no file of ours.
    private static let bytesMax = 1_048_576

    /// Reads a file. Its mode is that of the very file that was read, not of one put in its place.
    static func read(_ path: String) throws(KeyError) -> FileContent {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing(path: path) : failure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= bytesMax else {
            throw .malformed(path: path, line: 0, what: "this is no file of keys")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= bytesMax {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("read", path) }
            bytes += buffer[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(path: path, line: 0, what: "the file is not UTF-8")
        }
        return FileContent(text: text, mode: status.st_mode & 0o777, stamp: stamp(status))
    }

    /// The stamp of a file without reading it.
    static func stamp(_ path: String) throws(KeyError) -> FileStamp {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT ? .missing(path: path) : failure("stat", path)
        }
        return stamp(status)
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Writes a file that must not be there yet: complete and on disk, or not at all.
    static func create(_ path: String, _ text: String, mode: mode_t) throws(KeyError) {
        let temporary = try write(beside: path, text, mode: mode)
        defer { unlink(temporary) }
        // A link, because a rename would replace what is there.
        guard link(temporary, path) == 0 else {
            throw errno == EEXIST ? .exists(path: path) : failure("link", path)
        }
        try synchronizeFolder(of: path)
    }

    /// Puts a new content in the place of a file, if there is one: readers see the old one or the new one.
    static func replace(_ path: String, _ text: String, mode: mode_t) throws(KeyError) {
        let temporary = try write(beside: path, text, mode: mode)
        guard rename(temporary, path) == 0 else {
            let error = failure("rename", path)
            unlink(temporary)
            throw error
        }
        try synchronizeFolder(of: path)
    }

    static func remove(_ path: String) throws(KeyError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
    }

    /// The paths of a folder's files whose names end so, in order.
    static func files(in path: String, suffix: String) throws(KeyError) -> [String] {
        guard let folder = opendir(path) else { throw failure("opendir", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.utf8.count > suffix.utf8.count, name.hasSuffix(suffix) { names.append("\(path)/\(name)") }
        }
        return names.sorted()
    }

    /// Makes a folder for its owner alone; one that exists is left as it is.
    static func makeFolder(_ path: String) throws(KeyError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
    }

    /// Runs `body` while no other process changes the folder's keys. The kernel frees the lock of a dead one.
    static func withLock<Value>(
        onFolder path: String, _ body: () throws(KeyError) -> Value
    ) throws(KeyError) -> Value {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing(path: path) : failure("open", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("flock", path) }
        }
        return try body()
    }

    private static func write(
        beside path: String, _ text: String, mode: mode_t
    ) throws(KeyError) -> String {
        let temporary = "\(path).\(getpid()).tmp"
        // What a killed process of the same number left; nobody reads it.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("open", temporary) }
        defer { close(descriptor) }
        do throws(KeyError) {
            try fill(descriptor, temporary, Array(text.utf8), mode: mode)
        } catch {
            unlink(temporary)
            throw error
        }
        return temporary
    }

    private static func fill(
        _ descriptor: CInt, _ path: String, _ bytes: [UInt8], mode: mode_t
    ) throws(KeyError) {
        // The umask may have taken bits away.
        guard fchmod(descriptor, mode) == 0 else { throw failure("fchmod", path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
    }

    /// Makes the name itself durable.
    private static func synchronizeFolder(of path: String) throws(KeyError) {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", folder) }
    }

    private static func stamp(_ status: stat) -> FileStamp {
        let changed = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        return FileStamp(
            inode: UInt64(status.st_ino), sizeBytes: Int64(status.st_size), changedNanoseconds: changed)
    }

    private static func failure(_ call: String, _ path: String) -> KeyError {
        .inputOutput(path: path, call: call, errno: errno)
    }
}
