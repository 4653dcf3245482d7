import Foundation
import Tickets
import Wire

extension FiguresReport {
    /// Nodes in one report; with their latencies about 1 KB each, and a frame holds 1 MiB.
    package static let nodesMax = 500
    static let pointsMax = 60

    /// - Parameters:
    ///   - ledger: What is known.
    ///   - seconds: The window of rates and history; 0 means a minute, at most a day.
    ///   - now: Of the ledger's clock.
    ///   - wallMilliseconds: Since 1970, for ``FiguresReport/at``.
    ///   - nodesMax: Runs of nodes to be listed; the newest and the connected ones.
    package init(
        _ ledger: Ledger, seconds: UInt32 = 60, at now: Int64, wallMilliseconds: Int64,
        nodesMax: Int = FiguresReport.nodesMax
    ) {
        let window = seconds == 0 ? 60 : min(Int64(seconds), 86_400)
        let stats = ledger.stats ?? ProtoStatsResult()
        at = Self.text(wallMilliseconds)
        lines = stats.lines.map { Line($0, ledger.history, seconds: window, at: now) }
        totals = Totals(stats.totals, isConserved: ledger.isConserved ?? true)
        rates = Rates(seconds: window)
        if let known = ledger.history.rates(seconds: window, at: now) {
            rates.submittedPerSecond = known.submitted
            rates.solvedPerSecond = known.solved
            rates.escalatedPerSecond = known.escalated
            rates.measuredSeconds = known.measuredSeconds
        }
        latencies = Self.latencies(ledger)
        let runs = Set(ledger.nodes.keys).union(ledger.reconciliation.runs.keys)
        // The newest runs first, so that those left out are the ones that ended long ago.
        let shown = runs.sorted { a, b in
            let (left, right) = (ledger.nodes[a] != nil, ledger.nodes[b] != nil)
            return left != right ? left : (b.incarnation, a.node) < (a.incarnation, b.node)
        }.prefix(nodesMax)
        nodes = shown.sorted().map { Node($0, ledger, at: now) }
        nodesOmitted = runs.count - shown.count
        reconciled = ledger.reconciliation.isOK
        unreported = ledger.reconciliation.runs.values.filter { $0.verdict == .unreported }.reduce(0) {
            $0.addingSaturated($1.log.excess(over: $1.own ?? Tally()).total)
        }
        position = stats.position
        viewLag = stats.viewLag
        ageMs = ledger.ageMilliseconds(at: now)
        stale = ledger.isStale(at: now)
        brokerUp = ledger.brokerIsUp
    }

    /// One object, keys in order. `bytesMax` keeps it within a frame: nodes that do not fit are left out.
    package static func json(
        _ ledger: Ledger, seconds: UInt32 = 60, at now: Int64, wallMilliseconds: Int64,
        bytesMax: Int = 900_000
    ) -> String {
        var nodesMax = nodesMax
        while true {
            let report = FiguresReport(
                ledger, seconds: seconds, at: now, wallMilliseconds: wallMilliseconds, nodesMax: nodesMax)
            let json = report.json
            guard json.utf8.count > bytesMax, nodesMax > 0 else { return json }
            nodesMax /= 2
        }
    }

    /// One object, keys in order.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            // Only numbers that are not finite cannot be encoded, and rates and latencies always are.
            preconditionFailure("encoding the figures: \(error)")
        }
    }

    private static func text(_ wallMilliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(wallMilliseconds) / 1_000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func latencies(_ ledger: Ledger) -> [Latency] {
        var whole: [SourceKind: Account] = [:]
        var byLine: [SourceKind: [Name: Account]] = [:]
        for (id, source) in ledger.sources {
            for (line, account) in source.accounts {
                whole[id.kind, default: Account()].add(account)
                if let line { byLine[id.kind, default: [:]][line, default: Account()].add(account) }
            }
        }
        return SourceKind.allCases.flatMap { kind in
            let all = Latency.all(of: whole[kind] ?? Account(), kind, line: nil)
            let lines = (byLine[kind] ?? [:]).sorted { $0.key < $1.key }.flatMap {
                Latency.all(of: $0.value, kind, line: $0.key)
            }
            return all + lines
        }
    }
}

