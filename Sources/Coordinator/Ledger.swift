import Tickets
package import Wire

/// Everything the coordinator knows: what nodes and the broker report, and what the broker's log says.
///
/// A value without clock or socket; times are milliseconds of one monotonic clock. Counters and latencies are
/// cumulative at their sender, so a lost frame loses nothing, and a frame that comes twice or late counts
/// nothing twice.
///
/// Memory is bounded: ``sourcesMax`` senders, ``valuesMax`` values of latencies (64 MB at worst, a few hundred
/// kilobytes for a dozen nodes), ``Reconciliation/runsMax`` runs, and the ``History``.
package struct Ledger: Sendable {
    /// Nodes that have ever reported, and the broker. Beyond it a new sender is ignored.
    package static let sourcesMax = 10_000
    /// Different latency values of all senders together; 16 bytes each.
    package static let valuesMax = 4_000_000
    /// Figures older than this are stale: three readings were missed.
    package static let staleMilliseconds: Int64 = 3_000
    /// Gauges of a sender that said nothing for this long are no longer true.
    package static let gaugeMilliseconds: Int64 = 15_000
    /// How long the broker may answer with positions before the last one. A view that is being folded again
    /// catches up in that time; a desk that was put back to an earlier backup does not.
    package static let rewindMilliseconds: Int64 = 30_000

    /// What became of a frame of metrics.
    package enum Intake: String, Sendable, CaseIterable {
        case taken
        /// An older state than the one known, or the same.
        case old
        /// No usable name, or neither a node nor the broker.
        case malformed
        /// There are ``Ledger/sourcesMax`` senders already.
        case full
        /// The sender's key may not report this.
        case refused
    }

    package private(set) var sources: [SourceID: Source] = [:]
    package private(set) var intake: [Intake: UInt64] = [:]
    package private(set) var stats: ProtoStatsResult?
    /// When ``stats`` was read; nil before the first time.
    package private(set) var statsAt: Int64?
    /// The nodes that had a session at the last reading.
    package private(set) var nodes: [NodeRun: ProtoNodeInfo] = [:]
    package private(set) var history = History()
    package private(set) var reconciliation = Reconciliation()
    /// Whether the broker is connected and answers.
    package var brokerIsUp = false
    /// How often the log went back for good: restored from a backup, or another desk. Counters may go down then.
    package private(set) var rewinds: UInt64 = 0
    private var behindSince: Int64?
    private var valuesCount = 0

    package init() {}

    /// Takes metrics in that somebody pushed.
    @discardableResult
    package mutating func take(_ metrics: ProtoMetrics, at now: Int64) -> Intake {
        let outcome = sort(metrics, at: now)
        intake[outcome, default: 0] += 1
        return outcome
    }

    /// Counts metrics that the sender's key may not push.
    package mutating func refuse() {
        intake[.refused, default: 0] += 1
    }

    private mutating func sort(_ metrics: ProtoMetrics, at now: Int64) -> Intake {
        guard let kind = SourceKind(rawValue: metrics.source), let name = Name(metrics.name) else {
            return .malformed
        }
        let id = SourceID(kind, name)
        guard sources[id] != nil || sources.count < Self.sourcesMax else { return .full }
        let before = sources[id]?.size ?? 0
        let isNew = sources[id, default: Source()].take(
            metrics, room: max(0, Self.valuesMax - valuesCount), at: now)
        guard isNew else { return .old }
        valuesCount += (sources[id]?.size ?? 0) - before
        if kind == .node, metrics.hasTally {
            reconciliation.reported(NodeRun(name, metrics.incarnation), Tally(metrics.tally), at: now)
        }
        return .taken
    }

    /// Takes in what the broker answered about the desk.
    ///
    /// - Parameters:
    ///   - stats: The answer.
    ///   - viewPosition: Position of the view when the tallies were read from it.
    ///   - askedAt: When the question was sent.
    ///   - now: When the answer arrived.
    package mutating func take(
        _ stats: ProtoStatsResult, viewPosition: UInt64, askedAt: Int64, at now: Int64
    ) {
        guard isForward(stats.position, at: now) else { return }
        self.stats = stats
        statsAt = now
        history.add(
            History.Counts(
                submitted: stats.totals.submitted, solved: stats.totals.resolutions,
                escalated: stats.totals.escalated),
            Dictionary(stats.lines.map { ($0.name, History.Line($0)) }) { first, _ in first }, at: now)
        var tallies: [NodeRun: Tally] = [:]
        for tally in stats.tallies {
            guard let node = Name(tally.node) else { continue }
            tallies[NodeRun(node, tally.incarnation)] = Tally(tally)
        }
        reconciliation.counted(
            tallies, foldedTo: viewPosition, logPosition: stats.position, askedAt: askedAt, at: now)
    }

    /// Takes in which nodes have a session.
    package mutating func take(_ result: ProtoNodesResult, at now: Int64) {
        nodes = [:]
        for info in result.nodes {
            guard let name = Name(info.name) else { continue }
            nodes[NodeRun(name, info.incarnation)] = info
        }
        reconciliation.connected(nodes.mapValues(\.sinceMs))
    }

    private mutating func isForward(_ position: UInt64, at now: Int64) -> Bool {
        guard let stats, position < stats.position else {
            behindSince = nil
            return true
        }
        let since = behindSince ?? now
        behindSince = since
        guard now - since >= Self.rewindMilliseconds else { return false }
        behindSince = nil
        rewinds += 1
        history = History()
        reconciliation = Reconciliation()
        return true
    }

    /// How old the figures are; nil before the first ones.
    package func ageMilliseconds(at now: Int64) -> Int64? { statsAt.map { max(0, now - $0) } }

    /// Whether figures are missing or older than they should be.
    package func isStale(at now: Int64) -> Bool {
        ageMilliseconds(at: now).map { $0 > Self.staleMilliseconds } ?? true
    }

    /// Whether every submitted ticket is in exactly one state; nil before the first figures.
    package var isConserved: Bool? {
        guard let totals = stats?.totals else { return nil }
        let states = [
            totals.waiting, totals.claimed, totals.parked, totals.pending, totals.onHold, totals.solved,
            totals.closed, totals.spam,
        ]
        return states.reduce(0) { $0.addingSaturated($1) } == totals.submitted
    }
}

extension History.Line {
    init(_ stats: ProtoLineStats) {
        self.init(
            waiting: stats.waiting, oldestMilliseconds: stats.oldestMs, claimed: stats.claimed,
            freeSeats: stats.freeSeats)
    }
}
