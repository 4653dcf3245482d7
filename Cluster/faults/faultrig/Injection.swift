import Faults

/// What the broker is started with, besides its own arguments.
enum Injection {
    case none
    /// In the words of strace's `inject`, without `inject=`.
    case trace(String)
    case memory(MemoryGroup)

    init(_ fault: Fault, memory: MemoryGroup?) {
        switch fault {
        case .killAtCall(let call, let nth): self = .trace("\(call):signal=SIGKILL:when=\(nth)")
        case .ioError(let call, let errno, let nth, let forEver):
            self = .trace("\(call):error=\(errno):when=\(nth)\(forEver ? "+" : "")")
        case .slowDisk(let milliseconds):
            self = .trace("fdatasync,fsync:delay_enter=\(milliseconds * 1_000)")
        case .lyingDisk: self = .trace("fdatasync,fsync:retval=0")
        case .oom: self = memory.map { .memory($0) } ?? .none
        case .kill, .freezeNodes, .freezeBroker, .partition, .oneWay, .proxy, .diskFull, .powerLoss, .clock,
            .descriptors:
            self = .none
        }
    }

    /// What stands before the broker's program. The tracer is a grandchild, so that the broker's pid is the one that
    /// was started, and its end is not in the way.
    func prefix(log: String) -> [String] {
        switch self {
        case .none: []
        case .trace(let words):
            [
                "strace", "-D", "-f", "-qq", "-o", log, "-e", "trace=\(words.prefix { $0 != ":" })", "-e",
                "inject=\(words)", "--",
            ]
        case .memory(let group): group.prefix
        }
    }
}
