/// Something that somebody knows how to do, and how well; or that a ticket asks for, and how well at least.
package struct Skill: Hashable, Sendable {
    package var name: Name
    /// From 1, a beginner, to 5, who is asked by the others.
    package var level: Int

    package static let levels = 1...5

    package init(_ name: Name, _ level: Int) {
        self.name = name
        self.level = level
    }
}

/// Who has which skills: a node by its name, or all whose names begin alike.
package struct Expertise: Hashable, Sendable {
    /// A node's name; with `*` at its end it stands for any ending.
    package var nodes: String
    package var skills: [Skill]

    package init(nodes: String, skills: [Skill]) {
        self.nodes = nodes
        self.skills = skills
    }

    package func isOf(_ node: Name) -> Bool {
        guard nodes.utf8.last == UInt8(ascii: "*") else { return nodes == node.text }
        return node.text.utf8.starts(with: nodes.utf8.dropLast())
    }
}

/// What a ticket asks of whoever takes it from its line.
package struct Demands: Hashable, Sendable {
    /// Nobody without these gets it. In order of name, each once, like ``preferred``.
    package var required: [Skill]
    /// Nobody without these gets it at first; see ``LineSettings/preferredForMilliseconds``.
    package var preferred: [Skill]

    package init(required: [Skill] = [], preferred: [Skill] = []) {
        self.required = required
        self.preferred = preferred
    }

    package var isEmpty: Bool { required.isEmpty && preferred.isEmpty }

    /// What is left of them when nobody with the preferred skills came in time.
    package var relaxed: Demands { Demands(required: required) }

    /// The first that somebody lacks; nil when they may have the ticket.
    package func firstLacking(in skills: [Skill]) -> Skill? {
        required.first { !$0.isMet(by: skills) } ?? preferred.first { !$0.isMet(by: skills) }
    }

    /// Both together: of a skill that is in both, the higher level.
    package mutating func join(_ other: Demands) {
        for skill in other.required { Self.add(skill, to: &required) }
        for skill in other.preferred { Self.add(skill, to: &preferred) }
    }

    private static func add(_ skill: Skill, to skills: inout [Skill]) {
        let index = skills.firstIndex { $0.name >= skill.name } ?? skills.count
        if index < skills.count, skills[index].name == skill.name {
            skills[index].level = max(skills[index].level, skill.level)
        } else {
            skills.insert(skill, at: index)
        }
    }
}

extension Skill {
    package func isMet(by skills: [Skill]) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.levelIgnored) { return skills.contains { $0.name == name } }
        #endif
        return skills.contains { $0.name == name && $0.level >= level }
    }
}
