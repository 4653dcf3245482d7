import Desk
import Promises
import Tickets

/// Where new tickets go, as a desk's file says it: `rules`.
enum RulesFile {
    static func rules(_ file: inout FileSection) -> [RoutingRule] {
        file.sections("rules").map { rule($0) }
    }

    /// Groups of customers: `groups`.
    static func groups(_ file: inout FileSection) -> [CustomerGroup] {
        guard var section = file.section("groups") else { return [] }
        let groups = section.keys.map { CustomerGroup(name: $0, customers: section.texts($0)) }
        section.finish()
        return groups
    }

    private static func rule(_ section: FileSection) -> RoutingRule {
        var section = section
        var rule = RoutingRule(section.required("name") { $0.text($1) } ?? "nameless")
        rule.isForMessages = section.choice("on", [("request", false), ("message", true)]) ?? false
        if let conditions = section.section("if") { rule.conditions = self.conditions(conditions) }
        if let exceptions = section.section("unless") { rule.exceptions = conditions(exceptions) }
        rule.line = section.name("line")
        rule.priority = section.choice("priority", Priority.allCases.map { ($0.word, $0) })
        rule.kind = section.text("kind")
        rule.tags = section.texts("tags")
        rule.demands = Demands(
            required: SkillsFile.skills(&section, "skills"),
            preferred: SkillsFile.skills(&section, "prefers"))
        rule.agent = section.name("agent")
        rule.isSpam = section.flag("spam") ?? false
        rule.templates = NoticeFile.texts("template", &section)
        rule.status = section.choice("status", Status.allCases.filter(\.isAside).map { ($0.word, $0) })
        rule.stops = section.flag("stop") ?? false
        section.finish()
        return rule
    }

    private static func conditions(_ section: FileSection) -> RuleConditions {
        var section = section
        var conditions = RuleConditions()
        conditions.channels = section.names("channels")
        conditions.customers = section.texts("customers")
        conditions.groups = section.texts("groups")
        conditions.kinds = section.texts("kinds")
        conditions.priorities = section.choices("priorities", Priority.allCases.map { ($0.word, $0) })
        conditions.tags = section.texts("tags")
        if var fields = section.section("fields") {
            conditions.fields = fields.keys.map { FieldCondition(name: $0, values: fields.texts($0)) }
        }
        conditions.words = section.texts("words").map { WordPattern($0) }
        conditions.subjectWords = section.texts("subject-words").map { WordPattern($0) }
        conditions.bodyWords = section.texts("body-words").map { WordPattern($0) }
        conditions.languages = section.choices("languages", Language.allCases.map { ($0.word, $0) })
        conditions.weekdays = section.texts("weekdays").flatMap {
            HoursFile.weekdays($0, section, at: "weekdays")
        }
        conditions.times = section.texts("times").flatMap { HoursFile.intervals($0, section, "times") }
        conditions.isOpen = section.choice("hours", [("open", true), ("closed", false)])
        section.finish()
        return conditions
    }
}

extension RoutingRule {
    /// The rule in one line.
    var words: String {
        let actions = [
            line.map { "line \($0)" }, priority.map { "priority \($0.word)" }, kind.map { "kind \($0)" },
            tags.isEmpty ? nil : "tags \(tags.joined(separator: " "))",
            demands.isEmpty ? nil : "for \(demands.words)", agent.map { "agent \($0)" },
            isSpam ? "spam" : nil, templates.inWords, status.map { "status \($0.word)" },
            stops ? "stop" : nil,
        ]
        let conditions = conditions.inWords
        return (isForMessages ? "on a message, " : "") + (conditions.isEmpty ? "always" : "if \(conditions)")
            + (exceptions.map { " unless \($0.inWords)" } ?? "") + " → "
            + actions.compactMap(\.self).joined(separator: ", ")
    }
}

extension [DelayNotice.Text] {
    /// What a rule tells, in full: who compares two files wants to know which words are others.
    fileprivate var inWords: String? {
        if isEmpty { return nil }
        return "template "
            + map { ($0.language.map { "\($0.word): " } ?? "") + $0.text }.joined(separator: " | ")
    }
}

extension RuleConditions {
    fileprivate var inWords: String {
        let lists: [(String, [String])] =
            [
                ("channels", channels.map(\.text)), ("customers", customers), ("groups", groups),
                ("kinds", kinds),
                ("priorities", priorities.map(\.word)), ("tags", tags),
            ] + fields.map { ("field \($0.name)", $0.values.isEmpty ? ["any"] : $0.values) } + [
                ("words", texts(of: words)), ("subject-words", texts(of: subjectWords)),
                ("body-words", texts(of: bodyWords)), ("languages", languages.map(\.word)),
                ("weekdays", weekdays.map(\.word)), ("times", times.map(\.words)),
                ("hours", isOpen.map { [$0 ? "open" : "closed"] } ?? []),
            ]
        return lists.filter { !$0.1.isEmpty }.map { "\($0) \($1.joined(separator: " | "))" }
            .joined(separator: ", ")
    }

    private func texts(of patterns: [WordPattern]) -> [String] { patterns.map(\.text) }
}
