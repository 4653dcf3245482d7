import Faults
import Foundation
import Rig

/// Carries out the faults of a plan on a desk, and heals them.
final class Injector {
    private let stage: Stage
    private let proxy: ProxyRemote
    /// What was done, by kind.
    private(set) var counts: [FaultKind: Int] = [:]
    /// What the faults did, by name; what is 0 shows that a fault did not strike.
    private(set) var effects: [String: Int] = [:]
    private var strangers: Spawned?
    private let log: (String) -> Void

    init(_ stage: Stage, _ proxy: ProxyRemote, log: @escaping (String) -> Void) {
        self.stage = stage
        self.proxy = proxy
        self.log = log
    }

    /// Plays one beat: afterwards all is healed.
    func play(_ beat: FaultPlan.Beat) throws {
        log("\(beat)")
        if let lasting = beat.lasting { try begin(lasting) }
        for (strike, pause) in zip(beat.strikes, beat.pausesMilliseconds) {
            try stage.pause(milliseconds: pause)
            try self.strike(strike)
        }
        try stage.pause(milliseconds: beat.pausesMilliseconds.last ?? 0)
        if let lasting = beat.lasting { try heal(lasting) }
    }

    // MARK: - What holds for a time

    private func begin(_ fault: Fault) throws {
        counts[fault.kind, default: 0] += 1
        switch fault {
        case .partition(let host): try Network.cut(host, Direction.allCases)
        case .oneWay(let host, let direction): try Network.cut(host, [direction])
        case .proxy(let fault): try proxy.set(fault)
        case .diskFull(let free): try stage.disk.fill(leaving: free)
        case .slowDisk: try restartBroker(Injection(fault, memory: nil))
        case .clock(let words): try stage.clock?.set(words)
        case .descriptors(let spare, let count): try takeDescriptors(spare: spare, strangers: count)
        case .kill, .killAtCall, .freezeNodes, .freezeBroker, .ioError, .powerLoss, .lyingDisk, .oom:
            preconditionFailure("\(fault) strikes at a moment")
        }
    }

    private func heal(_ fault: Fault) throws {
        switch fault {
        case .partition(let host), .oneWay(let host, _): try Network.heal(host)
        case .proxy: try proxy.set(.none)
        case .diskFull: try stage.disk.makeRoom()
        case .slowDisk: try restartBroker()
        case .clock: try stage.clock?.set("+0")
        case .descriptors: try giveDescriptors()
        case .kill, .killAtCall, .freezeNodes, .freezeBroker, .ioError, .powerLoss, .lyingDisk, .oom: break
        }
    }

    private func takeDescriptors(spare: Int, strangers count: Int) throws {
        guard let broker else { return }
        // A broker that ends at this moment has none to take; the next one is started with as many as ever.
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(broker.pid)/fd").count
        guard let open else { return }
        try shell("prlimit --pid \(broker.pid) --nofile=\(open + spare): || true")
        strangers = try Spawned(
            "strangers",
            Network.prefix(on: .clients) + [
                CommandLine.arguments[0], "strangers", "--address", Network.address(of: .broker), "--port",
                "\(Network.brokerPort)", "--count", "\(count)", "--seconds", "60",
            ])
    }

    private func giveDescriptors() throws {
        strangers?.kill()
        strangers = nil
        // One that ended meanwhile was started again with as many as ever.
        guard let broker else { return }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try shell("prlimit --pid \(broker.pid) --nofile=\(limit.rlim_max): || true")
    }

    // MARK: - What strikes at a moment

    private func strike(_ fault: Fault) throws {
        counts[fault.kind, default: 0] += 1
        switch fault {
        case .kill(let victim, let down):
            stage.kill(stage.index(of: victim))
            try stage.pause(milliseconds: down)
            try stage.start(stage.index(of: victim))
        case .killAtCall, .ioError: try meet(fault, Injection(fault, memory: nil))
        case .oom(let limit):
            let group = try MemoryGroup(mebibytes: limit)
            defer { group.remove() }
            try meet(fault, Injection(fault, memory: group))
        case .freezeNodes(let nodes, let milliseconds):
            // Each of them counts.
            counts[.freeze, default: 0] += nodes.count - 1
            try freeze(nodes.map { stage.index(of: .node($0)) }, milliseconds)
        case .freezeBroker(let milliseconds): try freeze([Stage.brokerIndex], milliseconds)
        case .powerLoss: try losePower()
        case .partition, .oneWay, .proxy, .diskFull, .slowDisk, .lyingDisk, .clock, .descriptors:
            preconditionFailure("\(fault) holds for a time")
        }
    }

    private func freeze(_ members: [Int], _ milliseconds: Int) throws {
        for index in members { stage.signal(index, SIGSTOP) }
        defer { for index in members { stage.signal(index, SIGCONT) } }
        try stage.pause(milliseconds: milliseconds)
    }

    /// Starts the broker with something that will end it, and waits for that.
    private func meet(_ fault: Fault, _ injection: Injection) throws {
        try restartBroker(injection)
        stage.hold(Stage.brokerIndex)
        for _ in 0..<200 where broker?.isRunning == true { try stage.pause(milliseconds: 20) }
        let struck = broker?.isRunning == false
        effects["\(fault.kind.rawValue) \(struck ? "struck" : "missed")", default: 0] += 1
        stage.noteEnd(Stage.brokerIndex)
        try restartBroker()
    }

    private func losePower() throws {
        stage.halt(Stage.brokerIndex)
        try stage.disk.losePower()
        stage.kill(Stage.brokerIndex)
        try stage.disk.restore()
        try stage.start(Stage.brokerIndex)
    }

    private func restartBroker(_ injection: Injection = .none) throws {
        stage.kill(Stage.brokerIndex)
        try stage.start(Stage.brokerIndex, injection)
    }

    private var broker: Spawned? { stage.members[Stage.brokerIndex].process }
}
