import Tickets
import Wire

extension Ledger {
    /// What `/metrics` answers.
    package func prometheusText(at now: Int64) -> String {
        var text = PrometheusText()
        addHealth(to: &text, at: now)
        // Figures that were never read are left out: a zero would be a claim.
        if let stats {
            addTotals(stats.totals, to: &text)
            addLines(stats.lines, to: &text)
            text.add("switchboard_log_position", .gauge, "Last event of the log.", Double(stats.position))
            text.add(
                "switchboard_view_lag_events", .gauge, "Events by which the view is behind the log.",
                Double(stats.viewLag))
        }
        addNodes(to: &text, at: now)
        addAccounts(to: &text, at: now)
        return text.text
    }

    private func addHealth(to text: inout PrometheusText, at now: Int64) {
        text.add(
            "switchboard_broker_up", .gauge, "Whether the broker is connected and answers.",
            brokerIsUp ? 1 : 0)
        text.add(
            "switchboard_figures_stale", .gauge, "Whether the desk's figures are missing or too old.",
            isStale(at: now) ? 1 : 0)
        if let age = ageMilliseconds(at: now) {
            text.add(
                "switchboard_figures_age_seconds", .gauge, "Age of the desk's figures.", Double(age) / 1_000)
        }
        text.add(
            "switchboard_reconciled", .gauge, "Whether no node's own counts contradict the event log.",
            reconciliation.isOK ? 1 : 0)
        text.add(
            "switchboard_mismatches_total", .counter,
            "Times a node's counts began to contradict the event log.",
            Double(reconciliation.mismatchesSeen))
        if let isConserved {
            text.add(
                "switchboard_conserved", .gauge, "Whether every submitted ticket is in exactly one state.",
                isConserved ? 1 : 0)
        }
        text.add(
            "switchboard_log_rewinds_total", .counter,
            "Times the log went back: other counters may have too.",
            Double(rewinds))
        text.add(
            "switchboard_metrics_frames_total", .counter, "Frames of metrics by what became of them.",
            Intake.allCases.map { (["outcome": $0.rawValue], Double(intake[$0] ?? 0)) })
    }

    private func addTotals(_ totals: ProtoTotals, to text: inout PrometheusText) {
        let counters: [(name: String, help: String, value: UInt64)] = [
            ("tickets_submitted", "Tickets accepted.", totals.submitted),
            ("claims", "Claims granted.", totals.claims),
            ("resolutions", "Tickets solved; a reopened one counts again.", totals.resolutions),
            ("escalations", "Escalations to another line.", totals.escalated),
            ("handbacks", "Tickets handed back to their owner.", totals.handedBack),
            ("replies", "Replies to customers.", totals.replies),
            ("claims_expired", "Claims that lapsed.", totals.expired),
            ("parkings", "Tickets set aside after failed claims.", totals.parkings),
        ]
        for counter in counters {
            text.add("switchboard_\(counter.name)_total", .counter, counter.help, Double(counter.value))
        }
        let states = [
            ("waiting", totals.waiting), ("claimed", totals.claimed), ("parked", totals.parked),
            ("pending", totals.pending), ("on-hold", totals.onHold), ("solved", totals.solved),
            ("closed", totals.closed), ("spam", totals.spam),
        ]
        text.add(
            "switchboard_tickets", .gauge, "Tickets by state.",
            states.map { (["state": $0.0], Double($0.1)) })
    }

    private func addLines(_ lines: [ProtoLineStats], to text: inout PrometheusText) {
        let gauges: [(name: String, help: String, value: (ProtoLineStats) -> Double)] = [
            ("waiting", "Tickets that wait in the line.", { Double($0.waiting) }),
            (
                "oldest_seconds", "How long the oldest waiting ticket has waited.",
                { Double($0.oldestMs) / 1_000 }
            ),
            ("claimed", "Tickets being worked on.", { Double($0.claimed) }),
            ("free_seats", "Seats with room for a ticket.", { Double($0.freeSeats) }),
            ("nodes", "Nodes with a session.", { Double($0.nodes) }),
        ]
        for gauge in gauges {
            text.add(
                "switchboard_line_\(gauge.name)", .gauge, gauge.help,
                lines.map { (["line": $0.name], gauge.value($0)) })
        }
        text.add(
            "switchboard_line_expected_wait_seconds", .gauge,
            "How long a ticket would wait that came now, where the desk estimates.",
            lines.filter(\.hasExpectedWaitMs).map { (["line": $0.name], Double($0.expectedWaitMs) / 1_000) })
        text.add(
            "switchboard_line_service_level_ratio", .gauge,
            "Share of the answers of the last quarter of an hour that came in time, where any was promised.",
            lines.filter(\.hasInTimePerMille).map { (["line": $0.name], Double($0.inTimePerMille) / 1_000) })
        let waits = lines.flatMap { line in line.waits.map { (line.name, $0) } }
        func add(_ name: String, _ help: String, _ milliseconds: (ProtoLineStats.PriorityWait) -> UInt64?) {
            text.add(
                "switchboard_line_\(name)", .gauge, help,
                waits.compactMap { line, wait in
                    milliseconds(wait).map {
                        (["line": line, "priority": Priority(wait.priority).word], Double($0) / 1_000)
                    }
                })
        }
        add("wait_seconds", "How long the longest waiting ticket of a priority has waited.") { $0.oldestMs }
        add(
            "wait_bound_seconds",
            "How long a ticket of a priority may be overtaken by later ones; past it, seats are what is missing."
        ) { $0.hasBoundMs ? $0.boundMs : nil }
    }

    private func addNodes(to text: inout PrometheusText, at now: Int64) {
        // One sample a node: the run that connected last, should an older one not have been dropped yet.
        var latest: [Name: ProtoNodeInfo] = [:]
        for (run, info) in nodes.sorted(by: { $0.key < $1.key }) { latest[run.node] = info }
        let shown = latest.sorted { $0.key < $1.key }
        let gauges: [(name: String, help: String, value: (ProtoNodeInfo) -> Double)] = [
            ("seats", "Tickets the node is willing to hold.", { Double($0.seats) }),
            ("free_seats", "Seats with room for a ticket.", { Double($0.freeSeats) }),
            ("held", "Tickets the node holds.", { Double($0.held.count) }),
        ]
        for gauge in gauges {
            text.add(
                "switchboard_node_\(gauge.name)", .gauge, gauge.help,
                shown.map { (["node": $0.key.text, "line": $0.value.line], gauge.value($0.value)) })
        }
        let reports = sources.filter { $0.key.kind == .node }.sorted { $0.key < $1.key }
        text.add(
            "switchboard_node_report_age_seconds", .gauge, "Time since the node last reported.",
            reports.compactMap { id, source in
                source.latest.map { (["node": id.name.text], Double(max(0, now - $0.receivedAt)) / 1_000) }
            })
        addVerdicts(to: &text)
    }

    private func addVerdicts(to text: inout PrometheusText) {
        var counts: [Reconciliation.Verdict: Int] = [:]
        for entry in reconciliation.runs.values { counts[entry.verdict, default: 0] += 1 }
        text.add(
            "switchboard_node_runs", .gauge, "Runs of nodes by how their counts compare with the event log.",
            Reconciliation.Verdict.allCases.map { (["verdict": $0.rawValue], Double(counts[$0] ?? 0)) })
    }
}
