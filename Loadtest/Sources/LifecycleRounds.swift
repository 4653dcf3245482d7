import Keys
import Peers
import Rig

/// Rounds of lifecycles against processes of their own, each on a folder of its own.
struct LifecycleRounds {
    let system: OwnSystem
    let program: String?
    let folder: String?
    let requests: SampleRequests
    let outstanding: Int
    let seats: Int
    let seconds: Int

    /// - Throws: When a lifecycle is missing, or what ``OwnSystem/end(_:_:)`` throws.
    func measure() throws -> Measured {
        let desk = try TestDesk(program: program, parent: folder)
        desk.leaseMilliseconds = 180_000
        desk.heartbeatMilliseconds = 5_000
        let broker = try system.start(desk)
        var measured: Measured
        do {
            measured = try LifecycleRun(
                endpoint: desk.brokerEndpoint, isInsecureLoopback: !system.hasCurve, brokerPid: broker.pid,
                keys: desk.keys, requests: requests, outstanding: outstanding, seats: seats, seconds: seconds
            ).measure()
        } catch {
            broker.kill()
            throw error
        }
        try system.end(broker, desk)
        desk.deleteFolder()
        measured.system = system.name
        measured.durability = system.durability
        return measured
    }
}
