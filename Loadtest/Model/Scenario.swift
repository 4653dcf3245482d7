import Desk
package import Tickets

/// A load test on paper: who writes when, who works, and what happens to them. Plain values; nothing runs here.
package struct Scenario: Sendable {
    package var name: String
    /// What it shows, for people.
    package var about: String
    /// What every draw depends on.
    package var seed: UInt64 = 1
    package var broker = BrokerPlan()
    package var requests = RequestMix()
    package var fleets: [FleetPlan] = []
    package var phases: [Phase] = []
    /// How long the desk may take at the end until everything is solved; 0 ends with what still waits.
    package var drainSeconds = 60.0

    package init(name: String, about: String) {
        (self.name, self.about) = (name, about)
    }

    package func fleet(named name: String) -> Int? { fleets.firstIndex { $0.name == name } }
}

/// How the broker under test is started.
package struct BrokerPlan: Sendable {
    package var leaseMilliseconds = 180_000
    package var heartbeatMilliseconds = 5_000
    /// The rest of the section as YAML: what `switchboard broker --config` reads. Nil when there is none.
    package var file: String?
    /// The lines with their policies, as the order of claims is checked against them.
    package var lines = DeskSettings().lines
}

/// A group of nodes that are alike.
package struct FleetPlan: Sendable {
    package var name: String
    package var line: Name
    /// Whether customers' requests come here first: only such a line answers, and escalates.
    package var isFirstLine = true
    /// How many there are when it begins.
    package var nodes = 1
    /// Seats of each.
    package var seats = 16
    package var service = ServiceTime.none
    /// Of tickets that were not escalated before.
    package var escalationShare = 0.0
    /// How many connect a second at most; nil: all at once.
    package var joinsPerSecond: Double?
}

/// A part of a scenario with a name of its own in the report.
package struct Phase: Sendable {
    package var name: String
    /// How long it lasts, at most if something else ends it; nil: until its tickets are submitted.
    package var seconds: Double?
    package var load = Load.none
    /// Ends as soon as nothing waits and nothing is claimed.
    package var endsWhenEmpty = false
    /// An earlier phase whose rate this one's is compared with.
    package var comparedWith: String?
    /// In order of time.
    package var injections: [TimedInjection] = []
}

/// Who writes, and whether they wait for the desk.
package enum Load: Sendable {
    case none
    /// Nobody waits: arrivals come when they come.
    case open([Stretch])
    /// The same, at a share of the lifecycles a second that an earlier phase reached.
    case shareOf(phase: String, Double)
    /// So many submits are on their way at a time; ends after `tickets` of them if that is not nil.
    case closed(outstanding: Int, tickets: Int?)
    /// So many tickets more than before are submitted and not solved at a time.
    case lifecycles(Int)

    package var endsByItself: Bool {
        if case .closed(_, .some) = self { true } else { false }
    }
}

/// A stretch of time in which the rate of arrivals changes evenly.
package struct Stretch: Hashable, Sendable {
    package var seconds: Double
    package var from: Double
    package var to: Double

    package init(seconds: Double, from: Double, to: Double) {
        (self.seconds, self.from, self.to) = (seconds, from, to)
    }

    /// Arrivals to be expected in it.
    package var expected: Double { seconds * (from + to) / 2 }
}

/// Something that is done to the cluster.
package enum Injection: Hashable, Sendable {
    /// Nodes join, or drain and leave, until there are so many.
    case scale(fleet: Int, nodes: Int)
    /// Nodes come, those that went away first.
    case join(fleet: Int, nodes: Int)
    /// Nodes take nothing new, finish what they hold and leave.
    case drain(fleet: Int, nodes: Int)
    /// Nodes vanish without a word.
    case kill(fleet: Int, nodes: Int)
    /// Nodes neither read nor write for a while.
    case freeze(fleet: Int, nodes: Int, seconds: Double)
    /// Every connection of the fleet, or of all fleets, ends and is made again at once.
    case reconnect(fleet: Int?)
    /// kill -9, and started again after a while.
    case killBroker(downSeconds: Double)
    /// Ended in good order, and started again after a while.
    case restartBroker(downSeconds: Double)
}

package struct TimedInjection: Hashable, Sendable {
    /// Since the phase began.
    package var atSeconds: Double
    package var injection: Injection
}

extension Injection {
    /// What is done, for people.
    package func words(_ scenario: Scenario) -> String {
        func nodes(_ count: Int, _ fleet: Int) -> String {
            "\(count) \(count == 1 ? "node" : "nodes") of \(scenario.fleets[fleet].name)"
        }
        return switch self {
        case .scale(let fleet, let count): "\(scenario.fleets[fleet].name) is scaled to \(count)"
        case .join(let fleet, let count): "\(nodes(count, fleet)) \(count == 1 ? "joins" : "join")"
        case .drain(let fleet, let count): "\(nodes(count, fleet)) drained"
        case .kill(let fleet, let count): "\(nodes(count, fleet)) killed"
        case .freeze(let fleet, let count, let seconds): "\(nodes(count, fleet)) frozen for \(Int(seconds)) s"
        case .reconnect(let fleet?): "all connections of \(scenario.fleets[fleet].name) cut"
        case .reconnect(nil): "all connections cut"
        case .killBroker: "the broker is killed"
        case .restartBroker: "the broker is restarted"
        }
    }
}
