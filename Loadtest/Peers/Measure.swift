import Synchronization

/// Measures one peer: starts it, puts, takes and finishes jobs for the given time, and ends it.
///
/// With `.best(connections: nil)` each number of connections that the system names is measured, and the
/// fastest returned; its `producers` says which it was.
///
/// - Parameters:
///   - system: One of ``PeerSystems/all``, or a ceiling.
///   - arrangement: How its clients are arranged; a ceiling has only one way.
///   - outstanding: Puts without their acknowledgement at any time.
///   - seats: Jobs taken and not done at any time.
///   - seconds: How long puts go on; the run ends when all of them are done.
///   - warmUpSeconds: The same before that on the same server, not counted: its pages, statistics and
///     compiled code are then what they are on a server that has been up for a while.
///   - payloads: Texts of the jobs, UTF-8, about 300 bytes each.
///   - folder: Where the server's data goes, in a folder of its own that is deleted afterwards; on the disk
///     that is to be measured. Users other than root have to reach it (not below /root).
/// - Returns: The figures, with what the running system said about itself.
/// - Throws: ``PeerError`` when the peer is not installed, does not start, or does not do every job exactly
///   once.
package func measure(
    _ system: any PeerSystem, _ arrangement: Arrangement, outstanding: Int, seats: Int, seconds: Double,
    warmUpSeconds: Double = 0.5, payloads: [[UInt8]], folder: String
) throws -> PeerResult {
    try system.checkInstalled()
    var plan = Plan(
        arrangement: arrangement, outstanding: outstanding, seats: seats, seconds: seconds,
        warmUpSeconds: warmUpSeconds, payloads: Payloads(payloads))
    guard arrangement == .best(connections: nil) else { return try run(system, plan, in: folder) }
    var best: PeerResult?
    for connections in system.bestConnections where connections <= min(outstanding, seats) {
        plan.arrangement = .best(connections: connections)
        let result = try run(system, plan, in: folder)
        if result.lifecyclesPerSecond > best?.lifecyclesPerSecond ?? 0 { best = result }
    }
    guard let best else { throw PeerError("\(system.name) did no job at all") }
    return best
}

private func run(_ system: any PeerSystem, _ plan: Plan, in parent: String) throws -> PeerResult {
    let folder = try PeerFolder(in: parent, name: system.name)
    defer { folder.delete() }
    if let ceiling = system as? SQLiteCeiling { return try ceiling.measure(plan, in: folder) }
    guard let server = system as? any PeerServer else { throw PeerError("\(system.name) is not a server") }
    let peer = try server.start(in: folder, for: plan)
    defer { peer.end() }
    if plan.warmUpSeconds > 0 {
        var warmUp = plan
        warmUp.seconds = plan.warmUpSeconds
        _ = try run(peer, system, warmUp)
    }
    return try run(peer, system, plan)
}

private func run<Peer: RunningPeer>(
    _ peer: Peer, _ system: any PeerSystem, _ plan: Plan
) throws -> PeerResult {
    let progress = Progress()
    var puts: [Peer.Put] = []
    var takes: [Peer.Take] = []
    for window in plan.putShares { puts.append(try peer.openPut(window: window)) }
    for seats in plan.takeShares { takes.append(try peer.openTake(seats: seats)) }
    let putting = HandedOver(puts)
    let taking = HandedOver(takes)
    let taker = try PeerThread {
        try reporting(progress) { () throws(PeerError) in
            var loop = TakerLoop(sessions: taking.value, progress: progress)
            return try loop.run()
        }
    }
    let producer = try PeerThread {
        try reporting(progress) { () throws(PeerError) in
            var loop = ProducerLoop(
                sessions: putting.value, windows: plan.putShares, seconds: plan.seconds, progress: progress)
            return try loop.run()
        }
    }
    let produced = Result { try producer.join() }
    let took = Result { try taker.join() }
    var (put, take) = try both(produced, took)
    let left = try peer.jobsLeft()
    guard left == 0 else {
        throw PeerError("\(left) jobs are left in the queue after \(take.count) were done")
    }
    put.latencies.sort()
    take.latencies.sort()
    let seconds = Double(take.lastDone - put.firstPut) / 1e6
    return PeerResult(
        system: system.name, version: peer.facts.version, durability: peer.facts.durability,
        isDurable: peer.facts.isDurable, arrangement: plan.arrangement.description,
        producers: puts.count, takers: takes.count, outstanding: plan.outstanding, seats: plan.seats,
        lifecycles: take.count, seconds: seconds, lifecyclesPerSecond: Double(take.count) / seconds,
        putP50Ms: put.latencies.percentileMs(50), putP99Ms: put.latencies.percentileMs(99),
        putMaxMs: put.latencies.percentileMs(100), doneP50Ms: take.latencies.percentileMs(50),
        doneP99Ms: take.latencies.percentileMs(99))
}

/// The error that came first, when both threads have one: a thread that only stopped for the other says so.
private func both<Put, Take>(
    _ put: Result<Put, any Error>, _ take: Result<Take, any Error>
) throws -> (Put, Take) {
    if case .failure(let error as PeerError) = put, error == Progress.otherFailed { _ = try take.get() }
    return (try put.get(), try take.get())
}

private func reporting<Value>(
    _ progress: Progress, _ body: () throws(PeerError) -> Value
) throws(PeerError) -> Value {
    do throws(PeerError) {
        return try body()
    } catch {
        progress.hasFailed.store(true, ordering: .releasing)
        throw error
    }
}

/// Sessions on their way from the thread that opened them to the one that uses them.
// Unchecked because each is handed to one thread and the opener does not touch it again until that has ended.
private struct HandedOver<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
