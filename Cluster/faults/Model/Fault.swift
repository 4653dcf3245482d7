/// One fault with all that was drawn for it.
package enum Fault: Hashable, Sendable {
    case kill(Victim, downMilliseconds: Int)
    /// The broker is started so that the `nth` call of a kind kills it.
    case killAtCall(String, nth: Int)
    /// Several nodes at once; all of them are stopped for longer than their lease.
    case freezeNodes([Int], milliseconds: Int)
    case freezeBroker(milliseconds: Int)
    case partition(Site)
    case oneWay(Site, Direction)
    case proxy(ProxyFault)
    /// Bytes that stay free: with some the broker refuses tickets, with none its next write fails.
    case diskFull(freeBytes: Int)
    /// The broker is started so that the `nth` call of a kind fails, or every one from there on.
    case ioError(String, errno: String, nth: Int, forEver: Bool)
    case slowDisk(delayMilliseconds: Int)
    case powerLoss
    /// The broker is started so that no sync does anything; later the power is lost.
    case lyingDisk
    /// In the words of libfaketime: `+10d`, `-3600`, `+0 x2`.
    case clock(String)
    case oom(limitMebibytes: Int)
    /// How many descriptors are left to the broker, and how many strangers connect.
    case descriptors(spare: Int, strangers: Int)

    package var kind: FaultKind {
        switch self {
        case .kill: .kill
        case .killAtCall: .killAtCall
        case .freezeNodes, .freezeBroker: .freeze
        case .partition: .partition
        case .oneWay: .oneWay
        case .proxy: .proxy
        case .diskFull: .diskFull
        case .ioError: .ioError
        case .slowDisk: .slowDisk
        case .powerLoss: .powerLoss
        case .lyingDisk: .lyingDisk
        case .clock: .clock
        case .oom: .oom
        case .descriptors: .descriptors
        }
    }
}

/// Whom to kill.
package enum Victim: Hashable, Sendable {
    case broker
    case coordinator
    /// By its index.
    case node(Int)
}

/// A place in the rig's network: a network namespace with an address of its own.
package enum Site: String, CaseIterable, Hashable, Sendable {
    case broker
    case coordinator
    case near
    case far
    case proxy
    case clients
}

/// Which way packets do not go.
package enum Direction: String, CaseIterable, Hashable, Sendable {
    case inward = "in"
    case outward = "out"
}
