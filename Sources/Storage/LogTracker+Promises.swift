import Desk
import Figures
import Promises
import Tickets

/// What the desk says of its promises, judged by the clocks that the log makes and the promises of that moment.
extension LogTracker {
    mutating func checkAlert(_ record: Record, _ tracked: Tracked) {
        guard case .alerted(let number, let alert, let notice) = record.event else { return }
        checkNotice(notice, alert, number, tracked, at: record.at)
        let position = position
        func what() -> String {
            "event \(position): ticket \(number), \(alert.clock.kind.word) \(alert.word)"
        }
        let isNew = alerts[number]?.contains(where: alert.repeats) != true
        findings.check(.p2, isNew, "\(what()), which was said before")
        alerts[number, default: []].append(alert)
        let rule = promises?.rule(
            channel: tracked.origin.channel, priority: tracked.priority, group: tracked.origin.group)
        let clocks = tracked.state.course.clocks
        guard let rule, rule.name.utf8.elementsEqual(alert.rule.utf8),
            let target = clocks.target(alert.clock, of: rule.targets)
        else { return _ = findings.check(.p2, false, "\(what()), which was not promised") }
        let clock = clocks.current.first { $0.id == alert.clock }?.clock
        guard let clock, clock.isRunning else {
            return _ = findings.check(.p2, false, "\(what()), whose clock does not run")
        }
        findings.check(
            .p2, clock.due(after: target, rule.hours) == alert.due, "\(what()), due at another time")
        let time = clock.due(after: target - (alert.warning ?? 0) + 1, rule.hours)
        findings.check(
            .p2, time.map { $0 <= record.at } == true, "\(what()), before its time")
        findings.check(.p2, !tracked.extras.isSpam, "\(what()), which is spam")
    }

    /// A customer is told once that their request is there: by the desk, before anything else is said.
    mutating func checkAcknowledgement(_ record: Record, _ tracked: Tracked) {
        guard case .acknowledged(let number, _, _) = record.event else { return }
        let position = position
        findings.check(
            .r1, tracked.state.entries == 1 && record.author.role == .desk,
            "event \(position): ticket \(number) is acknowledged after something was said in it")
    }

    /// Whether the customer of a new ticket is to be told of delays.
    func tellsOfDelays(_ submission: Submission) -> Bool {
        guard promises != nil, let notice = delayNotice?.notice else { return false }
        return notice.channels.contains(submission.channel)
            && !submission.tags.contains { tag in
                notice.exceptTags.contains { $0.utf8.elementsEqual(tag.utf8) }
            }
    }

    /// What customers are told of an alert; called before that is noted.
    private mutating func checkNotice(
        _ notice: Reply?, _ alert: PromiseAlert, _ number: TicketNumber, _ tracked: Tracked, at moment: Moment
    ) {
        // Their first warning of that clock, and of all that are due then.
        let isDue =
            !alert.isBroken && alert.clock.kind.isOfCustomer && delayNotice != nil && tracked.isToldOfDelays
            && alerts[number]?.contains {
                $0.clock == alert.clock
                    || $0.due == alert.due && $0.clock.kind.isOfCustomer
                        && tracked.state.course.clocks.current.map(\.id).contains($0.clock)
            } != true
        let position = position
        guard let notice else {
            let isFull = Int(tracked.state.entries) >= limits.entriesMax
            return _ = findings.check(
                .p3, !isDue || isFull, "event \(position): the customer of ticket \(number) is told nothing")
        }
        findings.check(
            .p3, isDue, "event \(position): the customer of ticket \(number) is told of no new delay")
        findings.check(
            .p3, moment <= alert.due,
            "event \(position): the customer of ticket \(number) is told after the promise was broken")
        guard let (delay, zone) = delayNotice else { return }
        let isText = delay.texts.contains {
            delay.text($0.language, number, due: alert.due, zone)?.utf8.elementsEqual(notice.text.text.utf8)
                == true
        }
        findings.check(
            .p3, isText, "event \(position): the customer of ticket \(number) is told something else")
    }

    /// Compares the clocks that the desk keeps with those of the log.
    mutating func comparePromises(_ desk: Desk) {
        findings.check(
            .p2, desk.keepsPromises == (promises != nil), "the desk keeps other promises than its log says")
        for number in desk.promisedNumbers where tickets[number]?.isTainted == false {
            guard let tracked = tickets[number], let promised = desk.promises(of: number) else { continue }
            let same =
                promised.clocks == tracked.state.course.clocks && promised.channel == tracked.origin.channel
                && promised.group == tracked.origin.group
            findings.check(
                .p2, same, "ticket \(number) has other clocks in the desk than in the log")
            let isSaid = promised.said.allSatisfy { alerts[number]?.contains($0) == true }
            findings.check(.p2, isSaid, "the desk said something of ticket \(number) that is not in the log")
        }
    }
}
