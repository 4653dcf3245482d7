import Client
package import Logging
import Subprocess
import SystemPackage

/// Works tickets with a program: any language, one process a ticket.
///
/// The program gets the ticket as one JSON object on its standard input (UTF-8), then the end of the file:
///
///     {"number": 1042, "token": 3, "line": "line-one", "channel": "mail", "customer": "ann@example.org",
///      "subject": "…", "kind": "cancel_order", "priority": "normal", "tags": ["vip"],
///      "fields": [{"name": "order", "value": "4711"}], "lacking": ["device"],
///      "entries": [{"number": 1, "kind": "message", "author": "…", "at": "2026-11-22T04:30:00.000Z", "text": "…"}],
///      "lastMessage": 1, "frames": [], "isEscalated": false, "isHandedBack": false, "owner": null, "failures": 0,
///      "offerMs": null}
///
/// `kind`, `owner` and `offerMs` may be null. `lacking` are fields that the ticket's kind asks for and nobody gave: it can
/// be escalated when they are filled in. An entry's kind is `message`, `reply` or `note`; notes are internal and
/// must not reach the customer. The program answers with one JSON object on its standard output and exit code
/// 0:
///
///     {"decision": "resolve", "reply": "…"}                       reply is optional: solved without one
///     {"decision": "pend", "reply": "…", "onHold": false, "wakeAfterMs": 3600000, "reason": "…"}
///                                                                 all four are optional
///     {"decision": "escalate", "note": "…", "to": "line-two", "budgetMs": 14400000}
///                                                                 to is optional: the next line; budgetMs is how
///                                                                 much business time it is given for this
///     {"decision": "hand-back", "note": "…"}
///     {"decision": "release", "reason": "…", "failed": false}     failed is optional
///     {"decision": "decline", "reason": "…"}
///
/// Each may have `"notes": ["…", …]`, internal notes that are left first, and `"fields": [{"name": "…", "value": "…"}]`,
/// which are filled in before them: what a kind's checklist asks for, say. Other keys are refused, so that a
/// typing error cannot solve a ticket without its reply. What the program writes to its standard error goes
/// to the log at debug level, the first 16 KiB of it.
///
/// On a line with offers, a second program may be asked first (``asker``). It gets the same object, `offerMs` being the
/// time that it has. Exit code 0 accepts the ticket, and the first program is started; 1 declines it, for the reason
/// that it wrote to its standard output. When the time is over before, the ticket is somebody else's, and this node gets
/// no more until it says that somebody is back.
///
/// A crash, another exit code, no decision, more than 1 MiB of output, or no end within the timeout release
/// the ticket as failed. A program that cannot be started at all is no fault of the ticket: it goes back as it came, and
/// the node takes no more until the program is there again. A program that has to be stopped gets SIGTERM and, when it is
/// still there some time later, SIGKILL, it and every process of the group that it leads.
package struct ExecHandler: Handler {
    package static let outputBytesMax = 1_048_576
    package static let errorBytesMax = 16_384

    /// A path, or a name to be found in `PATH`.
    package var program: String
    package var arguments: [String]
    package var timeoutMilliseconds: Int64
    /// Between SIGTERM and SIGKILL.
    package var killAfterMilliseconds: Int64 = 2_000
    /// Says whether somebody takes an offered ticket; nil: whatever is offered is taken.
    package var asker: String?
    private let logger: Logger

    package init(
        program: String, arguments: [String] = [], timeoutMilliseconds: Int64 = 60_000, logger: Logger
    ) {
        self.program = program
        self.arguments = arguments
        self.timeoutMilliseconds = timeoutMilliseconds
        self.logger = logger
    }

    package var asksFirst: Bool { asker != nil }

    package func obstacle() -> String? {
        Program.obstacle(program) ?? asker.flatMap { Program.obstacle($0) }
    }

    /// - Throws: ``ExecError``.
    package func ask(about assignment: Assignment) async throws -> String? {
        guard let asker else { return nil }
        // The desk says when the time is over, and then this is cancelled.
        let outcome = try await run(asker, [], on: assignment, timeoutMilliseconds: nil)
        switch outcome.status {
        case .exited(0): return nil
        case .exited(1):
            let text = String(decoding: outcome.output.prefix(1_024), as: UTF8.self)
            return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "declined"
        case .exited(let code): throw ExecError.exited(code: code)
        case .signaled(let signal): throw ExecError.signalled(signal: signal)
        }
    }

    /// - Throws: ``ExecError``.
    package func work(_ assignment: Assignment) async throws -> Decision {
        let outcome = try await run(
            program, arguments, on: assignment, timeoutMilliseconds: timeoutMilliseconds)
        switch outcome.status {
        case .exited(0): break
        case .exited(let code): throw ExecError.exited(code: code)
        case .signaled(let signal): throw ExecError.signalled(signal: signal)
        }
        return try ExecDecision.parse(outcome.output)
    }

    private func run(
        _ program: String, _ arguments: [String], on assignment: Assignment, timeoutMilliseconds: Int64?
    ) async throws -> Outcome {
        let input = try ExecTicket(assignment).json()
        let outcome = try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await run(program, arguments, input) }
            if let timeoutMilliseconds {
                group.addTask {
                    try await Task.sleep(for: .milliseconds(timeoutMilliseconds))
                    return nil
                }
            }
            defer { group.cancelAll() }
            do {
                guard let outcome = try await group.next() ?? nil else {
                    throw ExecError.timedOut(milliseconds: timeoutMilliseconds ?? 0)
                }
                return outcome
            } catch let error as SubprocessError {
                throw ExecError(error, program: program)
            }
        }
        log(outcome.errors, of: assignment)
        return outcome
    }

    private struct Outcome: Sendable {
        var status: TerminationStatus
        var output: [UInt8]
        var errors: [UInt8]
    }

    /// Runs the program to its end. Cancelled, it ends the program's process group first.
    private func run(
        _ program: String, _ arguments: [String], _ input: [UInt8]
    ) async throws -> Outcome {
        var options = PlatformOptions()
        // A group of its own, so that what the program started ends with it, and Ctrl-C at a terminal only
        // reaches the node, which then drains.
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(
                toProcessGroup: true, allowedDurationToNextStep: .milliseconds(killAfterMilliseconds))
        ]
        let executable: Executable =
            program.utf8.contains(UInt8(ascii: "/")) ? .path(FilePath(program)) : .name(program)
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), platformOptions: options,
            input: .fileDescriptor(try memory(holding: input, for: program), closeAfterSpawningProcess: true),
            output: .bytes(limit: Self.outputBytesMax), error: .sequence
        ) { execution in
            var errors: [UInt8] = []
            for try await buffer in execution.standardError {
                // Read to the end, so that a program that says much is not held up; kept up to the bound.
                let room = Self.errorBytesMax - errors.count
                buffer.withUnsafeBytes { errors += $0.prefix(room) }
            }
            return errors
        }
        return Outcome(
            status: result.terminationStatus, output: result.standardOutput, errors: result.closureResult)
    }

    private func memory(holding input: [UInt8], for program: String) throws(ExecError) -> FileDescriptor {
        do {
            return try MemoryFile.open(holding: input)
        } catch {
            throw .notStarted(program: program, reason: "there is no room for its input: \(error)")
        }
    }

    private func log(_ errors: [UInt8], of assignment: Assignment) {
        guard !errors.isEmpty, logger.logLevel <= .debug else { return }
        logger.debug(
            "the program wrote to its standard error",
            metadata: [
                "ticket": "\(assignment.number)", "token": "\(assignment.token)",
                "stderr": "\(String(decoding: errors, as: UTF8.self))",
            ])
    }
}