extension FiguresReport.Line {
    init(_ stats: ProtoLineStats, _ history: History, seconds: Int64, at now: Int64) {
        name = stats.name
        waiting = stats.waiting
        oldestMs = stats.oldestMs
        claimed = stats.claimed
        freeSeats = stats.freeSeats
        nodes = stats.nodes
        expectedWaitMs = stats.hasExpectedWaitMs ? stats.expectedWaitMs : nil
        serviceLevel = stats.hasInTimePerMille ? Double(stats.inTimePerMille) / 1_000 : nil
        waits = stats.waits.map { FiguresReport.Wait($0) }
        self.history = history.line(
            stats.name, seconds: seconds, countMax: FiguresReport.pointsMax, at: now
        ).map { age, line in
            FiguresReport.Point(
                ageMs: age, waiting: line.waiting, oldestMs: line.oldestMilliseconds, claimed: line.claimed,
                freeSeats: line.freeSeats)
        }
    }
}

extension FiguresReport.Wait {
    fileprivate init(_ wait: ProtoLineStats.PriorityWait) {
        priority = Priority(wait.priority).word
        oldestMs = wait.oldestMs
        boundMs = wait.hasBoundMs ? wait.boundMs : nil
        isPastBound = boundMs.map { $0 < wait.oldestMs } ?? false
    }
}

extension FiguresReport.Totals {
    init(_ proto: ProtoTotals, isConserved: Bool) {
        waiting = proto.waiting
        claimed = proto.claimed
        parked = proto.parked
        pending = proto.pending
        onHold = proto.onHold
        solved = proto.solved
        closed = proto.closed
        spam = proto.spam
        open = [waiting, claimed, parked, pending, onHold].reduce(0) { $0.addingSaturated($1) }
        submitted = proto.submitted
        claims = proto.claims
        resolutions = proto.resolutions
        escalated = proto.escalated
        handedBack = proto.handedBack
        replies = proto.replies
        expired = proto.expired
        parkings = proto.parkings
        conserved = isConserved
    }
}

extension FiguresReport.Latency {
    /// Every latency of an account, in order of name.
    static func all(of account: Account, _ kind: SourceKind, line: Name?) -> [Self] {
        account.latencies.sorted { $0.key < $1.key }.map { name, latencies in
            let found = latencies.percentiles([50, 90, 99, 99.9]).map { Double($0) / 1_000 }
            return Self(
                source: kind.rawValue, name: name.text, line: line?.text, count: latencies.total,
                p50Ms: found[0], p90Ms: found[1], p99Ms: found[2], p999Ms: found[3],
                maxMs: Double(latencies.max) / 1_000)
        }
    }
}

extension FiguresReport.Node {
    init(_ run: NodeRun, _ ledger: Ledger, at now: Int64) {
        let info = ledger.nodes[run]
        let source = ledger.sources[SourceID(.node, run.node)]
        let reported = source?.runs.first { $0.incarnation == run.incarnation }
        let entry = ledger.reconciliation.runs[run]
        name = run.node.text
        incarnation = run.incarnation
        line = info?.line ?? reported?.line?.text ?? ""
        shift = info?.shift ?? ""
        connected = info != nil
        seats = info?.seats ?? 0
        freeSeats = info?.freeSeats ?? 0
        reportAgeMs = reported.map { max(0, now - $0.receivedAt) }
        own = entry?.own
        log = entry?.log ?? Tally()
        agree = (own ?? Tally()) == log
        verdict = entry?.verdict ?? .silent
        latencies = reported.map { FiguresReport.Latency.all(of: $0.account, .node, line: $0.line) } ?? []
    }
}
