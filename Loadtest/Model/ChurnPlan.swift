/// Nodes that come and go by chance: a Poisson process of small misfortunes.
struct ChurnPlan: Hashable, Sendable {
    var fleet: Int
    /// Mean time between two of them.
    var everySeconds: Double
    /// What happens, by shares: dies, freezes or leaves.
    var shares: [Misfortune: Double]
    var freezeSeconds: Double
    /// After how long a node that died or left is replaced.
    var backAfterSeconds: Double

    enum Misfortune: String, CaseIterable, Sendable {
        case dies, freezes, leaves
    }

    /// What happens in a phase of a length, in no particular order.
    func injections(seconds: Double, _ random: inout SeededGenerator) -> [TimedInjection] {
        let choice = Weighted(Misfortune.allCases.map { ($0, shares[$0] ?? 0) })
        var injections: [TimedInjection] = []
        var at = random.exponential() * everySeconds
        while at < seconds {
            let end: Injection? =
                switch choice.draw(&random) ?? .dies {
                case .freezes: nil
                case .dies: .kill(fleet: fleet, nodes: 1)
                case .leaves: .drain(fleet: fleet, nodes: 1)
                }
            if let end {
                injections.append(TimedInjection(atSeconds: at, injection: end))
                let back = min(at + backAfterSeconds, seconds)
                injections.append(
                    TimedInjection(atSeconds: back, injection: .join(fleet: fleet, nodes: 1)))
            } else {
                let freeze = Injection.freeze(fleet: fleet, nodes: 1, seconds: freezeSeconds)
                injections.append(TimedInjection(atSeconds: at, injection: freeze))
            }
            at += random.exponential() * everySeconds
        }
        return injections
    }
}
