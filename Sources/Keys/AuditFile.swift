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

    /// Adds whole lines. They are with the kernel then: a killed process loses none, a machine without power some.
    package func append(_ lines: [String]) throws(KeyError) {
        let path = path(0)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .inputOutput(path: path, call: "open", errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0,
            status.st_mode & 0o777 == 0o600 || fchmod(descriptor, 0o600) == 0
        else { throw .inputOutput(path: path, call: "fchmod", errno: errno) }
        // In one call, so that lines of two processes do not mix.
        var rest = Array(lines.map { $0 + "\n" }.joined().utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .inputOutput(path: path, call: "write", errno: errno) }
            rest = rest.dropFirst(count)
        }
        if Int(status.st_size) + lines.count > Self.bytesMax { turn() }
    }

    /// A new file is begun. What cannot be renamed goes on growing, and is tried again with the next line.
    private func turn() {
        for age in (0..<Self.filesMax - 1).reversed() { rename(path(age), path(age + 1)) }
    }
}
