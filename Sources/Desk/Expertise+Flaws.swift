package import Tickets

extension DeskSettings {
    /// What a node knows.
    package func skills(of node: Name) -> [Skill] { expertise.first { $0.isOf(node) }?.skills ?? [] }

    /// What keeps the skills from being a desk's; see ``flaws``.
    var expertiseFlaws: [SettingsFlaw] {
        var flaws: [SettingsFlaw] = []
        if expertise.count > limits.expertiseMax {
            flaws.append(SettingsFlaw("skills", "\(expertise.count) entries; at most \(limits.expertiseMax)"))
        }
        for (index, one) in expertise.enumerated() {
            let place = "skills.\(one.nodes)"
            let name = one.nodes.utf8.last == UInt8(ascii: "*") ? String(one.nodes.dropLast()) : one.nodes
            if one.nodes != "*", Name(name) == nil {
                flaws.append(
                    SettingsFlaw(
                        place, "`\(one.nodes)` is no name of a node, nor the beginning of one and `*`"))
            }
            if expertise[..<index].contains(where: { $0.nodes == one.nodes }) {
                flaws.append(SettingsFlaw(place, "it is there twice"))
            }
            for skill in one.skills where !Skill.levels.contains(skill.level) {
                flaws.append(SettingsFlaw("\(place).\(skill.name)", Self.outside(skill)))
            }
            if one.skills.count > limits.ruleValuesMax {
                flaws.append(SettingsFlaw(place, "at most \(limits.ruleValuesMax) skills"))
            }
        }
        return flaws
    }

    /// What keeps skills from being asked for: a ticket that nobody can have would wait for ever.
    func flaws(of demanded: [Skill], _ place: String) -> [SettingsFlaw] {
        var flaws = demanded.compactMap { skill -> SettingsFlaw? in
            let place = "\(place).\(skill.name)"
            guard Skill.levels.contains(skill.level) else { return SettingsFlaw(place, Self.outside(skill)) }
            let known = expertise.flatMap(\.skills).filter { $0.name == skill.name }
            guard let best = known.map(\.level).max() else {
                return SettingsFlaw(place, "nobody in `skills` has it\(hint(ofSkill: skill.name))")
            }
            guard best < skill.level else { return nil }
            return SettingsFlaw(place, "nobody in `skills` has it at \(skill.level), the best at \(best)")
        }
        if demanded.count > limits.ruleValuesMax {
            flaws.append(SettingsFlaw(place, "at most \(limits.ruleValuesMax) skills"))
        }
        return flaws
    }

    private func hint(ofSkill skill: Name) -> String {
        let names = expertise.flatMap { $0.skills.map(\.name.text) }
        return NearestWord.to(skill.text, among: names).map { "; did you mean `\($0)`?" } ?? ""
    }

    private static func outside(_ skill: Skill) -> String {
        "level \(skill.level); it is from \(Skill.levels.lowerBound) to \(Skill.levels.upperBound)"
    }
}
