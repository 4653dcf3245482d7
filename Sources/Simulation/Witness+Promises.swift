import Desk
import Promises
import Tickets

/// P2: what comes due while a clock runs is said once, when it is due, and before anything else happens to the ticket.
extension Witness {
    /// Judges a record before it is followed.
    mutating func judgePromises(_ record: Record) {
        if case .alerted(let number, let alert, let notice) = record.event {
            guard isKnown(number) else { return }
            judge(notice, with: alert, of: Int(number.rawValue) - 1, record)
            return judge(alert, of: Int(number.rawValue) - 1, record)
        }
        // It answers nothing: what is due in the same moment may be said after it.
        if case .improved = record.event { return }
        for number in record.event.tickets where isKnown(number) {
            let index = Int(number.rawValue) - 1
            let missed = unsaid(index, by: record.at)
            findings.expect(
                .p2, missed == nil,
                "\(missed ?? "") is unsaid at event \(record.position), \(record.event.word)")
        }
    }

    /// The same for tickets to which nothing happens: a second is for the broker to notice. After a start it takes what
    /// came due meanwhile a few at a time, so that nobody waits for a million.
    mutating func checkPromises(_ index: Int, _ now: Moment) {
        guard now.milliseconds(since: timedAnew) > 1_000 else { return }
        let missed = unsaid(index, by: now.advanced(byMilliseconds: -1_000))
        findings.expect(.p2, missed == nil, "\(missed ?? "") is unsaid a second later")
    }

    /// What should have been said by a moment; nil when it was.
    private func unsaid(_ index: Int, by moment: Moment) -> String? {
        guard let place = promise(to: index), let watches = cases[index].watches else { return nil }
        let targets = settings.promises.rules[place].targets
        let line = settings.lines[cases[index].line].name
        for (kind, watch) in watches.all(line) {
            let target = watches.target(kind, targets.milliseconds(kind))
            if let missed = unsaid(kind, watch, target, index, by: moment) { return missed }
        }
        return nil
    }

    private func unsaid(
        _ kind: ClockKind, _ watch: borrowing Watch, _ target: Int64?, _ index: Int, by moment: Moment
    ) -> String? {
        guard !watch.isBroken, let target, let end = watch.moment(after: target + 1) else { return nil }
        if end <= moment { return "ticket \(index + 1): \(kind.word), broken since \(end)" }
        for warning in settings.promises.warnings where warning < target {
            guard let at = watch.moment(after: target - warning + 1), at <= moment,
                !watch.hasWarned(warning)
            else { continue }
            return "ticket \(index + 1): \(kind.word), \(warning) ms before it is broken"
        }
        return nil
    }

    private mutating func judge(_ alert: PromiseAlert, of index: Int, _ record: Record) {
        func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
            findings.expect(
                .p2, holds,
                "event \(record.position): ticket \(index + 1), \(alert.clock.kind.word) \(alert.word), \(what())"
            )
        }
        let rule = promise(to: index).map { settings.promises.rules[$0] }
        let kind = alert.clock.kind
        let promised = rule?.targets.milliseconds(kind)
        let target = cases[index].watches?.target(kind, promised) ?? promised
        if target != promised { markers.reach(kind.isOfCustomer ? .promiseKeptToTheWord : .budgetCameDue) }
        guard let rule, rule.name == alert.rule, let target,
            var watch = cases[index].watches?[alert.clock.kind], watch.ordinal == alert.clock.ordinal
        else { return expect(false, "which was not promised") }
        let due = watch.moment(after: target)
        expect(due == alert.due, "which is due at \(due.map { "\($0)" } ?? "no time"), not at \(alert.due)")
        expect(!watch.isBroken, "which was broken before")
        let time = watch.moment(after: target - (alert.warning ?? 0) + 1)
        expect(time.map { $0 <= record.at } == true, "before its time")
        if let warning = alert.warning {
            expect(!watch.warned.contains(warning), "which was said before")
            watch.warned.append(warning)
            markers.reach(.promiseWarned)
        } else {
            watch.isBroken = true
            markers.reach(.promiseBroken)
        }
        cases[index].watches?[alert.clock.kind] = watch
    }

    /// P3: the customer is told with the first that is said of a clock of theirs, and of what is due at that moment.
    private mutating func judge(
        _ notice: Reply?, with alert: PromiseAlert, of index: Int, _ record: Record
    ) {
        let ticket = cases[index]
        var isOfCustomer = true
        if case .line = alert.clock.kind { isOfCustomer = false }
        let watches = ticket.watches
        let others = [watches?.first, watches?.next, watches?.resolution].compactMap(\.self)
        let isNews =
            watches?[alert.clock.kind]?.due.isEmpty == true
            && !others.contains { $0.due.contains(alert.due) }
        var expected: String?
        if ticket.isToldOfDelays, settings.delayNotice != nil, alert.warning != nil,
            isOfCustomer, isNews, Int(ticket.entries) < settings.limits.entriesMax
        {
            expected = Text.delay(of: index + 1, past: alert.due)
        }
        findings.expect(
            .p3, notice?.text.text == expected,
            "event \(record.position): ticket \(index + 1), \(alert.clock.kind.word) \(alert.word): "
                + "told \(notice?.text.text ?? "nothing"), not \(expected ?? "nothing")")
        cases[index].watches?[alert.clock.kind]?.due.append(alert.due)
        guard notice != nil else { return }
        markers.reach(.delayNotified)
        findings.expect(
            .p3, record.at <= alert.due, "event \(record.position): \(index + 1) is told when it is broken")
    }

    /// The place of the rule that promises a ticket something.
    private func promise(to index: Int) -> Int? {
        guard settings.keepsPromises, cases[index].stage.isOpen, !cases[index].isSpam else { return nil }
        return promise(cases[index].priority, cases[index].customer)
    }

    func promise(_ priority: Priority, _ customer: String) -> Int? {
        settings.promises.rules.firstIndex { rule in
            if rule.name == "group", customer != "customer-1@example.org" { return false }
            return rule.priorities.isEmpty || rule.priorities.contains(priority)
        }
    }
}
