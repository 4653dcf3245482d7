import Tickets

/// Reads a phase of a scenario, with the fleets and the phases before it known.
struct PhaseReader {
    let path: String
    let scenario: Scenario

    func phase(_ section: YAMLSection) throws -> Phase {
        var section = section
        var phase = Phase(
            name: try section.required("name") { section, key throws(ScenarioError) in try section.text(key) }
        )
        guard !scenario.phases.contains(where: { $0.name == phase.name }) else {
            throw section.error(
                "there are two phases `\(phase.name)`; give each a name of its own", at: "name")
        }
        phase.seconds = try section.number("forSeconds", in: 0.1...86_400)
        phase.endsWhenEmpty = try section.flag("endsWhenEmpty")
        phase.comparedWith = try section.text("comparedWith")
        if let other = phase.comparedWith, !scenario.phases.contains(where: { $0.name == other }) {
            throw section.error("there is no phase `\(other)` before this one", at: "comparedWith")
        }
        phase.load = try load(&section, phase)
        let injections = try section.sections("injections", each: "an injection")
        let churns = try section.sections("churn", each: "a churn")
        // A key that is written wrong is the cause of one that is missing.
        try section.finish()
        guard phase.seconds != nil || phase.load.endsByItself else {
            throw section.error(
                "the phase `\(phase.name)` needs `forSeconds`, or `tickets` after which it ends")
        }
        for injection in injections { phase.injections.append(try self.injection(injection)) }
        var random = SeededGenerator(seed: scenario.seed, purpose: 100 + UInt64(scenario.phases.count))
        for churn in churns {
            phase.injections += try self.churn(churn, seconds: phase.seconds ?? 0, &random)
        }
        phase.injections.sort { $0.atSeconds < $1.atSeconds }
        return phase
    }

    // MARK: - Load

    private func load(_ section: inout YAMLSection, _ phase: Phase) throws -> Load {
        let rate = try section.number("perSecond", in: 0...1_000_000)
        let end = try section.number("toPerSecond", in: 0...1_000_000)
        let factor = try section.number("factor", in: 0...1_000) ?? 1
        let outstanding = try section.whole("outstanding", in: 1...100_000)
        let lifecycles = try section.whole("lifecycles", in: 1...100_000)
        let tickets = try section.whole("tickets", in: 1...100_000_000)
        if var share = try section.section("rate") {
            let named = try share.required("ofPhase") { section, key throws(ScenarioError) in
                try section.text(key)
            }
            guard scenario.phases.contains(where: { $0.name == named }) else {
                throw share.error("there is no phase `\(named)` before this one", at: "ofPhase")
            }
            let part = try share.number("share", in: 0...10) ?? 1
            try share.finish()
            return .shareOf(phase: named, part)
        }
        let seconds = phase.seconds ?? 0
        if let curve = try section.section("curve") {
            guard let rate else {
                throw curve.error("a curve needs `perSecond`: the rate of its average minute")
            }
            return .open(try stretches(curve, seconds: seconds, perSecond: rate * factor))
        }
        if let lifecycles { return .lifecycles(lifecycles) }
        if let outstanding { return .closed(outstanding: outstanding, tickets: tickets) }
        guard let rate else { return .none }
        return .open([Stretch(seconds: seconds, from: rate * factor, to: (end ?? rate) * factor)])
    }

    private func stretches(_ section: YAMLSection, seconds: Double, perSecond: Double) throws -> [Stretch] {
        var section = section
        let file = try section.required("file") { section, key throws(ScenarioError) in try section.text(key)
        }
        let curvePath = ScenarioFile.beside(path, file)
        let curve = try ArrivalCurve(csv: ScenarioFile.text(of: curvePath), file: curvePath)
        let first = try minute(&section, "from") ?? 0
        let end = try minute(&section, "to") ?? curve.minutes.count
        try section.finish()
        guard first < end, end <= curve.minutes.count else {
            throw section.error("`from` must be before `to`, and both within the curve")
        }
        return curve.stretches(from: first, to: end, seconds: seconds, perSecond: perSecond)
    }

