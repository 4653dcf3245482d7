/// Something a user could pick instead of Switchboard, from Debian's package.
package protocol PeerSystem: Sendable {
    /// Short and unique: `redis-streams`.
    var name: String { get }
    /// What `apt-get install` takes.
    var packageName: String { get }
    /// How many connections each side has in the best arrangement; the first is the one to try when only one
    /// is.
    var bestConnections: [Int] { get }

    /// - Throws: What to install, when the system is not here.
    func checkInstalled() throws(PeerError)
}

/// A system that is a server. The ceilings, which are not, are measured in another way.
protocol PeerServer: PeerSystem {
    /// Starts a server on loopback with its data in `folder`, and makes the queue.
    ///
    /// Called on the thread that measures; the server dies with that thread.
    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer
}

/// All of them, in the order of a table.
package enum PeerSystems {
    package static let all: [any PeerSystem] = [
        RedisStreams(), PostgresRows(), RabbitMQ(queueType: .classic), RabbitMQ(queueType: .quorum),
        NATSJetStream(), Beanstalkd(), Gearmand(),
    ]

    /// What no system can pass here: SQLite alone.
    package static let ceilings: [any PeerSystem] = [SQLiteCeiling(.logAndView), SQLiteCeiling(.rows)]

    /// Debian packages that are not here, without repetition.
    package static func missingPackages() -> [String] {
        var missing: [String] = []
        for system in all {
            do throws(PeerError) {
                try system.checkInstalled()
            } catch {
                if !missing.contains(system.packageName) { missing.append(system.packageName) }
            }
        }
        return missing
    }
}

/// A server that runs, with an empty queue.
protocol RunningPeer: AnyObject {
    associatedtype Put: PutSession
    associatedtype Take: TakeSession

    /// As the server itself says where it can.
    var facts: PeerFacts { get }

    /// Opens a producer's connection for `window` puts without their acknowledgement at any time.
    func openPut(window: Int) throws(PeerError) -> Put

    /// Opens a taker's connection for `seats` jobs taken and not done at any time.
    func openTake(seats: Int) throws(PeerError) -> Take

    /// Jobs in the queue, waiting or taken. 0 after a run that did everything.
    func jobsLeft() throws(PeerError) -> Int

    /// Ends the server.
    func end()
}

/// What the running system says about itself.
struct PeerFacts: Sendable {
    var version: String
    /// The settings that decide what is on disk when a put is acknowledged, and what a done means.
    var durability: String
    /// Whether a put is on disk before its acknowledgement.
    var isDurable: Bool
}
