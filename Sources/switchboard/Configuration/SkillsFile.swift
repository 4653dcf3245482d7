import Desk
import Tickets

/// Who knows what, and what tickets ask for, as a desk's file says it.
enum SkillsFile {
    /// `skills` of the desk: by a node's name, or the beginning of names and `*`, what it knows.
    static func expertise(_ file: inout FileSection) -> [Expertise] {
        guard var section = file.section("skills") else { return [] }
        return section.keys.map { Expertise(nodes: $0, skills: skills(&section, $0)) }
    }

    /// Skills and their levels, in order of name.
    static func skills(_ section: inout FileSection, _ key: String) -> [Skill] {
        guard var skills = section.section(key) else { return [] }
        return skills.keys.compactMap { word -> Skill? in
            guard let name = Name(word) else {
                skills.add(word, "`\(word)` is no name of a skill")
                return nil
            }
            return skills.whole(word, in: Skill.levels).map { Skill(name, $0) }
        }.sorted { $0.name < $1.name }
    }
}

extension Expertise {
    var fact: (String, String) { ("skills.\(nodes)", skills.map(\.words).joined(separator: ", ")) }
}