    private func minute(_ section: inout YAMLSection, _ key: String) throws(ScenarioError) -> Int? {
        guard let text = try section.text(key) else { return nil }
        guard let minute = ArrivalCurve.minute(text) else {
            throw section.error("`\(key)` is `\(text)`: write a time of day in quotes, as \"07:25\"", at: key)
        }
        return minute
    }

    // MARK: - Injections

    private func injection(_ section: YAMLSection) throws -> TimedInjection {
        var section = section
        let at = try section.number("atSeconds", in: 0...86_400) ?? 0
        var found: [Injection] = []
        if let scale = try section.section("scale") {
            found.append(try onNodes(scale, least: 0) { .scale(fleet: $0, nodes: $1) })
        }
        if let join = try section.section("join") {
            found.append(try onNodes(join, least: 1) { .join(fleet: $0, nodes: $1) })
        }
        if let drain = try section.section("drain") {
            found.append(try onNodes(drain, least: 1) { .drain(fleet: $0, nodes: $1) })
        }
        if let kill = try section.section("kill") {
            found.append(try onNodes(kill, least: 1) { .kill(fleet: $0, nodes: $1) })
        }
        if var freeze = try section.section("freeze") {
            let seconds = try freeze.number("forSeconds", in: 0...86_400) ?? 10
            found.append(try onNodes(freeze, least: 1) { .freeze(fleet: $0, nodes: $1, seconds: seconds) })
        }
        if var reconnect = try section.section("reconnect") {
            let fleet = try reconnect.text("fleet")
            found.append(.reconnect(fleet: try fleet.map { try self.fleet($0, reconnect) }))
            try reconnect.finish()
        }
        for (key, make) in [("killBroker", Injection.killBroker), ("restartBroker", Injection.restartBroker)]
        {
            guard var broker = try section.section(key) else { continue }
            found.append(make(try broker.number("downSeconds", in: 0...3_600) ?? 1))
            try broker.finish()
        }
        try section.finish()
        guard found.count == 1, let injection = found.first else {
            throw section.error("an injection does one thing at one time; this one does \(found.count)")
        }
        return TimedInjection(atSeconds: at, injection: injection)
    }

    private func onNodes(
        _ section: YAMLSection, least: Int, _ make: (_ fleet: Int, _ nodes: Int) -> Injection
    ) throws -> Injection {
        var section = section
        let name = try section.required("fleet") { section, key throws(ScenarioError) in try section.text(key)
        }
        let nodes = try section.required("nodes") { section, key throws(ScenarioError) in
            try section.whole(key, in: least...15_000)
        }
        try section.finish()
        return make(try fleet(name, section), nodes)
    }

    private func churn(
        _ section: YAMLSection, seconds: Double, _ random: inout SeededGenerator
    ) throws -> [TimedInjection] {
        var section = section
        let name = try section.required("fleet") { section, key throws(ScenarioError) in try section.text(key)
        }
        let fleet = try fleet(name, section)
        var plan = ChurnPlan(
            fleet: fleet, everySeconds: try section.number("everySeconds", in: 0.01...86_400) ?? 10,
            shares: [:],
            freezeSeconds: try section.number("freezeSeconds", in: 0.1...3_600) ?? 10,
            backAfterSeconds: try section.number("backAfterSeconds", in: 0...3_600) ?? 2)
        for misfortune in ChurnPlan.Misfortune.allCases {
            plan.shares[misfortune] = try section.share(misfortune.rawValue)
        }
        try section.finish()
        return plan.injections(seconds: seconds, &random)
    }

    private func fleet(_ name: String, _ section: YAMLSection) throws(ScenarioError) -> Int {
        guard let index = scenario.fleet(named: name) else {
            let known = scenario.fleets.map(\.name)
            let hint = NearestWord.to(name, among: known).map { "did you mean `\($0)`? Known" } ?? "known"
            throw section.error(
                "there is no fleet `\(name)`; \(hint) are \(known.joined(separator: ", "))", at: "fleet")
        }
        return index
    }
}
