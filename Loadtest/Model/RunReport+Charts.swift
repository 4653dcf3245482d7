extension RunReport {
    /// All pictures, in the order in which one asks: what came, what waited, how long, and why.
    var charts: [Chart] {
        [arrivals, backlog, answered, granted, behind, grantsByFleet, nodesByFleet, processors, memory]
    }

    private static let colours = ["c1", "c2", "c3", "c4", "c5", "c6"]

    private func chart(
        _ title: String, _ unit: String, _ series: [Chart.Series], isLogarithmic: Bool = false
    ) -> Chart {
        Chart(
            title: title, unit: unit, series: series, isLogarithmic: isLogarithmic, seconds: seconds,
            marks: injections.enumerated().map {
                ($1.atSeconds, injections.count > 24 ? "" : String($0 + 1))
            },
            bands: phases.map { ($0.startSeconds, $0.startSeconds + $0.seconds, $0.name) })
    }

    private func series(
        _ name: String, _ colour: Int, isArea: Bool = false, _ value: (Sample) -> Double?
    ) -> Chart.Series {
        Chart.Series(
            name: name, colour: Self.colours[colour % Self.colours.count],
            // A second's figures stand in its middle.
            points: samples.map { ($0.atSeconds - 0.5, value($0)) }, isArea: isArea)
    }

    private var arrivals: Chart {
        var all = [
            series("written", 0, isArea: true) { Double($0.counts.offered) },
            series("accepted", 1) { Double($0.counts.accepted) },
            series("solved", 2) { Double($0.counts.solved) },
        ]
        if refused > 0 { all.append(series("refused", 3) { Double($0.counts.refused) }) }
        return chart("Arrivals and answers", "a second", all)
    }

    private var backlog: Chart {
        let names = samples.lazy.map(\.lines).first { !$0.isEmpty }?.map(\.name) ?? []
        let waiting = names.enumerated().map { index, name in
            series("\(name) waiting", index, isArea: true) { sample in
                sample.lines.first { $0.name == name }.map { Double($0.waiting) }
            }
        }
        let claimed = series("claimed, all lines", 4) { sample in
            sample.lines.isEmpty ? nil : sample.lines.reduce(0) { $0 + Double($1.claimed) }
        }
        return chart("Backlog by line", "tickets", waiting + [claimed])
    }

    private var answered: Chart { latency("From written to answered", \.submitMs) }
    private var granted: Chart { latency("From written to granted", \.grantMs) }

    private func latency(_ title: String, _ percentiles: KeyPath<Sample, Percentiles>) -> Chart {
        func value(_ sample: Sample, _ percentile: KeyPath<Percentiles, Double>) -> Double? {
            let values = sample[keyPath: percentiles]
            return values.count > 0 ? values[keyPath: percentile] : nil
        }
        return chart(
            title, "ms, logarithmic",
            [
                series("p50", 2) { value($0, \.p50) }, series("p99", 0) { value($0, \.p99) },
                series("p99.9", 3) { value($0, \.p999) },
            ], isLogarithmic: true)
    }

    private var behind: Chart {
        chart(
            "The view behind the log", "ms",
            [series("longest of the second", 5, isArea: true) { $0.viewLagMs }])
    }

    private var grantsByFleet: Chart {
        chart("Grants by fleet", "a second", byFleet { Double($0.granted) })
    }

    private var nodesByFleet: Chart {
        chart("Nodes by fleet", "connected", byFleet { Double($0.nodes) })
    }

    private func byFleet(_ value: @escaping (FleetSample) -> Double) -> [Chart.Series] {
        fleets.enumerated().map { index, fleet in
            series("\(fleet.name) on \(fleet.line)", index) { sample in
                index < sample.fleets.count ? value(sample.fleets[index]) : nil
            }
        }
    }

    private var processors: Chart {
        chart(
            "Processors' worth of work", "cores",
            [
                series("broker", 0, isArea: true) { $0.brokerCores },
                series("customers and nodes (this tool)", 4) { $0.generatorCores },
            ])
    }

    private var memory: Chart {
        chart(
            "The broker's resident memory", "MiB",
            [series("resident", 1, isArea: true) { $0.brokerMiB > 0 ? $0.brokerMiB : nil }])
    }
}
