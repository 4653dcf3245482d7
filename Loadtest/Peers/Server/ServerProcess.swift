import Glibc

/// A peer's server as a child process, in a folder of its own. Whoever starts it ends it.
final class ServerProcess {
    let pid: pid_t
    let folder: String
    private let name: String
    private let endSignal: Int32
    /// nil while it runs.
    private var status: Int32?

    /// Starts `arguments[0]` with its output in `folder/server.log`.
    ///
    /// Through setpriv(1), so that the kernel ends it when the thread that started it dies, and it runs as
    /// `user`: for programs that refuse to run as root; ignored unless we are root. The `endSignal` ends it
    /// quickly, because its data is not needed any more.
    init(
        _ arguments: [String], folder: String, user: String? = nil, environment: [String: String] = [:],
        endSignal: Int32 = SIGKILL
    ) throws(PeerError) {
        self.folder = folder
        self.endSignal = endSignal
        name = Program.lastPart(of: arguments[0])
        let deathSignal = endSignal == SIGQUIT ? "QUIT" : "KILL"
        var command = ["/usr/bin/setpriv", "--pdeathsig", deathSignal]
        if let user, getuid() == 0 { command += ["--reuid", user, "--regid", user, "--clear-groups"] }
        pid = try Self.spawn(command + arguments, log: folder + "/server.log", environment: environment)
    }

    deinit { end() }

    /// Waits for a program that ends by itself, such as one that fills a data folder.
    func waitForEnd(within milliseconds: Int64) throws(PeerError) {
        let deadline = Monotonic.milliseconds + milliseconds
        while isRunning {
            guard Monotonic.milliseconds < deadline else {
                throw PeerError("\(name) did not end\(lastWords)")
            }
            usleep(5_000)
        }
        guard status == 0 else { throw PeerError("\(name) failed with status \(status ?? -1)\(lastWords)") }
    }

    /// What a program that ends by itself writes; also when it fails, because then that says why.
    static func output(of arguments: [String], in folder: PeerFolder) throws(PeerError) -> String {
        let name = Program.lastPart(of: arguments[0]) + ".output"
        let process = try ServerProcess(arguments, folder: try folder.make(name))
        do throws(PeerError) {
            try process.waitForEnd(within: 10_000)
        } catch {
            return "\(error)"
        }
        return PeerFolder.text(of: process.folder + "/server.log")
    }

    /// Asks again and again until `check` gives a value; it gives nil or throws while the server is not
    /// ready.
    func waitUntilReady<Value>(
        within milliseconds: Int64 = 60_000, _ check: () throws(PeerError) -> Value?
    ) throws(PeerError) -> Value {
        let deadline = Monotonic.milliseconds + milliseconds
        var last = PeerError("no answer")
        while true {
            do throws(PeerError) {
                if let value = try check() { return value }
            } catch {
                last = error
            }
            guard isRunning else { throw PeerError("\(name) ended while starting\(lastWords)") }
            guard Monotonic.milliseconds < deadline else {
                throw PeerError("\(name) was not ready within \(milliseconds / 1_000) s: \(last)\(lastWords)")
            }
            usleep(10_000)
        }
    }

    private var isRunning: Bool {
        guard status == nil else { return false }
        var code: Int32 = 0
        guard waitpid(pid, &code, WNOHANG) == pid else { return true }
        status = code
        return false
    }

    /// Ends it by its pid and waits until it is gone. Nothing happens when it has ended already.
    func end() {
        guard isRunning else { return }
        kill(pid, endSignal)
        let deadline = Monotonic.milliseconds + 10_000
        while isRunning {
            if Monotonic.milliseconds > deadline { kill(pid, SIGKILL) }
            usleep(2_000)
        }
    }

    private var lastWords: String {
        let log = PeerFolder.text(of: folder + "/server.log")
        let lines = log.split(separator: "\n").suffix(5).joined(separator: " | ")
        return lines.isEmpty ? "" : "; its last words: \(lines)"
    }

    private static func spawn(
        _ arguments: [String], log: String, environment: [String: String]
    ) throws(PeerError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Locales and paths of the caller do not reach the servers, so that two machines measure alike.
        var variables = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
        ]
        variables.merge(environment) { $1 }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, arguments[0], &actions, nil, &argv, &envp)
        guard code == 0 else {
            throw PeerError("cannot start \(arguments[0]): \(String(cString: strerror(code)))")
        }
        return pid
    }
}
