import Glibc
import Logging
import Node
import Synchronization
import Testing
import Tickets

/// Real programs: `sh` and `python3`.
@Suite(.timeLimit(.minutes(2)))
struct ExecHandlerTests {
    @Test(arguments: [
        (#"{"decision":"resolve","reply":"sent"}"#, Decision(.resolve(reply: "sent"))),
        (#" {"decision": "resolve"} "#, Decision(.resolve(reply: nil))),
        (
            #"{"decision":"pend","reply":"q","wakeAfterMs":500,"reason":"r","notes":["a","b"]}"#,
            Decision(
                .pend(reply: "q", onHold: false, wakeAfterMilliseconds: 500, reason: "r"), notes: ["a", "b"])
        ),
        (
            #"{"decision":"pend","onHold":true}"#,
            Decision(.pend(reply: nil, onHold: true, wakeAfterMilliseconds: nil, reason: ""))
        ),
        (#"{"decision":"escalate","note":"n"}"#, Decision(.escalate(note: "n", to: nil))),
        (#"{"decision":"escalate","note":"n","to":"vip"}"#, Decision(.escalate(note: "n", to: "vip"))),
        (
            #"{"decision":"escalate","note":"n","budgetMs":60000}"#,
            Decision(.escalate(note: "n", to: nil, budget: 60_000))
        ),
        (#"{"decision":"hand-back","note":"n"}"#, Decision(.handBack(note: "n"))),
        (#"{"decision":"release","reason":"r"}"#, Decision(.release(reason: "r", failed: false))),
        (
            #"{"decision":"release","reason":"r","failed":true}"#,
            Decision(.release(reason: "r", failed: true))
        ),
        (#"{"decision":"decline","reason":"r"}"#, Decision(.decline(reason: "r"))),
        (
            #"{"decision":"hand-back","note":"n","fields":[{"name":"device","value":"phone"}]}"#,
            Decision(.handBack(note: "n"), fields: [Field(name: "device", value: "phone")])
        ),
    ])
    func `each form of a decision is understood`(_ output: String, _ decision: Decision) async throws {
        let handler = shell("cat > /dev/null; printf '%s' \"$0\"", output)
        #expect(try await handler.work(.sample()) == decision)
    }

    @Test(arguments: [
        ("exit 0", nil), ("echo not my subject; echo more; exit 1", "not my subject"), ("exit 1", "declined"),
    ])
    func `a program that is asked takes an offer or says why not`(
        _ script: String, _ reason: String?
    )
        async throws
    {
        var handler = shell("exit 9")
        defer { unlink(handler.asker ?? "") }
        handler.asker = try program("cat | grep -q '\"offerMs\":30000' || exit 7; \(script)")
        var assignment = Assignment.sample()
        assignment.offerMilliseconds = 30_000
        #expect(handler.asksFirst)
        #expect(try await handler.ask(about: assignment) == reason)
    }

    @Test func `a program that fails when it is asked has not taken the offer`() async throws {
        var handler = shell("exit 0")
        defer { unlink(handler.asker ?? "") }
        handler.asker = try program("exit 2")
        await #expect(throws: ExecError.exited(code: 2)) { try await handler.ask(about: .sample()) }
    }

    /// A program of one line.
    private func program(_ script: String) throws -> String {
        let path = "/tmp/sb-asker-\(UInt64.random(in: 0 ... .max))"
        let file = try #require(fopen(path, "w"))
        fputs("#!/bin/sh\n\(script)\n", file)
        fclose(file)
        chmod(path, 0o700)
        return path
    }

    @Test func `a program gets the whole ticket as JSON`() async throws {
        var assignment = Assignment.sample(1_042, token: 3)
        assignment.fields = [Field(name: "order", value: "4711")]
        assignment.tags = ["vip"]
        assignment.lacking = ["device"]
        assignment.frames = ["line-one"]
        assignment.escalations = 1
        let script = """
            import json, sys
            t = json.load(sys.stdin)
            assert sys.stdin.read() == ""
            e = t["entries"][0]
            print(json.dumps({"decision": "hand-back", "note": "|".join(map(str, [
                t["number"], t["token"], t["line"], t["channel"], t["customer"], t["kind"], t["priority"],
                t["tags"], t["fields"][0]["name"], t["fields"][0]["value"], t["lacking"],
                t["lastMessage"], t["frames"], t["isEscalated"], t["isHandedBack"], t["owner"], t["failures"],
                e["number"], e["kind"], e["at"], e["text"]]))}))
            """
        let handler = ExecHandler(program: "python3", arguments: ["-c", script], logger: quiet)
        let note =
            "1042|3|line-one|mail|ann@example.org|track_order|normal|['vip']|order|4711|['device']|1|['line-one']"
            + "|True|False|None|0|1|message|2023-11-14T22:13:20.000Z|I wait for \"order\" 4711 — где он?"
        #expect(try await handler.work(assignment) == Decision(.handBack(note: note)))
    }

    @Test func `a ticket that is larger than any pipe gets through`() async throws {
        var assignment = Assignment.sample()
        assignment.entries[0].text = String(repeating: "x", count: 900_000)
        let handler = ExecHandler(
            program: "python3",
            arguments: [
                "-c",
                "import json,sys; t=json.load(sys.stdin); "
                    + "print(json.dumps({'decision':'decline','reason':str(len(t['entries'][0]['text']))}))",
            ], logger: quiet)
        #expect(try await handler.work(assignment) == Decision(.decline(reason: "900000")))
    }

    @Test func `a program that does not read its input harms nobody`() async throws {
        var assignment = Assignment.sample()
        assignment.entries[0].text = String(repeating: "x", count: 900_000)
        let handler = shell("exec < /dev/null; printf '%s' \"$0\"", #"{"decision":"resolve"}"#)
        #expect(try await handler.work(assignment) == Decision(.resolve(reply: nil)))
    }

    @Test(arguments: [
        ("exit 3", ExecError.exited(code: 3)),
        ("kill -SEGV $$", .signalled(signal: SIGSEGV)),
        (#"printf '{"decision":"resolve"}'; exit 1"#, .exited(code: 1)),
        ("true", .noDecision("there is none")),
        ("echo nonsense", .noDecision("it is no JSON object")),
        ("echo '[]'", .noDecision("it is no JSON object")),
        (#"printf '{"decision":"resolve"} x'"#, .noDecision("it is no JSON object")),
        (#"printf '{"reply":"x"}'"#, .noDecision("`decision` is missing")),
        (#"printf '{"decision":"explode"}'"#, .noDecision("`decision` has no value that is known")),
        (#"printf '{"decision":"escalate"}'"#, .noDecision("`note` is missing")),
        (#"printf '{"decision":"hand-back","note":5}'"#, .noDecision("`note` is of the wrong type")),
        (
            #"printf '{"decision":"escalate","note":"n","budgetMs":0}'"#,
            .noDecision("`budgetMs` is a number of milliseconds above 0")
        ),
        (
            #"printf '{"decision":"escalate","note":"n","to":"no name"}'"#,
            .noDecision("`to` is no name of a line")
        ),
        (
            #"printf '{"decision":"resolve","repy":"x"}'"#,
            .noDecision("`resolve` takes no key but decision, fields, notes, reply")
        ),
        (#"printf '{"decision":"resolve","reply":"\377"}'"#, .noDecision("it is not UTF-8")),
    ])
    func `what comes to nothing says why`(_ script: String, _ expected: ExecError) async {
        let error = await #expect(throws: ExecError.self) { try await shell(script).work(.sample()) }
        #expect(error == expected)
    }

    @Test func `a program that is not there is not found`() async {
        for program in ["switchboard-no-such-program", "/no/such/program"] {
            let handler = ExecHandler(program: program, logger: quiet)
            let error = await #expect(throws: ExecError.self) { try await handler.work(.sample()) }
            switch error {
            case .notFound(program), .notStarted(program, _): break
            default: Issue.record("\(String(describing: error))")
            }
            #expect(error?.isOutage == true, "the ticket is not to blame")
            #expect(handler.obstacle()?.contains(program) == true)
        }
        #expect(!ExecError.exited(code: 1).isOutage && !ExecError.timedOut(milliseconds: 1).isOutage)
    }

    @Test func `what stands in a program's way is seen before it is started`() throws {
        var handler = shell("exit 0")
        #expect(handler.obstacle() == nil)
        handler.asker = try program("exit 0")
        defer { unlink(handler.asker ?? "") }
        #expect(handler.obstacle() == nil)
        chmod(handler.asker ?? "", 0o600)
        #expect(handler.obstacle()?.contains("may not be run") == true)
        handler = ExecHandler(program: "/tmp", logger: quiet)
        #expect(handler.obstacle() == "the program /tmp is no file")
    }

    @Test func `a program whose interpreter is gone cannot be started, and that is no ticket's fault`()
        async throws
    {
        let path = try program("exit 0")
        defer { unlink(path) }
        let file = try #require(fopen(path, "w"))
        fputs("#!/no/such/interpreter\n", file)
        fclose(file)
        let handler = ExecHandler(program: path, logger: quiet)
        #expect(handler.obstacle() == nil, "it looks as if it could be run")
        let error = await #expect(throws: ExecError.self) { try await handler.work(.sample()) }
        #expect(error?.isOutage == true, "\(String(describing: error))")
    }

    @Test func `a program that writes without an end is stopped`() async {
        let error = await #expect(throws: ExecError.self) { try await shell("yes").work(.sample()) }
        #expect(error == .outputTooLong(bytesMax: 1_048_576))
    }

    @Test func `a program that does not end in time is stopped, and so is what it started`() async throws {
        // Its own number and its child's go to a file, because its output is not to be seen.
        let file = "/tmp/switchboard-exec-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(file) }
        var handler = shell("echo $$ > \"$0\"; sleep 1000 & echo $! >> \"$0\"; wait", file)
        handler.timeoutMilliseconds = 5_000
        let error = await #expect(throws: ExecError.self) { try await handler.work(.sample()) }
        #expect(error == .timedOut(milliseconds: 5_000))
        for process in try processes(in: file) { #expect(await isGone(process)) }
    }

    @Test func `a program that ignores SIGTERM is killed`() async throws {
        let file = "/tmp/switchboard-exec-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(file) }
        var handler = shell("trap '' TERM; echo $$ > \"$0\"; while :; do sleep 0.05; done", file)
        handler.timeoutMilliseconds = 5_000
        handler.killAfterMilliseconds = 200
        let error = await #expect(throws: ExecError.self) { try await handler.work(.sample()) }
        #expect(error == .timedOut(milliseconds: 5_000))
        for process in try processes(in: file) { #expect(await isGone(process)) }
    }

    @Test func `work that is cancelled stops its program`() async throws {
        let file = "/tmp/switchboard-exec-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(file) }
        let handler = shell("echo $$ > \"$0\"; exec sleep 1000", file)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await Result { try await handler.work(.sample()) } }
            while isEmpty(file) { await pause() }
            group.cancelAll()
        }
        for process in try processes(in: file) { #expect(await isGone(process)) }
    }

    @Test func `a child that keeps the output open does not hold up the decision`() async throws {
        let clock = ContinuousClock.now
        let handler = shell("sleep 20 & printf '%s' \"$0\"", #"{"decision":"resolve"}"#)
        #expect(try await handler.work(.sample()) == Decision(.resolve(reply: nil)))
        #expect(ContinuousClock.now - clock < .seconds(15))
    }

    @Test func `its standard error goes to the log, the first 16 KiB, and holds up nothing`() async throws {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in lines }
        logger.logLevel = .debug
        var handler = ExecHandler(
            program: "sh",
            arguments: [
                "-c", "echo beginning >&2; head -c 500000 /dev/zero | tr '\\0' x >&2; printf '%s' \"$0\"",
                #"{"decision":"resolve"}"#,
            ], logger: logger)
        handler.timeoutMilliseconds = 30_000
        #expect(try await handler.work(.sample()) == Decision(.resolve(reply: nil)))
        let logged = lines.all.withLock { $0 }
        #expect(logged.count == 1)
        #expect(logged.first?.hasPrefix("beginning\nxxx") == true)
        #expect(logged.first?.utf8.count == 16_384)
    }

    @Test func `many programs run at a time`() async throws {
        let handler = shell("cat > /dev/null; printf '%s' \"$0\"", #"{"decision":"resolve"}"#)
        try await withThrowingTaskGroup(of: Decision.self) { group in
            for number in 1...40 as ClosedRange<UInt64> {
                group.addTask { try await handler.work(.sample(number)) }
            }
            for try await decision in group { #expect(decision == Decision(.resolve(reply: nil))) }
        }
    }

    private var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    private func shell(_ script: String, _ argument: String = "") -> ExecHandler {
        ExecHandler(program: "sh", arguments: ["-c", script, argument], logger: quiet)
    }

    private func processes(in file: String) throws -> [pid_t] {
        let stream = try #require(fopen(file, "r"))
        defer { fclose(stream) }
        var processes: [pid_t] = []
        var line = [CChar](repeating: 0, count: 64)
        while fgets(&line, 64, stream) != nil { processes.append(pid_t(atoi(line))) }
        try #require(!processes.isEmpty)
        return processes
    }

    /// Whether the process ends soon: the kernel takes a moment, and tells only its parent when it is done.
    private func isGone(_ process: pid_t) async -> Bool {
        for _ in 0..<1_000 {
            if kill(process, 0) != 0 || isZombie(process) { return true }
            await pause()
        }
        return false
    }

    private func pause() async {
        do {
            // No signal can exist: what is waited for is done by a process that is not our child.
            try await Task.sleep(for: .milliseconds(5))
        } catch {
            // Cancelled: the caller looks once more and ends.
        }
    }

    /// Whether nothing was written to a file yet.
    private func isEmpty(_ file: String) -> Bool {
        var status = stat()
        return stat(file, &status) != 0 || status.st_size == 0
    }

    private func isZombie(_ process: pid_t) -> Bool {
        guard let stream = fopen("/proc/\(process)/stat", "r") else { return true }
        defer { fclose(stream) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, stream) != nil else { return true }
        return String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z")
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// Keeps what programs wrote.
private final class Lines: LogHandler, Sendable {
    let all = Mutex<[String]>([])

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        guard case .string(let text)? = event.metadata?["stderr"] else { return }
        all.withLock { $0.append(text) }
    }
}
