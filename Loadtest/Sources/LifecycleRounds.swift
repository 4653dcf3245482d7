import Keys
import Rig

/// Rounds of lifecycles against brokers of their own, each on a folder of its own that is verified afterwards.
struct LifecycleRounds {
    let program: String?
    let folder: String?
    let requests: SampleRequests
    let outstanding: Int
    let seats: Int
    let seconds: Int

    /// - Throws: When the broker did not end in good order, or `verify` found violations.
    func measure() throws -> Measured {
        let desk = try TestDesk(program: program, parent: folder)
        desk.leaseMilliseconds = 180_000
        desk.heartbeatMilliseconds = 5_000
        let broker = try desk.startBroker()
        let measured: Measured
        do {
            measured = try LifecycleRun(
                endpoint: desk.brokerEndpoint, brokerPid: broker.pid, keys: desk.keys, requests: requests,
                outstanding: outstanding, seats: seats, seconds: seconds
            ).measure()
        } catch {
            broker.kill()
            throw error
        }
        guard broker.terminate() == 0 else { throw RigError("the broker did not end in good order") }
        guard try desk.run(["verify", "--json"]).exitCode == 0 else {
            throw RigError("verify found violations in \(desk.folder)")
        }
        desk.deleteFolder()
        return measured
    }
}
