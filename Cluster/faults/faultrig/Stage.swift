import Faults
import Foundation
import Keys
import Rig

/// The processes of a desk under test, each on its host, and what starts those again that end.
final class Stage {
    struct Member {
        var name: String
        var role: Role
        var host: Site
        var process: Spawned?
        /// Whether somebody means it to be away.
        var isHeldDown = false
        /// When it was seen to have ended; it is started again a moment later.
        var ended: Int64?
    }

    enum Role: Equatable {
        case broker
        case coordinator
        case node(line: String, viaProxy: Bool)
    }

    static let nodeNames = ["one-1", "one-2", "one-3", "two-1", "two-2"]
    static let brokerIndex = 0
    static let coordinatorIndex = 1

    let folder: String
    let disk: Disk
    let clock: Clock?
    let leaseMilliseconds: Int
    private let program: String
    private(set) var members: [Member]
    /// How often a process ended although nobody had ended it, by role and how.
    private(set) var endings: [String: Int] = [:]
    /// Processes that ended in a way that no fault excuses.
    private(set) var crashes: [String] = []

    /// Makes the keys, the disk and the clock; nothing runs yet. `program` is the `switchboard` to run.
    init(program: String, folder: String, leaseMilliseconds: Int, hasClock: Bool) throws {
        self.program = program
        self.folder = folder
        self.leaseMilliseconds = leaseMilliseconds
        try shell("mkdir -p '\(folder)/logs'")
        try KeyFolder("\(folder)/keys").create()
        disk = try Disk(in: folder, mebibytes: 256)
        clock = hasClock ? try Clock(in: folder) : nil
        try shell(
            "mkdir -m 700 '\(disk.folder)/desk' && cp -a '\(folder)/keys' '\(disk.folder)/desk/' && sync -f '\(disk.folder)'"
        )
        members = [
            Member(name: "broker", role: .broker, host: .broker),
            Member(name: "coordinator", role: .coordinator, host: .coordinator),
        ]
        for name in Self.nodeNames {
            let line = name.hasPrefix("one") ? "line-one" : "line-two"
            let isFar = name.hasSuffix("2")
            members.append(
                Member(name: name, role: .node(line: line, viaProxy: isFar), host: isFar ? .far : .near))
        }
        try JSONSerialization.data(withJSONObject: [
            "broker": Network.brokerEndpoint, "coordinator": Network.coordinatorEndpoint,
            "http": "http://\(Network.address(of: .coordinator)):7680",
        ]).write(to: URL(fileURLWithPath: "\(folder)/endpoints.json"))
    }

    var brokerFolder: String { "\(disk.folder)/desk" }

    func index(of victim: Victim) -> Int {
        switch victim {
        case .broker: Self.brokerIndex
        case .coordinator: Self.coordinatorIndex
        case .node(let number): 2 + number
        }
    }

    // MARK: - Starting and ending

    func startAll() throws {
        for index in members.indices { try start(index) }
    }

    /// Starts a member; a broker with the injection, until it is started without.
    func start(_ index: Int, _ injection: Injection = .none) throws {
        let member = members[index]
        members[index].isHeldDown = false
        members[index].ended = nil
        members[index].process = try Spawned(
            member.name,
            Network.prefix(on: member.host) + prefix(of: member, injection) + [program]
                + arguments(of: member), log: log(of: member.name))
    }

    func log(of name: String) -> String { "\(folder)/logs/\(name).log" }

    private func prefix(of member: Member, _ injection: Injection) -> [String] {
        guard member.role == .broker else { return [] }
        return injection.prefix(log: "\(folder)/logs/strace.txt") + (clock?.environment ?? [])
    }

    private func arguments(of member: Member) -> [String] {
        switch member.role {
        case .broker:
            [
                "broker", "--data", brokerFolder, "--endpoint", Network.brokerEndpoint, "--coordinator",
                Network.coordinatorEndpoint, "--lease-ms", "\(leaseMilliseconds)", "--heartbeat-ms", "250",
                "--disk-reserve-mib", "16", "--events-per-snapshot", "2000",
            ]
        case .coordinator:
            [
                "coordinator", "--data", folder, "--endpoint", Network.coordinatorEndpoint, "--broker",
                Network.brokerEndpoint, "--http", "\(Network.address(of: .coordinator)):7680",
            ]
        case .node(let line, let viaProxy):
            [
                "node", "--data", folder, "--broker",
                viaProxy ? Network.proxyEndpoint : Network.brokerEndpoint,
                "--coordinator", Network.coordinatorEndpoint, "--name", member.name, "--line", line,
                "--seats",
                "6", "--handler", "simulated", "--service-ms", "20", "--escalation-share", "0.3",
                "--pending-share", "0.03", "--failure-share", "0.01", "--log-level", "debug",
            ]
        }
    }

    /// Ends a member with -9 and leaves it so.
    func kill(_ index: Int) {
        members[index].isHeldDown = true
        members[index].process?.kill()
        members[index].process = nil
    }

