import Desk
import Tickets

extension Plan {
    /// The settings of the desk that the broker serves.
    var desk: DeskSettings {
        var settings = swarm.desk
        settings.life.deputies = deputies
        if swarm.hasSkills { settings.expertise = expertise(turn: 0) }
        return settings
    }

    /// Who knows what. The first node of each line knows everything, so that nothing waits for ever; of the others each
    /// knows something else, and another thing at another turn.
    func expertise(turn: Int) -> [Expertise] {
        var lines: Set<Int> = []
        var expertise: [Expertise] = []
        for (index, member) in members.enumerated() {
            guard case .node(let line, _) = member else { continue }
            let isFirst = lines.insert(line).inserted
            expertise.append(
                Expertise(
                    nodes: Cluster.name(of: member, index).text,
                    skills: isFirst
                        ? Self.everything : Self.somethings[(index + turn) % Self.somethings.count]))
        }
        return expertise
    }

    private static let everything = [Skill("maths", 3), Skill("music", 1)]
    private static let somethings = [[], [Skill("maths", 2)], [Skill("maths", 1), Skill("music", 5)]]
}

extension Swarm {
    /// Whoever takes what was sent as low knows maths well, and some music if such a one comes in time; what was sent as
    /// high is for the best in maths at first.
    static let skilledRules: [RoutingRule] = {
        var skilled = rules
        skilled[0].demands = Demands(required: [Skill("maths", 2)], preferred: [Skill("music", 1)])
        skilled[2].demands = Demands(preferred: [Skill("maths", 3)])
        return skilled
    }()
}
