import Faults
import Foundation
import Rig

/// Namespaces of the rig's own, for processes, mounts and the network: whatever it makes ends with it, even when it is
/// killed.
enum Sandbox {
    private static let mark = "SWITCHBOARD_FAULTS_INSIDE"

    static var isInside: Bool { ProcessInfo.processInfo.environment[mark] != nil && getpid() == 1 }

    /// Runs this command again inside, hands signals on to it, and returns its exit code.
    ///
    /// `unshare` itself lets signals pass by, so somebody has to stand before it.
    static func run() throws -> Int32 {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let sandbox = try Spawned(
            "sandbox",
            [
                // Should this process be killed, the sandbox is too.
                "setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private", "--net",
                "--pid", "--fork", "--kill-child",
                "--mount-proc", "--", program,
            ] + CommandLine.arguments.dropFirst(), isSilent: false, environment: [mark: "1"])
        Interruption.watch()
        var isTold = false
        while sandbox.isRunning {
            if Interruption.isRequested, !isTold {
                let children = try content(of: "/proc/\(sandbox.pid)/task/\(sandbox.pid)/children")
                for child in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, SIGTERM) }
                isTold = true
            }
            usleep(50_000)
        }
        return sandbox.wait()
    }

    /// Gives the rig shared memory of its own. libfaketime names its own by the process's number, and those who are killed
    /// leave it behind: here numbers begin anew with each run, and a broker that finds half of another's ends by SIGBUS.
    static func hideSharedMemory() throws {
        try shell("mount -t tmpfs none /dev/shm")
    }

    /// Why the rig cannot work here at all; empty when it can.
    static func obstacles() throws -> [String] {
        var obstacles: [String] = []
        if geteuid() != 0 { obstacles.append("the rig needs root: it makes namespaces and mounts") }
        for tool in ["unshare", "setpriv", "nsenter", "ip", "nft", "mount", "umount", "losetup", "mkfs.ext4"]
        {
            if !has(tool) { obstacles.append("`\(tool)` is missing") }
        }
        guard obstacles.isEmpty else { return obstacles }
        let probe = try Spawned.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"])
        if probe.exitCode != 0 { obstacles.append("no namespaces here: \(probe.errors)") }
        return obstacles
    }

    /// Why a kind of fault cannot be injected here; nil when it can.
    static func obstacle(to kind: FaultKind) -> String? {
        switch kind {
        case .kill, .freeze, .partition, .oneWay, .proxy, .diskFull, .powerLoss: nil
        case .killAtCall, .ioError, .slowDisk, .lyingDisk: has("strace") ? nil : "`strace` is missing"
        case .clock: Clock.library == nil ? "libfaketime is missing" : nil
        case .oom: MemoryGroup.isPossible ? nil : "no memory cgroup can be made here"
        case .descriptors: has("prlimit") ? nil : "`prlimit` is missing"
        }
    }

    private static func has(_ tool: String) -> Bool {
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].contains { access("\($0)/\(tool)", X_OK) == 0 }
    }
}
