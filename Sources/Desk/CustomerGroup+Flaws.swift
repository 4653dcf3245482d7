import Promises
import Tickets

extension DeskSettings {
    /// What keeps groups of customers from being a desk's, and promises that are of none; see ``flaws``.
    var groupFlaws: [SettingsFlaw] {
        guard groups.count <= limits.ruleValuesMax else {
            return [SettingsFlaw("groups", "\(groups.count) groups; at most \(limits.ruleValuesMax)")]
        }
        var flaws: [SettingsFlaw] = []
        for (index, group) in groups.enumerated() {
            let place = "groups.\(group.name)"
            if group.name.isBlank { flaws.append(SettingsFlaw("groups", "a group has a name")) }
            if groups[..<index].contains(where: { $0.name.isSameText(as: group.name) }) {
                flaws.append(SettingsFlaw(place, "the group is there twice"))
            }
            if group.customers.isEmpty || group.customers.contains(where: \.isBlank) {
                flaws.append(
                    SettingsFlaw(place, "a group has customers: addresses, or `@example.org` for a domain"))
            }
            if group.customers.count > limits.groupCustomersMax {
                flaws.append(
                    SettingsFlaw(
                        place, "\(group.customers.count) customers; at most \(limits.groupCustomersMax)"))
            }
            if ([group.name] + group.customers).contains(where: { $0.utf8.count > limits.lineBytesMax }) {
                flaws.append(SettingsFlaw(place, "a text of more than \(limits.lineBytesMax) bytes"))
            }
        }
        // What a desk does not keep is judged in reports alone, by tickets that know their group.
        guard keepsPromises else { return flaws }
        for (index, rule) in promises.rules.enumerated() {
            flaws += self.flaws(ofGroups: rule.groups, "promises.\(index).groups")
        }
        return flaws
    }

    /// What is wrong where groups are named.
    func flaws(ofGroups names: [String], _ place: String) -> [SettingsFlaw] {
        let known = groups.map(\.name)
        return names.filter { name in !known.contains { $0.isSameText(as: name) } }.map { name in
            let hint = NearestWord.to(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            return SettingsFlaw(place, "there is no group \(name) among `groups`\(hint)")
        }
    }
}
