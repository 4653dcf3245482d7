import Foundation

extension RunReport {
    /// The report as one page that needs nothing else: no script, no font, no server.
    package var page: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>\(HTML.text(scenario)): load test</title>
        <style>\(PageStyle.css)</style></head><body><main>
        \(heading)\(tiles)\(checkList)
        <section><h2>Over time</h2>\(marksLegend)<div class="charts">\(charts.map(\.html).joined())</div></section>
        <section><h2>Phases</h2>\(phaseTable)</section>
        \(restartSection)\(refusalSection)
        <section><h2>Lines and nodes</h2>\(fleetTable)\(nodeBars)</section>
        <footer>\(HTML.text(footer))</footer>
        </main></body></html>

        """
    }

    private var heading: String {
        """
        <header><p class="verdict \(ok ? "good" : "bad")">\(ok ? "every check holds" : "a check failed")</p>
        <h1>\(HTML.text(scenario))</h1><p>\(HTML.text(about))</p></header>

        """
    }

    private var footer: String {
        "Begun \(startedAt), seed \(seed), on \(machine.cores) cores (\(machine.processor)), Linux \(machine.kernel), "
            + "\(machine.memoryGiB) GiB; the load generator ran on the same cores. \(durability). Latencies count from "
            + "the moment at which a customer wrote, whether or not the request had left by then."
    }

    // MARK: - The figures that matter most

    private var tiles: String {
        let tiles: [(String, String, String)] = [
            (
                HTML.count(offered), "written",
                "\(HTML.count(submitted)) accepted, \(HTML.count(refused)) refused"
            ),
            (HTML.count(solved), "solved", "\(HTML.count(parked)) parked for a person"),
            (HTML.count(lost), "lost", "of all that was acknowledged"),
            (HTML.count(doubleClaims), "held twice", "\(HTML.count(overtakes)) out of order"),
            (HTML.milliseconds(submitMs.p99) + " ms", "answered, p99", percentiles(submitMs)),
            (HTML.milliseconds(grantMs.p99) + " ms", "granted, p99", percentiles(grantMs)),
        ]
        let items = tiles.map { "<li><strong>\($0)</strong><span>\($1)</span><small>\($2)</small></li>" }
        return "<ul class=\"tiles\">\(items.joined())</ul>\n"
    }

    private func percentiles(_ value: Percentiles) -> String {
        "p50 \(HTML.milliseconds(value.p50)), p99.9 \(HTML.milliseconds(value.p999))"
    }

    private var checkList: String {
        let items = checks.map { check in
            let details = check.details.map { "<br><code>\(HTML.text($0))</code>" }.joined()
            return "<li class=\"\(check.holds ? "good" : "bad")\">\(HTML.prose(check.title)) "
                + "<small>\(HTML.count(check.checked)) looked at, \(HTML.count(check.violations)) violations</small>\(details)</li>"
        }
        return "<section><h2>What must hold</h2><ul class=\"checks\">\(items.joined())</ul></section>\n"
    }

    private var marksLegend: String {
        guard !injections.isEmpty else { return "" }
        let items = injections.map {
            "<li><b>\(String(format: "%.1f s", $0.atSeconds))</b> \(HTML.text($0.what))</li>"
        }
        let list = "<ol class=\"injections\">\(items.joined())</ol>"
        guard injections.count > 12 else { return list }
        return "<details><summary>\(injections.count) injections, the dashed lines</summary>\(list)</details>"
    }

    // MARK: - Tables

    private var phaseTable: String {
        HTML.table(
            [
                "phase", "seconds", "in/s", "solved/s", "lifecycles/s", "answered p50", "p99", "p99.9 ms",
                "granted p50",
                "p99", "p99.9 ms",
                "view behind p99 ms", "waiting after", "broker cores", "MiB",
            ],
            phases.map { phase in
                [
                    phase.name, HTML.short(phase.seconds), HTML.count(Int(phase.submittedPerSecond)),
                    HTML.count(Int(phase.solvedPerSecond)), rate(phase),
                    HTML.milliseconds(phase.submitMs.p50),
                    HTML.milliseconds(phase.submitMs.p99), HTML.milliseconds(phase.submitMs.p999),
                    HTML.milliseconds(phase.grantMs.p50), HTML.milliseconds(phase.grantMs.p99),
                    HTML.milliseconds(phase.grantMs.p999), HTML.milliseconds(phase.viewLagMs.p99),
                    HTML.count(Int(phase.waitingAfter)), String(format: "%.2f", phase.brokerCores),
                    HTML.count(Int(phase.brokerMiB)),
                ]
            })
    }

    private func rate(_ phase: PhaseReport) -> String {
        let rate = HTML.count(Int(phase.lifecyclesPerSecond))
        guard let ratio = phase.ratio else { return rate }
        return rate + String(format: " (%.2f of ", ratio) + "\(phase.comparedWith ?? ""))"
    }

    private var restartSection: String {
        guard !restarts.isEmpty else { return "" }
        func cell(_ value: Double?) -> String { value.map { HTML.count(Int($0)) } ?? "-" }
        let table = HTML.table(
            [
                "broker", "at s", "open tickets", "ready after ms", "first grant after ms", "resident MiB",
                "at most MiB",
            ],
            restarts.map {
                [
                    $0.killed ? "killed" : "restarted", HTML.short($0.atSeconds),
                    HTML.count(Int($0.openTickets)),
                    cell($0.readyMs), cell($0.firstGrantMs), cell($0.residentMiB), cell($0.highestMiB),
                ]
            })
        return "<section><h2>The broker's restarts</h2>\(table)</section>\n"
    }

    private var refusalSection: String {
        guard !refusals.isEmpty else { return "" }
        let table = HTML.table(
            ["refusal", "count", "with a time", "longest, ms", "reason"],
            refusals.map {
                [
                    $0.word, HTML.count($0.count), HTML.count($0.withTime),
                    HTML.count(Int($0.retryAfterMsMax)), $0.reason,
                ]
            })
        return "<section><h2>Refusals</h2>\(table)</section>\n"
    }

    private var fleetTable: String {
        HTML.table(
            [
                "fleet", "line", "nodes", "granted", "solved", "escalated", "handed back", "too late",
                "revoked",
            ],
            fleets.map {
                [
                    $0.name, $0.line, HTML.count($0.nodes), HTML.count($0.granted), HTML.count($0.solved),
                    HTML.count($0.escalated), HTML.count($0.handedBack), HTML.count($0.stale),
                    HTML.count($0.revoked),
                ]
            })
    }

    /// Nodes that are shown one by one; of more, the busiest and the idlest say enough.
    private static let nodesShown = 60

    private var nodeBars: String {
        let most = Double(max(1, nodes.map(\.granted).max() ?? 1))
        let busiest = nodes.count > Self.nodesShown ? Array(nodes.sorted { $0.granted > $1.granted }) : nodes
        let shown = busiest.prefix(nodes.count > Self.nodesShown ? Self.nodesShown / 2 : nodes.count)
        let idlest = nodes.count > Self.nodesShown ? busiest.suffix(Self.nodesShown / 2) : []
        let items = (Array(shown) + Array(idlest)).map { node in
            let fate = node.fate.isEmpty ? "" : " <em>\(HTML.text(node.fate))</em>"
            return "<li><span>\(HTML.text(node.name))\(fate)</span><i style=\"width:"
                + "\(HTML.number(70 * Double(node.granted) / most))%\"></i><small>\(HTML.count(node.granted))</small></li>"
        }
        let note =
            nodes.count > Self.nodesShown
            ? "the \(shown.count) busiest and \(idlest.count) idlest of \(nodes.count)" : "all"
        return
            "<h3>Grants by node <small>\(note); † killed, * frozen</small></h3><ul class=\"bars\">\(items.joined())</ul>\n"
    }
}
