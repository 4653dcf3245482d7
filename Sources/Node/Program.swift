import Glibc

/// A program as somebody names it: a path, or a name to be found in `PATH`.
enum Program {
    /// Why it cannot be run, as far as a look tells; nil when it can.
    static func obstacle(_ program: String) -> String? {
        if program.utf8.contains(UInt8(ascii: "/")) { return obstacle(path: program) }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let paths = folders.split(separator: ":").map { "\($0)/\(program)" }
        guard !paths.contains(where: { obstacle(path: $0) == nil }) else { return nil }
        return "the program \(program) is in no folder of PATH"
    }

    private static func obstacle(path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR
                ? "the program \(path) does not exist"
                : "the program \(path) cannot be looked at, \(String(cString: strerror(errno)))"
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return "the program \(path) is no file" }
        guard access(path, X_OK) == 0 else {
            return "the program \(path) may not be run by this user"
        }
        return nil
    }
}
