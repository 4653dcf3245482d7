import Promises
import Tickets

/// What the desk does about its promises beside saying when they are late.
extension Desk {
    /// What is done with an alert that was just said, as the ticket is now: its priority first, then who sees it, then
    /// where it waits. None of them changes what the others do.
    func steps(with alert: PromiseAlert, of number: TicketNumber, moves: Bool) -> [Event] {
        let steps = settings.ladder.filter { $0.fits(alert) }
        guard !steps.isEmpty, let ticket = tickets[number] else { return [] }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.stepForgotten), number.rawValue % 8 == 0 { return [] }
        #endif
        let lacking = lacking(of: number)
        var events: [Event] = []
        if let priority = steps.compactMap(\.priority).max(), raises(ticket.priority, to: priority) {
            events.append(.amended(number, nil, .priority(priority), lacking: lacking))
        }
        var names: [Name] = []
        for name in steps.flatMap(\.participants) where !names.contains(name) { names.append(name) }
        events += names.map { .amended(number, nil, .participant($0, isOn: true), lacking: lacking) }
        if moves, ticket.place == .waiting, let line = steps.lazy.compactMap(\.line).first,
            line != ticket.line
        {
            let danger = alert.isBroken ? "broken" : "near"
            let reason = "\(alert.clock.kind.word) of \(alert.rule) is \(danger)"
            events.append(.overflowed(number, to: line, reason: reason))
        }
        return events
    }

    private func raises(_ priority: Priority, to other: Priority) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.stepLowers) { return priority != other }
        #endif
        return priority < other
    }
}

extension DeskSettings {
    /// What keeps the steps from being a desk's; see ``flaws``.
    var ladderFlaws: [SettingsFlaw] {
        guard !ladder.isEmpty else { return [] }
        guard keepsPromises else {
            return [SettingsFlaw("ladder", "this needs `promises`: what is it that may be late?")]
        }
        guard ladder.count <= limits.ruleValuesMax else {
            return [SettingsFlaw("ladder", "\(ladder.count) steps; at most \(limits.ruleValuesMax)")]
        }
        return ladder.indices.flatMap { flaws(ofStep: $0) }
    }

    private func flaws(ofStep index: Int) -> [SettingsFlaw] {
        let step = ladder[index]
        var flaws: [SettingsFlaw] = []
        func add(_ key: String, _ reason: String) {
            flaws.append(SettingsFlaw("ladder.\(index).\(key)", reason))
        }
        if let warning = step.warning, !promises.warnings.contains(warning) {
            add("at", "nobody is warned then; it is `broken`, or one of the `warnings`")
        }
        if step.priority == nil, step.participants.isEmpty, step.line == nil {
            add("at", "a step does something: `priority`, `participants` or `line`")
        }
        if let line = step.line, self.line(line) == nil {
            add("line", "there is no line \(line)\(hint(line))")
        }
        if step.participants.count > limits.ruleValuesMax {
            add("participants", "at most \(limits.ruleValuesMax) of them")
        }
        if let priority = step.priority, let rule = tighterRule(of: priority) {
            add(
                "priority",
                "the promise `\(rule)` is of less time than others: what is raised to \(priority.word) would "
                    + "be late at once")
        }
        return flaws
    }

    /// A rule that promises tickets of a priority an earlier time than the one that holds for them at a lower one.
    private func tighterRule(of priority: Priority) -> String? {
        let channels = promises.rules.flatMap(\.channels) + ["any-other-channel"]
        let groups = [nil] + promises.rules.flatMap(\.groups).map { Optional($0) }
        for channel in channels {
            for group in groups {
                guard let high = promises.rule(channel: channel, priority: priority, group: group) else {
                    continue
                }
                for lower in Priority.allCases where lower < priority {
                    let low = promises.rule(channel: channel, priority: lower, group: group)
                    if let low, high.targets.isTighter(than: low.targets) { return high.name }
                }
            }
        }
        return nil
    }
}

extension PromiseTargets {
    /// Whether something is promised earlier than by others. What only one of them promises is no matter: its clock
    /// has a target from then on, or none any more.
    fileprivate func isTighter(than others: PromiseTargets) -> Bool {
        let kinds = [.firstResponse, .nextResponse, .resolution] + lines.map { ClockKind.line($0.line) }
        return kinds.contains { kind in
            guard let own = milliseconds(kind), let other = others.milliseconds(kind) else { return false }
            return own < other
        }
    }
}
