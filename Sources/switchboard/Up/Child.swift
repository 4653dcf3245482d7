import Client
import Foundation
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// One role as a process of this same executable: started, watched, started again when it dies.
final class Child: Sendable {
    private struct State {
        var isStopping = false
        var isOver = false
        /// What followed `ready`; nil while it does not serve.
        var readyLine: String?
        var wasReady = false
        var pid: pid_t?
        var restarts = 0
        /// Asks the process that runs now to drain.
        var terminate: (@Sendable () -> Void)?
    }

    let name: String
    private let role: String
    private let configPath: String
    private let logPath: String
    private let executable: String
    private let state = Mutex(State())

    /// `role` is the subcommand; its file is at `configPath`.
    init(name: String, role: String, configPath: String, logPath: String, executable: String) {
        self.name = name
        self.role = role
        self.configPath = configPath
        self.logPath = logPath
        self.executable = executable
    }

    var readyLine: String? { state.withLock { $0.readyLine } }
    var isOver: Bool { state.withLock { $0.isOver } }
    var restarts: Int { state.withLock { $0.restarts } }
    var pid: pid_t? { state.withLock { $0.pid } }

    /// Lets it drain, and not start again.
    func stop() {
        let terminate = state.withLock { state in
            state.isStopping = true
            return state.terminate
        }
        terminate?()
    }

    /// Runs it until ``stop()``.
    ///
    /// - Throws: ``Failure`` when it cannot serve at all, so that starting it again would not help.
    func supervise() async throws {
        defer { state.withLock { $0.isOver = true } }
        var pause: Int64 = 500
        while !isStopping {
            let started = MonotonicTime.milliseconds
            let status = try await runOnce()
            guard !isStopping else { return }
            if case .exited(let code) = status, !state.withLock({ $0.wasReady }),
                Self.finalCodes.contains(code)
            {
                throw Failure(
                    ExitStatus(rawValue: code) ?? .inputOutput, "\(name) does not start: \(lastWords)")
            }
            if MonotonicTime.milliseconds - started > 30_000 { pause = 500 }
            UpDisplay.note(
                "\(name) \(Self.words(status)); starting it again in \(spanText(milliseconds: UInt64(pause)))"
            )
            try await sleepUnlessStopped(pause)
            pause = min(2 * pause, 30_000)
            state.withLock { $0.restarts += 1 }
        }
    }

    /// Exit codes that another start will not change.
    private static let finalCodes: Set<CInt> = Set(
        [ExitStatus.refused, .usage, .noInput, .unavailable, .cannotCreate, .inputOutput, .notPermitted].map(
            \.rawValue))

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func runOnce() async throws -> TerminationStatus {
        rotateLog()
        let log = try FileDescriptor.open(
            FilePath(logPath), .writeOnly, options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite])
        var options = PlatformOptions()
        // A Ctrl-C at the terminal is for `up` alone, which drains in the right order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(15))]
        defer { state.withLock { ($0.readyLine, $0.terminate, $0.pid) = (nil, nil, nil) } }
        let result = try await run(
            .path(FilePath(executable)), arguments: [role, "--config", configPath, "--exit-with-parent"],
            platformOptions: options, input: .none, output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            let isStopping = state.withLock { state in
                state.pid = execution.processIdentifier.value
                state.terminate = {
                    do {
                        try execution.send(signal: .terminate)
                    } catch {
                        // It has ended already, which is what was asked for.
                    }
                }
                return state.isStopping
            }
            if isStopping { state.withLock { $0.terminate }?() }
            for try await line in execution.standardOutput.strings() { take(line) }
        }
        return result.terminationStatus
    }

    private func take(_ line: String) {
        let line = line.trimmingCharacters(in: .newlines)
        guard line.hasPrefix("ready ") else { return }
        state.withLock { state in
            state.readyLine = String(line.dropFirst(6))
            state.wasReady = true
        }
    }

    private func sleepUnlessStopped(_ milliseconds: Int64) async throws {
        let end = MonotonicTime.milliseconds + milliseconds
        while !isStopping, MonotonicTime.milliseconds < end { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Keeps the log of an earlier day from growing for ever.
    private func rotateLog() {
        var status = stat()
        guard stat(logPath, &status) == 0, status.st_size > 16 << 20 else { return }
        rename(logPath, "\(logPath).old")
    }

    /// The last line of its log, without the time and the like.
    private var lastWords: String {
        let text: String
        do {
            text = try TextFile.read(logPath)
        } catch {
            return "see \(logPath)"
        }
        let line = text.split(separator: "\n").last.map(String.init) ?? ""
        for mark in ["ended: ", "switchboard: "] {
            if let range = line.range(of: mark) { return String(line[range.upperBound...]) }
        }
        return "see \(logPath)"
    }

    private static func words(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "ended with exit code \(code)"
        case .signaled(let signal): "was killed by signal \(signal)"
        }
    }
}