    func signal(_ index: Int, _ number: Int32) {
        members[index].process?.signal(number)
    }

    /// Stops a member so that none of its threads says another word, and returns when that is so.
    ///
    /// A machine without power says nothing. But ext4 that is told to lose it (Linux 6.18) goes on for some milliseconds
    /// to report syncs as done that never reach the disk, and whoever believes them must not tell anybody.
    func halt(_ index: Int) {
        guard let process = members[index].process else { return }
        process.signal(SIGSTOP)
        let tasks = "/proc/\(process.pid)/task"
        for _ in 0..<5_000 {
            // Whoever is in the middle of a system call that cannot be stopped (D) stops before it returns. A process
            // that is gone by now says nothing either.
            let states = (try? FileManager.default.contentsOfDirectory(atPath: tasks))?.map { task in
                // Likewise a thread.
                (try? content(of: "\(tasks)/\(task)/stat"))?.split(separator: ")").last?.split(separator: " ")
                    .first
            }
            guard states?.contains(where: { $0 == "R" || $0 == "S" }) == true else { return }
            usleep(200)
        }
    }

    func killAll() {
        for index in members.indices { kill(index) }
    }

    /// Ends all in good order: nodes, then the coordinator, then the broker.
    ///
    /// - Throws: When one does not end with 0, or not within a minute.
    func stopAll() throws {
        for index in members.indices.reversed() {
            guard let process = members[index].process else { continue }
            members[index].isHeldDown = true
            process.signal(SIGTERM)
            var looks = 60 * 50
            while process.isRunning {
                guard looks > 0 else {
                    throw RigError("\(members[index].name) does not end within a minute when asked to")
                }
                looks -= 1
                Thread.sleep(forTimeInterval: 0.02)
            }
            let code = process.wait()
            guard code == 0 else { throw RigError("\(members[index].name) ended with \(code) when asked to") }
            members[index].process = nil
        }
    }

    // MARK: - Keeping

    /// Notices who has ended by itself and starts it again after a moment.
    func tend() throws {
        for index in members.indices where !members[index].isHeldDown {
            if let ended = members[index].ended {
                if SharedClock.microseconds > ended + 300_000 { try start(index) }
            } else if let process = members[index].process, !process.isRunning {
                note(members[index], process.wait())
                members[index].ended = SharedClock.microseconds
            }
        }
    }

    /// Leaves a member alone, whatever becomes of it.
    func hold(_ index: Int) {
        members[index].isHeldDown = true
    }

    /// Writes down how a member that was left alone has ended, if it has.
    func noteEnd(_ index: Int) {
        guard let process = members[index].process, !process.isRunning else { return }
        note(members[index], process.wait())
    }

    private func note(_ member: Member, _ code: Int32) {
        let role = if case .node = member.role { "node" } else { member.name }
        endings["\(role) \(code > 128 ? "by signal \(code - 128)" : "with \(code)")", default: 0] += 1
        // An error's exit code or the kernel's kill are a fault's doing; a trap or an abort is ours.
        let traps = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV].map { 128 + $0 }
        if traps.contains(code) { crashes.append("\(member.name) by signal \(code - 128)") }
    }

    /// Sleeps while everything goes on. The moments between faults are the test.
    func pause(milliseconds: Int) throws {
        let end = SharedClock.microseconds + Int64(milliseconds) * 1_000
        repeat {
            try Interruption.check()
            try tend()
            Thread.sleep(forTimeInterval: Double(min(20, max(1, milliseconds))) / 1_000)
        } while SharedClock.microseconds < end
    }

    // MARK: - Asking

    /// Runs a person's command on the host of the clients.
    func ask(_ arguments: [String], data: String? = nil) throws -> Ended {
        try Spawned.run(
            Network.prefix(on: .clients) + [program] + arguments + ["--data", data ?? folder],
            environment: ["XDG_STATE_HOME": "\(folder)/state"])
    }

    /// Waits until no ticket waits or is held.
    ///
    /// - Throws: When that takes longer than the bound.
    func waitUntilQuiet(secondsMax: Int) throws {
        var last = ""
        var quiet = 0
        for _ in 0..<2 * secondsMax {
            let outcome = try ask(["stats", "--json"])
            if outcome.exitCode == 0 {
                let totals = try outcome.json()["totals"] as? [String: Any] ?? [:]
                let (waiting, claimed) = (totals["waiting"] as? Int ?? -1, totals["claimed"] as? Int ?? -1)
                last = "\(totals["submitted"] ?? "?") submitted, \(waiting) wait, \(claimed) are held"
                quiet = waiting == 0 && claimed == 0 ? quiet + 1 : 0
                // Twice: the coordinator's figures may be a moment old.
                if quiet == 2 { return }
            } else {
                last = outcome.errors
            }
            try pause(milliseconds: 500)
        }
        throw RigError("the desk did not finish its work within \(secondsMax) s: \(last)")
    }
}
