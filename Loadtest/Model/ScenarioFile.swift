import Foundation
import Tickets
import Yams

/// Reads a scenario and what stands beside it.
package struct ScenarioFile {
    private let path: String

    /// - Throws: A ``ScenarioError`` that names the file, the line where that is known, and what to do.
    package static func read(_ path: String) throws -> Scenario {
        let file = ScenarioFile(path: path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: try Self.text(of: path))
        } catch let error as YamlError {
            let words = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
            throw ScenarioError(path, line: nil, "it is not YAML: \(words)")
        }
        guard let node else {
            throw ScenarioError(path, line: nil, "the file is empty; a scenario has phases")
        }
        return try file.scenario(YAMLSection(node, "a scenario", file: path))
    }

    package static func text(of path: String) throws(ScenarioError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw ScenarioError(
                path, line: nil,
                exists
                    ? "it cannot be read: check its permissions" : "there is no such file: correct the path")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ScenarioError(path, line: nil, "it is not UTF-8: save it as UTF-8")
        }
        return text
    }

    /// What to say when there is no such scenario.
    package static func missing(_ name: String, known: [String]) -> String {
        let hint = NearestWord.to(name, among: known).map { "did you mean `\($0)`? Shipped" } ?? "shipped"
        return
            "there is no scenario `\(name)`: name a file, or run this from the project's folder; \(hint) are "
            + (known.isEmpty ? "none here" : known.joined(separator: ", "))
    }

    private func scenario(_ section: YAMLSection) throws -> Scenario {
        var section = section
        let name =
            try section.text("name") ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        var scenario = Scenario(name: name, about: try section.text("about") ?? "")
        scenario.seed = UInt64(try section.whole("seed", in: 0...Int.max) ?? 1)
        scenario.drainSeconds = try section.number("drainSeconds", in: 0...86_400) ?? 60
        if let broker = section.node("broker") { scenario.broker = try self.broker(broker) }
        if let requests = try section.section("requests") { scenario.requests = try mix(requests) }
        for fleet in try section.sections("fleets", each: "a fleet") {
            let plan = try self.fleet(fleet, scenario.broker)
            guard scenario.fleet(named: plan.name) == nil else {
                throw fleet.error("there are two fleets `\(plan.name)`; give each a name of its own")
            }
            scenario.fleets.append(plan)
        }
        for phase in try section.sections("phases", each: "a phase") {
            scenario.phases.append(try PhaseReader(path: path, scenario: scenario).phase(phase))
        }
        try section.finish()
        guard !scenario.phases.isEmpty else {
            throw section.error("a scenario needs at least one phase in `phases`")
        }
        return scenario
    }

    /// What the tool itself needs is read here; all of it goes to the broker, which knows the rest.
    private func broker(_ node: Node) throws -> BrokerPlan {
        var section = try YAMLSection(node, "`broker`", file: path)
        var plan = BrokerPlan()
        plan.leaseMilliseconds = try section.whole("leaseMs", in: 20...86_400_000) ?? plan.leaseMilliseconds
        plan.heartbeatMilliseconds =
            try section.whole("heartbeatMs", in: 20...600_000) ?? plan.heartbeatMilliseconds
        plan.file = try Yams.serialize(node: node)
        let lines = try section.sections("lines", each: "a line")
        guard !lines.isEmpty else { return plan }
        plan.lines = []
        for line in lines { plan.lines.append(try self.line(line)) }
        return plan
    }

    private func line(_ section: YAMLSection) throws -> LineSettings {
        var section = section
        var line = LineSettings(name: try Self.name(&section, "name"))
        guard let node = section.node("headStartMs") else { return line }
        let values = node.sequence?.compactMap { $0.int.map { Int64($0) } } ?? []
        guard values.count == Priority.allCases.count else {
            throw section.error("`headStartMs` has four values: low, normal, high, urgent", at: "headStartMs")
        }
        line.headStartMilliseconds = values
        return line
    }

    private func fleet(_ section: YAMLSection, _ broker: BrokerPlan) throws -> FleetPlan {
        var section = section
        let name = try Self.name(&section, "name")
        var plan = FleetPlan(name: name.text, line: try Self.name(&section, "line"))
        guard broker.lines.contains(where: { $0.name == plan.line }) else {
            let known = broker.lines.map(\.name.text).joined(separator: ", ")
            throw section.error("the desk has no line `\(plan.line)`; it has \(known)", at: "line")
        }
        plan.isFirstLine = plan.line == broker.lines.first?.name
        plan.nodes = try section.whole("nodes", in: 0...15_000) ?? plan.nodes
        plan.seats = try section.whole("seats", in: 1...4_096) ?? plan.seats
        plan.escalationShare = try section.share("escalationShare") ?? 0
        plan.joinsPerSecond = try section.number("joinsPerSecond", in: 1...100_000)
        plan.service = try serviceTime(&section)
        try section.finish()
        return plan
    }

    private func serviceTime(_ section: inout YAMLSection) throws -> ServiceTime {
        let mean = try section.number("serviceMs", in: 0...86_400_000) ?? 0
        let sigma = try section.number("sigma", in: 0...5) ?? 0.7
        switch try section.text("serviceTime") ?? "exponential" {
        case _ where mean == 0: return .none
        case "constant": return .constant(milliseconds: mean)
        case "exponential": return .exponential(meanMilliseconds: mean)
        case "lognormal": return .lognormal(meanMilliseconds: mean, sigma: sigma)
        case let other:
            throw section.error(
                "there is no service time `\(other)`; take constant, exponential or lognormal",
                at: "serviceTime")
        }
    }

    private func mix(_ section: YAMLSection) throws -> RequestMix {
        var section = section
        var mix = RequestMix()
        mix.file = try section.text("file").map { Self.beside(path, $0) }
        mix.customers = try section.whole("customers", in: 1...100_000_000) ?? mix.customers
        let kinds = try section.shares("kinds")
        if !kinds.isEmpty { mix.kinds = Weighted(kinds.map { ($0.word, $0.share) }) }
        let channels = try section.shares("channels")
        if !channels.isEmpty {
            mix.channels = Weighted(
                try channels.map { channel in
                    guard let name = Name(channel.word) else {
                        throw section.error("`\(channel.word)` is no name of a channel", at: "channels")
                    }
                    return (name, channel.share)
                })
        }
        let priorities = try section.shares("priorities")
        if !priorities.isEmpty {
            mix.priorities = Weighted(
                try priorities.map { priority in
                    guard let known = Priority(word: priority.word) else {
                        throw section.error(
                            "there is no priority `\(priority.word)`; take low, normal, high or urgent",
                            at: "priorities")
                    }
                    return (known, priority.share)
                })
        }
        if var repeated = try section.section("repeated") {
            mix.repeated = RequestMix.Repeated(
                kind: try repeated.required("kind") { section, key throws(ScenarioError) in
                    try section.text(key)
                },
                share: try repeated.required("share") { section, key throws(ScenarioError) in
                    try section.share(key)
                })
            try repeated.finish()
        }
        try section.finish()
        return mix
    }

    private static func name(_ section: inout YAMLSection, _ key: String) throws(ScenarioError) -> Name {
        let text = try section.required(key) { section, key throws(ScenarioError) in try section.text(key) }
        guard let name = Name(text) else {
            throw section.error(
                "`\(key)` is `\(text)`: a name has 1 to \(Name.bytesMax) letters, digits, or any of . _ @ -",
                at: key)
        }
        return name
    }

    /// A path as the scenario writes it: from the folder that the scenario is in.
    static func beside(_ path: String, _ other: String) -> String {
        guard !other.hasPrefix("/") else { return other }
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(other)
            .standardizedFileURL.path
    }
}
