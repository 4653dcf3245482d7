import Glibc

/// The file `audit.jsonl` and the ones before it: lines that are only ever added, for their owner alone.
///
/// Processes may append at the same time. It keeps to a bound: at ``bytesMax`` the file becomes `audit.1.jsonl`, and
/// the oldest of ``filesMax`` is deleted.
package struct AuditFile: Sendable {
    package static let bytesMax = 8 << 20
    package static let filesMax = 4

    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// Of the newest file, 0, and those before it.
    package func path(_ age: Int) -> String { "\(folder)/audit\(age == 0 ? "" : ".\(age)").jsonl" }

    /// Adds lines, each tied to the one before it: see ``AuditChain``. They are with the kernel then: a killed process
    /// loses none, a machine without power some.
    ///
    /// - Parameter objects: JSON objects without a line's end.
    /// - Throws: Which call the system refused.
    package func append(_ objects: [String]) throws(KeyError) {
        let (descriptor, size) = try openLocked()
        defer { close(descriptor) }
        var chain = try AuditChain(after: lastTie(descriptor, size))
        var lines = objects.map { chain.tie($0) + "\n" }
        // What was cut off by a lack of power stays a line of its own.
        if size > 0, try tail(descriptor, size, 1) != [UInt8(ascii: "\n")] { lines.insert("\n", at: 0) }
        var rest = Array(lines.joined().utf8)[...]
        let count = rest.count
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .inputOutput(path: path(0), call: "write", errno: errno) }
            rest = rest.dropFirst(count)
        }
        if size + count > Self.bytesMax { turn() }
    }

    /// The newest file, which nobody else writes to until it is closed, and its bytes.
    private func openLocked() throws(KeyError) -> (descriptor: Int32, size: Int) {
        let path = path(0)
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw .inputOutput(path: path, call: "open", errno: errno) }
            var (status, named) = (stat(), stat())
            var isLocked = flock(descriptor, LOCK_EX) == 0
            while !isLocked, errno == EINTR { isLocked = flock(descriptor, LOCK_EX) == 0 }
            guard isLocked, fstat(descriptor, &status) == 0,
                status.st_mode & 0o777 == 0o600 || fchmod(descriptor, 0o600) == 0
            else {
                let error = errno
                close(descriptor)
                throw .inputOutput(path: path, call: "fchmod", errno: error)
            }
            // Whoever had it before may have begun a new one.
            if stat(path, &named) == 0, named.st_ino == status.st_ino {
                return (descriptor, Int(status.st_size))
            }
            close(descriptor)
        }
    }

    /// The tie of the last line that has one, in this file or the one before; empty when there is none.
    private func lastTie(_ descriptor: Int32, _ size: Int) throws(KeyError) -> String {
        if let tie = Self.tie(in: try tail(descriptor, size, Self.tailBytes)) { return tie }
        let before = open(path(1), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard before >= 0 else { return "" }
        defer { close(before) }
        let end = Int(lseek(before, 0, SEEK_END))
        return Self.tie(in: try tail(before, max(end, 0), Self.tailBytes)) ?? ""
    }

    /// No line of ours is longer.
    private static let tailBytes = 256 << 10

    private static func tie(in bytes: [UInt8]) -> String? {
        for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
            if let (_, digest) = AuditChain.untie(String(decoding: line, as: UTF8.self)) { return digest }
        }
        return nil
    }

    private func tail(_ descriptor: Int32, _ size: Int, _ most: Int) throws(KeyError) -> [UInt8] {
        let wanted = min(size, most)
        var bytes = [UInt8](repeating: 0, count: wanted)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, size - wanted) }
        guard count >= 0 else { throw .inputOutput(path: path(0), call: "pread", errno: errno) }
        return Array(bytes.prefix(count))
    }

    /// A new file is begun. What cannot be renamed goes on growing, and is tried again with the next line.
    private func turn() {
        for age in (0..<Self.filesMax - 1).reversed() { rename(path(age), path(age + 1)) }
    }
}
