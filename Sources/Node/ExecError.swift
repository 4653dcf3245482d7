import Subprocess

/// Why a program's work on a ticket came to nothing. Nothing that the program wrote is part of it.
package enum ExecError: OutageError, Hashable, CustomStringConvertible {
    case notFound(program: String)
    case notStarted(program: String, reason: String)
    /// It was started, and then nothing was heard of it.
    case lost(program: String, reason: String)
    case timedOut(milliseconds: Int64)
    case exited(code: CInt)
    case signalled(signal: CInt)
    case outputTooLong(bytesMax: Int)
    /// What it wrote is no decision; what is wrong with it.
    case noDecision(String)

    init(_ error: SubprocessError, program: String) {
        switch error.code {
        case .executableNotFound: self = .notFound(program: program)
        case .outputLimitExceeded: self = .outputTooLong(bytesMax: ExecHandler.outputBytesMax)
        case .spawnFailed, .failedToChangeWorkingDirectory:
            self = .notStarted(program: program, reason: "\(error)")
        default: self = .lost(program: program, reason: "\(error)")
        }
    }

    package var isOutage: Bool {
        switch self {
        case .notFound, .notStarted: true
        case .lost, .timedOut, .exited, .signalled, .outputTooLong, .noDecision: false
        }
    }

    package var description: String {
        switch self {
        case .notFound(let program): "the program \(program) was not found, or may not be run"
        case .notStarted(let program, let reason): "the program \(program) could not be run: \(reason)"
        case .lost(let program, let reason): "the program \(program) could not be followed: \(reason)"
        case .timedOut(let milliseconds): "the program did not end within \(milliseconds) ms and was stopped"
        case .exited(let code): "the program ended with exit code \(code)"
        case .signalled(let signal): "the program was ended by signal \(signal)"
        case .outputTooLong(let bytesMax): "the program wrote more than \(bytesMax) bytes"
        case .noDecision(let what): "the program's output is no decision: \(what)"
        }
    }
}
