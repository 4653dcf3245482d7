import Client
import Glibc
import Histogram
import Keys
import Rig
import Synchronization
import Tickets
import Wire
import ZeroMQ

/// One measurement against a running broker: a submitting thread and a node's thread.
struct LifecycleRun {
    let endpoint: String
    /// Whether that one does without CURVE.
    let isInsecureLoopback: Bool
    /// The broker's process.
    let brokerPid: Int32
    let keys: KeyFolder
    let requests: SampleRequests
    let outstanding: Int
    let seats: Int
    let seconds: Int

    /// What the two threads share.
    private final class Shared: Sendable {
        let submitted = Atomic<Int>(0)
        let resolved = Atomic<Int>(0)
        let isMeasuring = Atomic<Bool>(false)
        let isOver = Atomic<Bool>(false)
        let hasFailed = Mutex<String?>(nil)
    }

    /// - Throws: When a thread failed or not every ticket was solved in the end.
    func measure() throws -> Measured {
        let shared = Shared()
        let submits = Mutex(Histogram<UInt64>(highestTrackableValue: 60_000_000))
        let grants = Mutex(Histogram<UInt64>(highestTrackableValue: 60_000_000))
        let client = try keys.load("client")
        let node = try keys.load("node")
        let producer = try DedicatedThread(named: "load.submit") { [self] in
            guarded(shared) {
                let histogram = try produce(shared, client)
                submits.withLock { $0.add(histogram) }
            }
        }
        let worker = try DedicatedThread(named: "load.node") { [self] in
            guarded(shared) {
                let histogram = try work(shared, node)
                grants.withLock { $0.add(histogram) }
            }
        }
        pause(seconds: 1)
        shared.isMeasuring.store(true, ordering: .releasing)
        let begun = MonotonicTime.microseconds
        let before = shared.resolved.load(ordering: .acquiring)
        let times = try ThreadTimes(pid: brokerPid)
        let ownTimes = try ThreadTimes(pid: getpid())
        pause(seconds: seconds)
        // No more is submitted; what waits by then belongs to what was measured.
        let measured = shared.resolved.load(ordering: .acquiring) - before
        let broker = try ThreadTimes(pid: brokerPid).since(times).microseconds(each: measured)
        let generator = try ThreadTimes(pid: getpid()).since(ownTimes).microseconds(each: measured)
        shared.isOver.store(true, ordering: .releasing)
        producer.join()
        worker.join()
        let took = MonotonicTime.microseconds - begun
        let after = shared.resolved.load(ordering: .acquiring)
        if let failure = shared.hasFailed.withLock({ $0 }) { throw RigError(failure) }
        let submit = submits.withLock { $0 }
        let grant = grants.withLock { $0 }
        // Whoever started the broker knows what it is.
        return Measured(
            system: "", durability: "", outstanding: outstanding, seats: seats,
            lifecyclesPerSecond: Double(after - before) * 1e6 / Double(took),
            submitP50Ms: Double(submit.valueAtPercentile(50)) / 1_000,
            submitP99Ms: Double(submit.valueAtPercentile(99)) / 1_000,
            grantP50Ms: Double(grant.valueAtPercentile(50)) / 1_000,
            grantP99Ms: Double(grant.valueAtPercentile(99)) / 1_000,
            threads: broker.map {
                Measured.Thread(process: "broker", name: $0.name, microseconds: $0.microseconds)
            }
                + generator.map {
                    Measured.Thread(process: "loadtest", name: $0.name, microseconds: $0.microseconds)
                })
    }

