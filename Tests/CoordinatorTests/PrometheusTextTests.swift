import Coordinator
import SwiftProtobuf
import Testing
import Wire

@Suite struct PrometheusTextTests {
    @Test func `families as the format has them`() {
        var text = PrometheusText()
        text.add("desk_up", .gauge, "Whether \\ it\nruns.", 1)
        text.add(
            "desk_tickets_total", .counter, "Tickets.",
            [(["line": "line-one", "node": "a"], 3), (["line": "line-two", "node": "b"], 0.5)])
        text.add("desk_nothing", .gauge, "No samples, no family.", [])
        var latencies = ProtoHistogram()
        latencies.valueUs = [90, 400, 2_000_000]
        latencies.count = [1, 2, 1]
        text.add(
            "desk_wait_seconds", "Waiting.", [(["line": "line-one"], Latencies(latencies))],
            bucketsMicroseconds: [100, 500, 1_000_000])
        #expect(
            text.text
                == """
                # HELP desk_up Whether \\\\ it\\nruns.
                # TYPE desk_up gauge
                desk_up 1
                # HELP desk_tickets_total Tickets.
                # TYPE desk_tickets_total counter
                desk_tickets_total{line="line-one",node="a"} 3
                desk_tickets_total{line="line-two",node="b"} 0.5
                # HELP desk_wait_seconds Waiting.
                # TYPE desk_wait_seconds histogram
                desk_wait_seconds_bucket{line="line-one",le="0.0001"} 1
                desk_wait_seconds_bucket{line="line-one",le="0.0005"} 3
                desk_wait_seconds_bucket{line="line-one",le="1"} 3
                desk_wait_seconds_bucket{line="line-one",le="+Inf"} 4
                desk_wait_seconds_sum{line="line-one"} 2.00009
                desk_wait_seconds_count{line="line-one"} 4

                """.replacingSum(with: latencies))
    }

    @Test(arguments: [
        #"quote " backslash \ both \""#, "two\nlines", "\"\u{301} combined", "\r\n", "\u{0}", "", "плюс ➕",
        "}", "{a=\"b\"} 1\n# TYPE x counter",
    ])
    func `any label value comes back as it was`(_ value: String) throws {
        var text = PrometheusText()
        text.add("desk_tickets", .gauge, "Tickets.", [(["line": value, "node": "a"], 7)])
        let samples = try parsePrometheus(text.text)
        try #require(samples.count == 1)
        #expect(samples[0].name == "desk_tickets")
        #expect(samples[0].labels.count == 2)
        #expect(Array((samples[0].labels["line"] ?? "?").utf8) == Array(value.utf8))
        #expect(samples[0].value == 7)
    }

    @Test func `more than ten thousand label values are summed into other`() throws {
        var text = PrometheusText()
        let samples = (0..<10_500).map { number in
            (labels: ["node": "n\(number)"] as PrometheusText.Labels, value: 2.0)
        }
        text.add("desk_held", .gauge, "Held.", samples)
        let parsed = try parsePrometheus(text.text)
        #expect(parsed.count == PrometheusText.labelValuesMax)
        #expect(parsed.last?.labels["node"] == "other")
        #expect(parsed.last?.value == 1_002)
        #expect(parsed.reduce(0) { $0 + $1.value } == 21_000)
    }

    @Test(arguments: [
        ("handle", "handle"), ("line-one.wait", "line_one_wait"), ("9lives", "_9lives"), ("", "_"),
        ("e\u{301}", "e__"),
    ])
    func `names become ones that Prometheus takes`(_ from: String, _ to: String) {
        #expect(PrometheusText.name(from) == to)
    }

    @Test func `a ledger renders to samples that parse and say what it knows`() throws {
        var ledger = Ledger()
        ledger.take(
            metrics(
                counters: ["grants": 4], latencies: ["handle": [1_000: 3, 80_000: 1]], gauges: ["load": 0.5],
                tally: tally(claims: 4)), at: 1_000)
        ledger.take(
            metrics("broker", source: "broker", latencies: ["commit": [900: 2]], gauges: ["sessions": 3]),
            at: 1_000)
        ledger.brokerIsUp = true
        ledger.take(
            stats(
                position: 40, submitted: 9, waiting: 6, solved: 3, resolutions: 4, oldestMs: 2_500,
                tallies: [tally(claims: 4)]), askedAt: 1_001, at: 1_500)
        ledger.take(
            .with {
                $0.nodes = [
                    .with {
                        ($0.name, $0.incarnation, $0.line, $0.seats, $0.freeSeats) = (
                            "a", 1, "line-one", 4, 1
                        )
                    }
                ]
            }, at: 1_500)
        let samples = try parsePrometheus(ledger.prometheusText(at: 2_000))
        func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
            samples.first { $0.name == name && $0.labels == labels }?.value
        }
        #expect(value("switchboard_broker_up") == 1)
        #expect(value("switchboard_reconciled") == 1)
        #expect(value("switchboard_conserved") == 1)
        #expect(value("switchboard_figures_age_seconds") == 0.5)
        #expect(value("switchboard_tickets_submitted_total") == 9)
        #expect(value("switchboard_resolutions_total") == 4)
        #expect(value("switchboard_tickets", ["state": "waiting"]) == 6)
        #expect(value("switchboard_line_waiting", ["line": "line-one"]) == 6)
        #expect(value("switchboard_line_oldest_seconds", ["line": "line-one"]) == 2.5)
        #expect(value("switchboard_node_seats", ["node": "a", "line": "line-one"]) == 4)
        #expect(value("switchboard_node_grants_total", ["node": "a", "line": "line-one"]) == 4)
        #expect(value("switchboard_node_load_now", ["node": "a", "line": "line-one"]) == 0.5)
        #expect(value("switchboard_node_handle_seconds_count", ["line": "line-one"]) == 4)
        #expect(value("switchboard_node_handle_seconds_bucket", ["line": "line-one", "le": "0.001"]) == 3)
        #expect(value("switchboard_broker_commit_seconds_count", ["line": "line-one"]) == 2)
        // Half a minute later nobody stands for the gauges any more; counters stay.
        let later = try parsePrometheus(ledger.prometheusText(at: 32_000))
        #expect(!later.contains { $0.name == "switchboard_node_load_now" })
        #expect(later.contains { $0.name == "switchboard_node_grants_total" })
    }

    @Test func `without figures there are no zeros that could be taken for some`() throws {
        let samples = try parsePrometheus(Ledger().prometheusText(at: 0))
        #expect(samples.contains { $0.name == "switchboard_broker_up" && $0.value == 0 })
        #expect(samples.contains { $0.name == "switchboard_figures_stale" && $0.value == 1 })
        #expect(!samples.contains { $0.name.hasPrefix("switchboard_tickets") })
    }
}

extension String {
    /// Values are kept to one in a thousand, so the sum is what was kept.
    fileprivate func replacingSum(with histogram: ProtoHistogram) -> String {
        let sum = Latencies(histogram).sumMicroseconds / 1_000_000
        return split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasPrefix("desk_wait_seconds_sum")
                ? "desk_wait_seconds_sum{line=\"line-one\"} \(sum)" : String($0)
        }.joined(separator: "\n")
    }
}
