import Promises
package import Tickets

extension DeskSettings {
    /// What the rules make of a submission that comes at a moment: the line that it goes to, and the submission as it
    /// is from then on, which says what fired and what it was before.
    ///
    /// Rules are looked at in order, each with what those before it have made; the first that stops is the last.
    package func route(
        _ submission: Submission, at moment: Moment
    ) -> (line: Name, submission: Submission) {
        var submission = submission
        submission.group = groups.first { submission.customer.isAddress(among: $0.customers) }?.name
        var candidate = RuleCandidate(submission, line: lines[0].name, at: moment)
        var fired: [String] = []
        for rule in rules where !rule.isForMessages && candidate.fits(rule, self) {
            fired.append(rule.name)
            candidate.take(rule, limits)
            #if PLANTED_BUGS
                if PlantedBug.isActive(.ruleStopIgnored) { continue }
            #endif
            if rule.stops { break }
        }
        guard !fired.isEmpty else { return (lines[0].name, submission) }
        candidate.submission.ruling = Ruling(
            rules: fired, priority: submission.priority, kind: submission.kind,
            tagCount: submission.tags.count, demands: candidate.demands)
        return (candidate.line, candidate.submission)
    }
}

/// What rules make of a message to a ticket that is there.
package struct MessageRuling: Hashable, Sendable {
    /// Which fired, in order.
    package var rules: [String] = []
    package var priority: Priority
    package var line: Name
    /// That they add.
    package var tags: [String] = []
}

extension DeskSettings {
    /// What the rules make of a customer's message to a ticket. They know its text, the ticket's priority and the time.
    package func rule(
        onMessage body: String, priority: Priority, line: Name, at moment: Moment
    ) -> MessageRuling {
        let message = Submission(
            channel: "message", customer: "", subject: "", body: body, priority: priority)
        var candidate = RuleCandidate(message, line: line, at: moment)
        var ruling = MessageRuling(priority: priority, line: line)
        for rule in rules where rule.isForMessages && candidate.fits(rule, self) {
            ruling.rules.append(rule.name)
            candidate.take(rule, limits)
            if rule.stops { break }
        }
        (ruling.priority, ruling.line) = (candidate.submission.priority, candidate.line)
        ruling.tags = candidate.submission.tags
        return ruling
    }
}

/// A submission while rules look at it.
private struct RuleCandidate {
    var submission: Submission
    var line: Name
    var demands = Demands()
    let moment: Moment
    /// Of the subject and of the body; made when a rule first asks for them.
    private var words: (subject: Words, body: Words)?

    init(_ submission: Submission, line: Name, at moment: Moment) {
        self.submission = submission
        self.line = line
        self.moment = moment
    }

    /// Does what the rule says. Tags beyond the ticket's bound are left out.
    mutating func take(_ rule: RoutingRule, _ limits: Limits) {
        if let line = rule.line { self.line = line }
        if let priority = rule.priority { submission.priority = priority }
        if let kind = rule.kind { submission.kind = kind }
        if let agent = rule.agent { submission.familiar = agent }
        if !rule.demands.isEmpty { demands.join(rule.demands) }
        for tag in rule.tags where submission.tags.count < limits.tagsMax {
            if !submission.tags.contains(where: { $0.isSameText(as: tag) }) { submission.tags.append(tag) }
        }
    }

    mutating func fits(_ rule: RoutingRule, _ settings: DeskSettings) -> Bool {
        guard fits(rule.conditions, settings) else { return false }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.ruleExceptionIgnored) { return true }
        #endif
        return rule.exceptions.map { !fits($0, settings) } != false
    }

    /// Looks at what costs little first.
    private mutating func fits(_ conditions: RuleConditions, _ settings: DeskSettings) -> Bool {
        fitsValues(conditions) && fitsTime(conditions, settings.hours)
            && fitsText(conditions, settings.limits)
    }

    private func fitsValues(_ conditions: RuleConditions) -> Bool {
        if !conditions.channels.isEmpty, !conditions.channels.contains(submission.channel) { return false }
        if !conditions.priorities.isEmpty, !conditions.priorities.contains(submission.priority) {
            return false
        }
        if !conditions.kinds.isEmpty {
            guard let kind = submission.kind, conditions.kinds.contains(where: { $0.isSameText(as: kind) })
            else { return false }
        }
        if !conditions.tags.isEmpty {
            let hasOne = submission.tags.contains { tag in conditions.tags.contains { $0.isSameText(as: tag) }
            }
            if !hasOne { return false }
        }
        if !conditions.customers.isEmpty, !submission.customer.isAddress(among: conditions.customers) {
            return false
        }
        if !conditions.groups.isEmpty {
            guard let group = submission.group,
                conditions.groups.contains(where: { $0.isSameText(as: group) })
            else { return false }
        }
        return conditions.fields.allSatisfy { condition in
            submission.fields.contains { field in
                field.name.isSameText(as: condition.name)
                    && (condition.values.isEmpty
                        || condition.values.contains { $0.isSameText(as: field.value) })
            }
        }
    }

    private func fitsTime(_ conditions: RuleConditions, _ hours: BusinessHours) -> Bool {
        if let isOpen = conditions.isOpen, hours.isOpen(at: moment) != isOpen { return false }
        guard !conditions.weekdays.isEmpty || !conditions.times.isEmpty else { return true }
        let (day, minute) = hours.zone.wallClock(at: moment)
        if !conditions.weekdays.isEmpty, !conditions.weekdays.contains(day.weekday) { return false }
        return conditions.times.isEmpty
            || conditions.times.contains { $0.opens <= minute && minute < $0.closes }
    }

    private mutating func fitsText(_ conditions: RuleConditions, _ limits: Limits) -> Bool {
        guard conditions.asksForText else { return true }
        let (subject, body) = readWords(limits)
        if !conditions.words.isEmpty {
            let isThere = conditions.words.contains { subject.contains($0) || body.contains($0) }
            if !isThere { return false }
        }
        if !conditions.subjectWords.isEmpty, !conditions.subjectWords.contains(where: subject.contains) {
            return false
        }
        if !conditions.bodyWords.isEmpty, !conditions.bodyWords.contains(where: body.contains) {
            return false
        }
        guard !conditions.languages.isEmpty else { return true }
        return Language(of: [subject, body]).map(conditions.languages.contains) == true
    }

    private mutating func readWords(_ limits: Limits) -> (subject: Words, body: Words) {
        if let words { return words }
        let words = (
            subject: Words(submission.subject, most: limits.ruleTextMax),
            body: Words(submission.body, most: limits.ruleTextMax)
        )
        self.words = words
        return words
    }
}

extension RuleConditions {
    fileprivate var asksForText: Bool {
        !(words.isEmpty && subjectWords.isEmpty && bodyWords.isEmpty && languages.isEmpty)
    }
}
