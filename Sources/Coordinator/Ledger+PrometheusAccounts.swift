import Tickets

extension Ledger {
    /// Families whose names the senders chose: `switchboard_<sender>_<name>`.
    func addAccounts(to text: inout PrometheusText, at now: Int64) {
        for kind in SourceKind.allCases {
            let senders = sources.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }
            addCounters(of: senders, kind, to: &text)
            addGauges(of: senders, kind, to: &text, at: now)
            addLatencies(of: senders, kind, to: &text)
        }
    }

    private typealias Senders = [(key: SourceID, value: Source)]

    private func addCounters(of senders: Senders, _ kind: SourceKind, to text: inout PrometheusText) {
        var samples: [String: [(labels: PrometheusText.Labels, value: Double)]] = [:]
        for (id, source) in senders {
            for (line, account) in source.accounts.sorted(by: Self.byLine) {
                for (name, value) in account.counters {
                    samples[Self.family(name, kind, ending: "_total"), default: []].append(
                        ([kind.rawValue: id.name.text, "line": line?.text ?? ""], Double(value)))
                }
            }
        }
        for (family, samples) in samples.sorted(by: { $0.key < $1.key }) {
            text.add(family, .counter, "Counted by each \(kind.rawValue).", samples)
        }
    }

    /// Only of runs that still speak: a value nobody stands for any more is not a figure.
    private func addGauges(
        of senders: Senders, _ kind: SourceKind, to text: inout PrometheusText, at now: Int64
    ) {
        var samples: [String: [(labels: PrometheusText.Labels, value: Double)]] = [:]
        for (id, source) in senders {
            guard let run = source.latest, now - run.receivedAt <= Self.gaugeMilliseconds else { continue }
            for (name, value) in run.gauges {
                samples[Self.family(name, kind, ending: "_now"), default: []].append(
                    ([kind.rawValue: id.name.text, "line": run.line?.text ?? ""], value))
            }
        }
        for (family, samples) in samples.sorted(by: { $0.key < $1.key }) {
            text.add(family, .gauge, "Measured by each \(kind.rawValue).", samples)
        }
    }

    /// By line, not by node: a histogram is some twenty samples.
    private func addLatencies(of senders: Senders, _ kind: SourceKind, to text: inout PrometheusText) {
        var families: [String: [Name?: Latencies]] = [:]
        for (_, source) in senders {
            for (line, account) in source.accounts {
                for (name, latencies) in account.latencies {
                    let family = Self.family(name, kind, ending: "_seconds")
                    families[family, default: [:]][line, default: Latencies()].add(latencies)
                }
            }
        }
        for (family, lines) in families.sorted(by: { $0.key < $1.key }) {
            text.add(
                family, "Measured by the \(kind.rawValue)s of a line.",
                lines.sorted(by: Self.byLine).map { (["line": $0.key?.text ?? ""], $0.value) })
        }
    }

    private static func byLine<Value>(
        _ a: (key: Name?, value: Value), _ b: (key: Name?, value: Value)
    ) -> Bool {
        (a.key?.text ?? "") < (b.key?.text ?? "")
    }

    /// One ending for each kind of family, so that a counter and a gauge of one name cannot collide.
    private static func family(_ name: Name, _ kind: SourceKind, ending: String) -> String {
        let word = PrometheusText.name(name.text)
        return "switchboard_\(kind.rawValue)_\(word)" + (word.utf8.elementsEqual(ending.utf8) ? "" : ending)
    }
}
