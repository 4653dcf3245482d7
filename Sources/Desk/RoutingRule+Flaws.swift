import Tickets

extension DeskSettings {
    /// What keeps the rules from being a desk's; see ``flaws``.
    var ruleFlaws: [SettingsFlaw] {
        guard rules.count <= limits.rulesMax else {
            return [SettingsFlaw("rules", "\(rules.count) rules; a desk has at most \(limits.rulesMax)")]
        }
        var flaws: [SettingsFlaw] = []
        for (index, rule) in rules.enumerated() {
            let place = "rules.\(index)"
            if rule.name.isBlank { flaws.append(SettingsFlaw(place, "a rule has a name")) }
            if rules[..<index].contains(where: { $0.name.isSameText(as: rule.name) }) {
                flaws.append(SettingsFlaw("\(place).name", "the rule `\(rule.name)` is there twice"))
            }
            if let line = rule.line, self.line(line) == nil {
                flaws.append(SettingsFlaw("\(place).line", "there is no line \(line)\(hint(line))"))
            }
            if !rule.doesSomething {
                flaws.append(
                    SettingsFlaw(
                        place,
                        "it does nothing: give it a line, a priority, a kind, tags, skills, an agent, spam, a template, a status or stop"
                    ))
            }
            flaws += rule.messageFlaws(place)
            flaws += self.flaws(ofAnswer: rule, place)
            flaws += self.flaws(of: rule.demands.required, "\(place).skills")
            flaws += self.flaws(of: rule.demands.preferred, "\(place).prefers")
            flaws += self.flaws(ofTexts: rule, rule.conditions, place, "if")
            if let exceptions = rule.exceptions {
                flaws += self.flaws(ofTexts: rule, exceptions, place, "unless")
                if exceptions == RuleConditions() {
                    flaws.append(
                        SettingsFlaw("\(place).unless", "it never fires: there is no condition here"))
                }
            }
        }
        for isForMessages in [false, true] {
            let places = rules.indices.filter { rules[$0].isForMessages == isForMessages }
            guard let last = places.firstIndex(where: { rules[$0].endsAll }), last + 1 < places.count else {
                continue
            }
            flaws.append(
                SettingsFlaw(
                    "rules.\(places[last + 1])",
                    "it never fires: `\(rules[places[last]].name)` before it has no condition, and stops"))
        }
        return flaws
    }

    /// What is wrong with a rule's own texts, and with those of its conditions under a key.
    private func flaws(
        ofTexts rule: RoutingRule, _ conditions: RuleConditions, _ place: String, _ part: String
    ) -> [SettingsFlaw] {
        var flaws = flaws(ofGroups: conditions.groups, "\(place).\(part).groups")
        let patterns = [
            ("words", conditions.words), ("subject-words", conditions.subjectWords),
            ("body-words", conditions.bodyWords),
        ]
        for (key, patterns) in patterns {
            for pattern in patterns where pattern.parts.isEmpty {
                flaws.append(SettingsFlaw("\(place).\(part).\(key)", "there is no word in `\(pattern.text)`"))
            }
        }
        let lists: [(key: String, texts: [String])] =
            [
                ("tags", rule.tags), ("kind", rule.kind.map { [$0] } ?? []), ("name", [rule.name]),
                ("\(part).channels", conditions.channels.map(\.text)),
                ("\(part).customers", conditions.customers), ("\(part).kinds", conditions.kinds),
                ("\(part).tags", conditions.tags), ("\(part).fields", conditions.fields.map(\.name)),
            ] + conditions.fields.map { ("\(part).fields.\($0.name)", $0.values) }
            + patterns.map { ("\(part).\($0)", $1.map(\.text)) }
        for (key, texts) in lists {
            if texts.count > limits.ruleValuesMax {
                flaws.append(
                    SettingsFlaw(
                        "\(place).\(key)", "\(texts.count) values; there are at most \(limits.ruleValuesMax)")
                )
            }
            if key != "name", texts.contains(where: \.isBlank) {
                flaws.append(SettingsFlaw("\(place).\(key)", "an empty text fits nothing"))
            }
            if texts.contains(where: { $0.utf8.count > limits.lineBytesMax }) {
                flaws.append(
                    SettingsFlaw("\(place).\(key)", "a text of more than \(limits.lineBytesMax) bytes"))
            }
        }
        return flaws
    }
}

extension RoutingRule {
    /// Whether no rule after it is ever looked at.
    fileprivate var endsAll: Bool { stops && conditions == RuleConditions() && exceptions == nil }

    /// What a rule for messages asks for or does that is only of new tickets.
    fileprivate func messageFlaws(_ place: String) -> [SettingsFlaw] {
        guard isForMessages else { return [] }
        var flaws: [SettingsFlaw] = []
        for (key, conditions) in [("if", conditions), ("unless", exceptions ?? RuleConditions())]
        where !conditions.isOfMessages {
            flaws.append(
                SettingsFlaw(
                    "\(place).\(key)",
                    "of a message a rule knows its words and language, the time, and the ticket's priority"))
        }
        if kind != nil || !demands.isEmpty || agent != nil || isSpam || !templates.isEmpty
            || status != nil
        {
            flaws.append(
                SettingsFlaw(place, "what a customer writes to a ticket changes its line, priority and tags"))
        }
        return flaws
    }

    fileprivate var doesSomething: Bool {
        line != nil || priority != nil || kind != nil || !tags.isEmpty || !demands.isEmpty || stops
            || agent != nil || isSpam || !templates.isEmpty || status != nil
    }
}

extension RuleConditions {
    /// Whether all of them can be judged of a message to a ticket that is there.
    fileprivate var isOfMessages: Bool {
        var others = self
        (others.words, others.bodyWords, others.languages) = ([], [], [])
        (others.priorities, others.weekdays, others.times, others.isOpen) = ([], [], [], nil)
        return others == RuleConditions()
    }
}
