import Foundation
import Rig

/// A process that the rig started, known by its pid.
///
/// By `posix_spawn` and `waitpid`: Foundation's `Process` does not notice the end of its children where the rig is the
/// first process of a namespace (Swift 6.3).
final class Spawned {
    let name: String
    let pid: pid_t
    /// Its exit code, or 128 and the signal that ended it; nil while it runs.
    private var code: Int32?

    /// Starts a program that is found in `PATH`. What it says goes to the ends of the files, or nowhere, or, when it is
    /// not silent, to where the rig's own words go.
    init(
        _ name: String, _ words: [String], output: String? = nil, log: String? = nil, isSilent: Bool = true,
        environment: [String: String] = [:]
    ) throws {
        self.name = name
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let writing = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if isSilent {
            posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", writing, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, log ?? "/dev/null", writing, 0o600)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What the rig ignores, its children need not; and Ctrl-C is for the rig alone.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments = words.map { strdup($0) } + [nil]
        var variables = all.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &variables)
        guard status == 0 else {
            throw RigError("\(words[0]) cannot be started: \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    var isRunning: Bool {
        look(WNOHANG)
        return code == nil
    }

    /// - Returns: Its exit code, or 128 and the signal that ended it.
    func wait() -> Int32 {
        while code == nil { look(0) }
        return code ?? 0
    }

    func signal(_ number: Int32) {
        guard isRunning else { return }
        Foundation.kill(pid, number)
    }

    /// Ends it with SIGKILL and waits until it is gone.
    func kill() {
        signal(SIGKILL)
        _ = wait()
    }

    private func look(_ options: Int32) {
        guard code == nil else { return }
        var status: Int32 = 0
        guard waitpid(pid, &status, options) == pid else { return }
        // The macros of <sys/wait.h>.
        let signal = status & 0x7F
        code = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Runs a program to its end.
    static func run(_ words: [String], environment: [String: String] = [:]) throws -> Ended {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        let (output, log) = (base + ".out", base + ".err")
        defer {
            unlink(output)
            unlink(log)
        }
        let process = try Spawned(words[0], words, output: output, log: log, environment: environment)
        let code = process.wait()
        return Ended(exitCode: code, output: try content(of: output), errors: try content(of: log))
    }
}

/// A program that was run to its end.
struct Ended {
    var exitCode: Int32
    var output: String
    var errors: String

    /// The object on its standard output.
    func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            throw RigError("not one JSON object: \(output.prefix(200)) \(errors.prefix(200))")
        }
        return object
    }
}

/// The whole of a file.
func content(of path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
}
