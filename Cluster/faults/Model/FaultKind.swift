/// A kind of fault that the rig knows how to inject; its raw value is the word for `--faults`.
package enum FaultKind: String, CaseIterable, Hashable, Sendable {
    case kill
    case killAtCall = "kill-at-call"
    case freeze
    case partition
    case oneWay = "one-way"
    case proxy
    case diskFull = "disk-full"
    case ioError = "io-error"
    case slowDisk = "slow-disk"
    case powerLoss = "power-loss"
    case lyingDisk = "lying-disk"
    case clock
    case oom
    case descriptors

    /// One line for `--list`.
    package var summary: String {
        switch self {
        case .kill: "kill -9 of the broker, a node or the coordinator at a random moment"
        case .killAtCall: "kill -9 of the broker at the k-th system call of a kind"
        case .freeze: "nodes stopped for longer than their lease; now and then the broker for a moment"
        case .partition: "a host cut off from all others"
        case .oneWay: "a host that can send and not receive, or the reverse"
        case .proxy: "delay, throttling, cuts, resets, half-closes, stalls and flipped bits on TCP"
        case .diskFull: "the broker's disk fills up, and has room again later"
        case .ioError: "the k-th write or sync of the broker fails"
        case .slowDisk: "every sync of the broker takes up to 0.3 s longer"
        case .powerLoss: "the broker's disk loses all that was not synced (ext4 shutdown)"
        case .lyingDisk: "syncs do nothing, then the power is lost: the checker must see the loss"
        case .clock: "the broker's wall clock jumps by days, or runs at another pace"
        case .oom: "the broker gets less memory than it takes"
        case .descriptors: "the broker runs out of file descriptors while strangers connect"
        }
    }

    /// Whether it holds for a time, and others may come meanwhile.
    package var isLasting: Bool {
        switch self {
        case .partition, .oneWay, .proxy, .diskFull, .slowDisk, .clock, .descriptors: true
        case .kill, .killAtCall, .freeze, .ioError, .powerLoss, .lyingDisk, .oom: false
        }
    }

    /// What `--faults` means when it is not given. The lying disk is a run of its own: it ends in a loss.
    package static let all = allCases

    /// Reads a list of words with commas between them; `all` stands for every kind.
    ///
    /// - Throws: ``UnknownFault``, with the first word that is no kind.
    package static func list(_ text: String) throws(UnknownFault) -> [FaultKind] {
        var kinds: [FaultKind] = []
        for word in text.split(separator: ",").map(String.init) {
            guard word != "all" else { return all }
            guard let kind = FaultKind(rawValue: word) else { throw UnknownFault(word: word) }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }
}

/// A word that names no kind of fault.
package struct UnknownFault: Error, Hashable, CustomStringConvertible {
    package var word: String

    package init(word: String) {
        self.word = word
    }

    package var description: String {
        "there is no fault `\(word)`: take some of \(FaultKind.allCases.map(\.rawValue).joined(separator: ", "))"
    }
}
