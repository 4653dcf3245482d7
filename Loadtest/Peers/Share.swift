/// The part of one system's rate that another one reaches: what it costs to do more than that system does.
package struct Share: Sendable, Hashable, Codable {
    package var system: String
    /// The system whose rate is the whole.
    package var of: String
    package var outstanding: Int
    /// 1 is as fast.
    package var share: Double
    /// The same by processor time, which a busy machine changes far less: what the whole takes for a lifecycle over
    /// what this one takes. nil where that was not counted.
    package var processorShare: Double?
    package var goal: Double
    /// What the rest is spent on.
    package var cost: String

    /// What a run showed of one system.
    package struct Rate: Sendable, Hashable {
        package var system: String
        package var outstanding: Int
        package var lifecyclesPerSecond: Double
        /// For each lifecycle, of the broker and of the load generator; nil where that was not counted.
        package var processorMicroseconds: Double?

        package init(
            system: String, outstanding: Int, lifecyclesPerSecond: Double, processorMicroseconds: Double?
        ) {
            self.system = system
            self.outstanding = outstanding
            self.lifecyclesPerSecond = lifecyclesPerSecond
            self.processorMicroseconds = processorMicroseconds
        }
    }

    private struct Pair {
        var system: OwnSystem
        var whole: String
        var goal: Double
        var cost: String
    }

    private static let ceiling = SQLiteCeiling(.logAndView).name

    /// Like with like: CURVE is on for both of a pair, or for neither, unless it is what the pair shows.
    private static let pairs = [
        Pair(
            system: .switchboard, whole: OwnSystem.barePathWithCurve.name, goal: 0.7,
            cost: "rules and view"),
        Pair(
            system: .switchboardWithoutCurve, whole: OwnSystem.barePath.name, goal: 0.7,
            cost: "rules and view"),
        Pair(system: .switchboard, whole: OwnSystem.switchboardWithoutCurve.name, goal: 0.6, cost: "CURVE"),
        Pair(system: .switchboard, whole: ceiling, goal: 0.4, cost: "everything but SQLite"),
    ]

    /// nil when the whole did nothing.
    private init?(_ pair: Pair, _ part: Rate, of whole: Rate) {
        guard whole.lifecyclesPerSecond > 0 else { return nil }
        system = pair.system.name
        of = pair.whole
        outstanding = part.outstanding
        share = part.lifecyclesPerSecond / whole.lifecyclesPerSecond
        if let own = part.processorMicroseconds, own > 0 {
            processorShare = whole.processorMicroseconds.map { $0 / own }
        }
        goal = pair.goal
        cost = pair.cost
    }

    /// The shares that a run can tell: those of whose pair it measured both, by the number outstanding.
    ///
    /// A transaction of the ceiling has always as many lifecycles, so its rate is the whole for every number
    /// outstanding.
    package static func all(in rates: [Rate]) -> [Share] {
        let numbers = Set(rates.filter { $0.system != ceiling }.map(\.outstanding)).sorted()
        return numbers.flatMap { outstanding in
            pairs.compactMap { pair in
                func rate(_ system: String) -> Rate? {
                    rates.first {
                        $0.system == system && ($0.outstanding == outstanding || system == ceiling)
                    }
                }
                guard let part = rate(pair.system.name), let whole = rate(pair.whole) else { return nil }
                return Share(pair, part, of: whole)
            }
        }
    }
}
