package import Tickets
import Wire

/// Who sends metrics: nodes and the broker.
package enum SourceKind: String, Sendable, CaseIterable, Comparable {
    case node
    case broker

    package static func < (a: SourceKind, b: SourceKind) -> Bool { a.rawValue < b.rawValue }
}

/// One sender of metrics, over all its runs.
package struct SourceID: Hashable, Comparable, Sendable {
    package var kind: SourceKind
    package var name: Name

    package init(_ kind: SourceKind, _ name: Name) {
        self.kind = kind
        self.name = name
    }

    package static func < (a: SourceID, b: SourceID) -> Bool { (a.kind, a.name) < (b.kind, b.name) }
}

/// What a sender of metrics has said, each of its runs counted once.
package struct Source: Sendable {
    /// Runs kept apart; older ones are added up, and what still comes of them is ignored.
    package static let runsMax = 4
    /// Gauges of a run.
    static let gaugesMax = 64

    /// One run of the sender.
    package struct Run: Sendable {
        package var incarnation: UInt64
        package var sequence: UInt64
        package var line: Name?
        package var account = Account()
        package var gauges: [Name: Double] = [:]
        package var receivedAt: Int64
    }

    /// In order of incarnation.
    package private(set) var runs: [Run] = []
    /// Runs that are no longer kept apart, by the line they worked on.
    package private(set) var ended: [Name?: Account] = [:]
    /// The last incarnations that became part of ``ended``, in order of that.
    private var endedIncarnations: [UInt64] = []
    /// A frame of a run that ended before so many others is no longer known for what it is; none takes that long.
    private static let endedMax = 64

    package init() {}

    package var latest: Run? { runs.last }

    /// Takes a frame in.
    ///
    /// - Returns: False when it says nothing new: an older state, or a run that was added up long ago.
    mutating func take(_ metrics: ProtoMetrics, room: Int, at now: Int64) -> Bool {
        if endedIncarnations.contains(metrics.incarnation) { return false }
        let index = runs.firstIndex { $0.incarnation >= metrics.incarnation } ?? runs.count
        if index == runs.count || runs[index].incarnation != metrics.incarnation {
            let run = Run(incarnation: metrics.incarnation, sequence: 0, receivedAt: now)
            runs.insert(run, at: index)
        } else if metrics.sequence <= runs[index].sequence {
            return false
        }
        runs[index].sequence = metrics.sequence
        runs[index].receivedAt = now
        runs[index].line = Name(metrics.line)
        runs[index].account.raise(to: metrics, room: room)
        runs[index].gauges = [:]
        for gauge in metrics.gauges.prefix(Self.gaugesMax) where gauge.value.isFinite {
            if let name = Name(gauge.name) { runs[index].gauges[name] = gauge.value }
        }
        endOldest()
        return true
    }

    /// Adds up the run that was silent for the longest. Not the lowest incarnation: of a machine whose clock was set back,
    /// that is the one which runs.
    private mutating func endOldest() {
        while runs.count > Self.runsMax {
            guard let index = runs.indices.min(by: { runs[$0].receivedAt < runs[$1].receivedAt }) else {
                return
            }
            let run = runs.remove(at: index)
            ended[run.line, default: Account()].add(run.account)
            if endedIncarnations.count == Self.endedMax { endedIncarnations.removeFirst() }
            endedIncarnations.append(run.incarnation)
        }
    }

    /// Everything this sender ever counted, by line.
    package var accounts: [Name?: Account] {
        var accounts = ended
        for run in runs { accounts[run.line, default: Account()].add(run.account) }
        return accounts
    }

    var size: Int {
        runs.reduce(0) { $0 + $1.account.size } + ended.values.reduce(0) { $0 + $1.size }
    }
}
