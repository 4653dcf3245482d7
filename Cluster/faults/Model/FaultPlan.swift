/// Draws faults from a seed, one after the other, for as long as somebody asks.
///
/// They come in beats: one fault that holds for a time, or none, and some that strike at a moment while it holds, so
/// that faults meet. Between two beats everything is healed.
package struct FaultPlan: Sendable {
    package struct Beat: Hashable, Sendable {
        package var lasting: Fault?
        /// In order; before each of them, and before the lasting one ends, the time of the same index passes.
        package var strikes: [Fault]
        /// One more than there are strikes.
        package var pausesMilliseconds: [Int]
    }

    /// What the plan has to know of the desk.
    package struct Cast: Hashable, Sendable {
        package var nodes: Int
        package var leaseMilliseconds: Int

        package init(nodes: Int, leaseMilliseconds: Int) {
            self.nodes = nodes
            self.leaseMilliseconds = leaseMilliseconds
        }
    }

    package let kinds: [FaultKind]
    private let cast: Cast
    private var dice: Dice

    /// `kinds` has at least one that is not the lying disk, which is left out: its run is not drawn.
    package init(seed: UInt64, kinds: [FaultKind], cast: Cast) {
        self.kinds = kinds.filter { $0 != .lyingDisk }
        self.cast = cast
        dice = Dice(seed: seed)
        precondition(!self.kinds.isEmpty, "a plan without faults")
        precondition(cast.nodes > 0, "a desk without nodes")
    }

    package mutating func next() -> Beat {
        let lasting = kinds.filter(\.isLasting)
        let striking = kinds.filter { !$0.isLasting }
        var beat = Beat(lasting: nil, strikes: [], pausesMilliseconds: [dice.roll(50...600)])
        // Where both are wanted, every third beat has no lasting fault.
        if !lasting.isEmpty, striking.isEmpty || dice.roll(0...2) > 0 {
            beat.lasting = fault(dice.pick(lasting))
        }
        guard !striking.isEmpty else {
            beat.pausesMilliseconds[0] += dice.roll(500...3_000)
            return beat
        }
        for _ in 0..<dice.roll(1...3) {
            beat.strikes.append(fault(dice.pick(striking)))
            beat.pausesMilliseconds.append(dice.roll(50...600))
        }
        return beat
    }

    private mutating func fault(_ kind: FaultKind) -> Fault {
        switch kind {
        case .kill: .kill(victim(), downMilliseconds: dice.roll(0...200))
        case .killAtCall: .killAtCall(dice.pick(Self.calls), nth: position())
        case .freeze: freeze()
        case .partition: .partition(dice.pick(Site.allCases))
        case .oneWay: .oneWay(dice.pick(Site.allCases), dice.pick(Direction.allCases))
        case .proxy: .proxy(proxyFault())
        case .diskFull: .diskFull(freeBytes: dice.roll(0...1) == 0 ? 0 : 8 << 20)
        case .ioError:
            .ioError(
                dice.pick(Self.failingCalls), errno: dice.pick(["EIO", "ENOSPC"]),
                nth: position(), forEver: dice.roll(0...1) == 0)
        case .slowDisk: .slowDisk(delayMilliseconds: dice.roll(5...300))
        case .powerLoss: .powerLoss
        case .lyingDisk: .lyingDisk
        case .clock: .clock(dice.pick(["+10d", "-10d", "+3600", "-7", "+0 x2", "+0 x0.5", "+1000d", "+0"]))
        case .oom: .oom(limitMebibytes: dice.roll(1...10))
        case .descriptors: .descriptors(spare: dice.roll(0...8), strangers: dice.roll(20...200))
        }
    }

    /// System calls at which the broker can be killed.
    package static let calls = [
        "fdatasync", "pwrite64", "pread64", "write", "sendto", "recvfrom", "openat", "ftruncate", "futex",
    ]

    /// System calls of the broker's that can fail. Not `write`: libzmq wakes its threads with it too, by way of an
    /// eventfd, where it cannot fail, and ends the process when it does. A full disk lets it fail on files.
    package static let failingCalls = ["pwrite64", "fdatasync", "fsync"]

    /// Early calls as likely as late ones: starting up is a few dozen of them, serving is thousands.
    private mutating func position() -> Int { dice.roll(1...(1 << dice.roll(1...10))) }

    private mutating func victim() -> Victim {
        switch dice.roll(0...9) {
        case 0..<4: .broker
        case 4: .coordinator
        default: .node(dice.roll(0...cast.nodes - 1))
        }
    }

    private mutating func freeze() -> Fault {
        if dice.roll(0...5) == 0 {
            return .freezeBroker(milliseconds: dice.roll(100...2 * cast.leaseMilliseconds))
        }
        var nodes = Array(0..<cast.nodes)
        nodes.shuffle(using: &dice)
        let count = dice.roll(1...max(1, cast.nodes - 2))
        let lease = cast.leaseMilliseconds
        return .freezeNodes(nodes.prefix(count).sorted(), milliseconds: lease + dice.roll(lease / 4...lease))
    }

    private mutating func proxyFault() -> ProxyFault {
        switch dice.roll(0...6) {
        case 0: .delay(milliseconds: dice.roll(1...200), jitterMilliseconds: dice.roll(0...200))
        case 1: .throttle(bytesPerSecond: dice.roll(500...50_000))
        case 2: .cut(afterBytes: dice.roll(0...20_000))
        case 3: .reset
        case 4: .halfClose(dice.pick(ProxyWay.allCases))
        case 5: .stall(dice.pick(ProxyWay.allCases))
        default: .flip(afterBytes: dice.roll(0...20_000))
        }
    }
}