    private func guarded(_ shared: Shared, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            shared.hasFailed.withLock { $0 = $0 ?? "\(error)" }
            shared.isOver.store(true, ordering: .releasing)
        }
    }

    private func pause(seconds: Int) {
        var time = timespec(tv_sec: seconds, tv_nsec: 0)
        nanosleep(&time, nil)
    }

    /// Keeps `outstanding` submits on their way until it is over, then waits for their answers.
    private func produce(_ shared: Shared, _ key: KeyFile) throws -> Histogram<UInt64> {
        var link = try openLink(key, SessionSettings())
        link.session.settings.window = outstanding
        var histogram = Histogram<UInt64>(highestTrackableValue: 60_000_000)
        // By command, which are numbered from 1; how many of them have no answer yet.
        var sentAt: [Int64] = []
        var unanswered = 0
        var events: [SessionEvent] = []
        var poller = Poller(link.pollItems)
        while true {
            let isOver = shared.isOver.load(ordering: .acquiring)
            let now = MonotonicTime.microseconds
            while !isOver, unanswered < outstanding {
                sentAt.append(now)
                unanswered += 1
                let count = UInt64(sentAt.count)
                let id = CommandID(high: 0x6c6f_6164, low: count)
                try link.session.enqueue(Command(id: id, action: .submit(requests[count])))
            }
            if isOver, unanswered == 0 { return histogram }
            try link.send(now: MonotonicTime.milliseconds)
            try poller.wait(
                timeoutMilliseconds: min(
                    100, link.timeoutMilliseconds(now: MonotonicTime.milliseconds) ?? 100))
            events.removeAll(keepingCapacity: true)
            try link.receive(now: MonotonicTime.milliseconds, into: &events)
            let received = MonotonicTime.microseconds
            let isMeasuring = shared.isMeasuring.load(ordering: .relaxed)
            for case .answered(let id, let result) in events {
                _ = try result.get()
                unanswered -= 1
                shared.submitted.add(1, ordering: .relaxed)
                if isMeasuring { histogram.record(UInt64(received - sentAt[Int(id.low) - 1])) }
            }
        }
    }

    /// Resolves whatever is granted, at once, until it is over and everything is solved.
    private func work(_ shared: Shared, _ key: KeyFile) throws -> Histogram<UInt64> {
        // One run of one node on a folder of its own.
        let incarnation: UInt64 = 1
        let identity = NodeIdentity(name: "load", incarnation: incarnation, line: "line-one", seats: seats)
        var link = try openLink(key, SessionSettings(node: identity))
        link.session.settings.window = 2 * seats
        var histogram = Histogram<UInt64>(highestTrackableValue: 60_000_000)
        var held: [CommandID: (claim: HeldClaim, since: Int64)] = [:]
        var events: [SessionEvent] = []
        var poller = Poller(link.pollItems)
        var count: UInt64 = 0
        while true {
            if shared.isOver.load(ordering: .acquiring),
                shared.resolved.load(ordering: .relaxed) >= shared.submitted.load(ordering: .acquiring),
                held.isEmpty
            {
                link.session.leave()
                try link.send(now: MonotonicTime.milliseconds)
                return histogram
            }
            try link.send(now: MonotonicTime.milliseconds) { held.values.map(\.claim) }
            try poller.wait(
                timeoutMilliseconds: min(
                    100, link.timeoutMilliseconds(now: MonotonicTime.milliseconds) ?? 100))
            events.removeAll(keepingCapacity: true)
            try link.receive(now: MonotonicTime.milliseconds, into: &events)
            let received = MonotonicTime.microseconds
            for event in events {
                switch event {
                case .granted(let grant):
                    count += 1
                    let id = CommandID(high: 0x776f_726b, low: count)
                    let claim = HeldClaim(ticket: grant.ticket, token: grant.token)
                    let action = Action.resolve(
                        claim.ticket, claim.token, seen: grant.lastMessage,
                        text: "Thank you for writing. Your request has been taken care of.")
                    try link.session.enqueue(Command(id: id, action: action))
                    held[id] = (claim, received)
                case .answered(let id, let result):
                    _ = try result.get()
                    guard let done = held.removeValue(forKey: id) else { continue }
                    shared.resolved.add(1, ordering: .releasing)
                    if shared.isMeasuring.load(ordering: .relaxed) {
                        histogram.record(UInt64(received - done.since))
                    }
                case .revoked:
                    // A ping may name a claim whose resolution is on its way; the command's answer decides.
                    continue
                case .dismissed(let refusal): throw refusal
                case .welcomed, .queryResult: continue
                }
            }
        }
    }

    private func openLink(_ key: KeyFile, _ settings: SessionSettings) throws -> BrokerLink {
        guard let security = key.brokerSecurity(isInsecureLoopback: isInsecureLoopback) else {
            throw RigError("the key \(key.name) names no broker")
        }
        return try BrokerLink(
            endpoint: endpoint, security: security, settings: settings, now: MonotonicTime.milliseconds)
    }
}
