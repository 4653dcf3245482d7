import Coordinator
import Desk
import SwiftProtobuf
import Tickets
import Wire

/// The coordinator's process: the real ledger and its reconciliation.
///
/// What nodes push to it gets lost, and comes twice, late and in any order; what the broker answers comes from a view
/// that is behind the log. It judges nodes by both, and must accuse nobody wrongly.
struct SimulatedCoordinator: Sendable {
    /// What the broker answered.
    struct Reading: Sendable {
        var stats: ProtoStatsResult
        var nodes: ProtoNodesResult
        var viewPosition: UInt64
        /// When the question was sent, by the coordinator's clock.
        var askedAt: Int64
    }

    var ledger = Ledger()
    /// Answers that are on their way, in order.
    var readings: [Reading] = []
    /// How far the broker's view has folded the log, and what it counts.
    private(set) var view: (position: UInt64, tallies: [ProtoNodeTally]) = (0, [])
    private var chance: Chance
    private let swarm: Swarm

    init(_ seed: UInt64, _ swarm: Swarm) {
        chance = Chance(seed: seed, .coordinator)
        self.swarm = swarm
    }

    /// When the copies of a report arrive, after it was sent: mostly one, sometimes none, sometimes two.
    mutating func delays(isKind: Bool) -> [Int64] {
        let (draw, first) = (chance.below(1_000), delay())
        if draw < swarm.metricsLostPerMille, !isKind { return [] }
        return draw >= 950 ? [first, delay()] : [first]
    }

    /// How long a report is on its way: now and then longer than the pause between two, so that they change places.
    private mutating func delay() -> Int64 {
        swarm.latency
            + chance.below(chance.happens(perMille: 100) ? swarm.metricsLateMicroseconds : swarm.jitter)
    }

    /// How long a question, or its answer, is on its way.
    mutating func latency() -> Int64 { swarm.latency + chance.below(swarm.jitter) }

    /// Its process ends now and then, and starts again with nothing.
    mutating func restarts() -> Bool {
        guard chance.happens(perMille: 3) else { return false }
        (ledger, readings) = (Ledger(), [])
        return true
    }

    /// The broker answers; its view may have followed the log meanwhile, or not.
    mutating func answer(_ witness: borrowing Witness, _ exchange: Exchange, askedAt: Int64) {
        if chance.happens(perMille: 700) {
            view = (witness.position.rawValue, witness.tallies.map { ProtoNodeTally($0) })
        }
        var stats = ProtoStatsResult()
        stats.position = witness.position.rawValue
        stats.tallies = view.tallies
        var nodes = ProtoNodesResult()
        nodes.nodes = exchange.presences().map { node in
            .with {
                ($0.name, $0.incarnation, $0.line) = (node.name.text, node.incarnation, node.line.text)
                $0.sinceMs = node.since.milliseconds
            }
        }
        readings.append(Reading(stats: stats, nodes: nodes, viewPosition: view.position, askedAt: askedAt))
    }
}

extension ProtoNodeTally {
    fileprivate init(_ tally: Witness.RunTally) {
        self.init()
        (node, incarnation, claims, notes) = (tally.node.text, tally.incarnation, tally.claims, tally.notes)
        (replies, escalated, handedBack) = (tally.replies, tally.escalated, tally.handedBack)
        (resolved, pended, released) = (tally.resolved, tally.pended, tally.released)
    }
}
