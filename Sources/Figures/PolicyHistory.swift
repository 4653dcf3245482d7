package import Desk
package import Promises
package import Tickets

/// What a desk promised, and from when on.
///
/// A promise is judged as the desk judges it: by the policy and the priority of each moment for which its clock ran.
package struct PolicyHistory: Hashable, Sendable {
    /// What the desk promised until the next version.
    package struct Version: Hashable, Sendable {
        /// When it came into force; of the first, before everything.
        package let from: Moment
        package let policy: PromisePolicy
        /// Whose hours and weekdays.
        package let zone: ZoneOffsets
    }

    /// In order, at least one.
    package private(set) var versions: [Version]

    /// One policy for all time; without one, an answer and a solution within a day, at any hour.
    package init(_ policy: PromisePolicy = .standard, zone: ZoneOffsets = .utc) {
        versions = [Version(from: Moment(milliseconds: .min), policy: policy, zone: zone)]
    }

    /// What one desk promises, for all time.
    package init(_ settings: DeskSettings) {
        self.init(settings.promises, zone: settings.hours.zone)
    }

    /// From a moment on the desk is another. Moments come in order.
    package mutating func add(_ settings: DeskSettings, at moment: Moment) {
        let (policy, zone) = (settings.promises, settings.hours.zone)
        // Most of what is changed at a desk changes no promise.
        if policy == last.policy, zone == last.zone { return }
        if versions.count > 1, last.from == moment { versions.removeLast() }
        versions.append(Version(from: moment, policy: policy, zone: zone))
    }

    /// The one in force at the end.
    package var last: Version { versions[versions.count - 1] }

    /// The index of the one in force at a moment.
    func index(at moment: Moment) -> Int {
        var (low, high) = (0, versions.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if versions[middle].from <= moment { low = middle } else { high = middle - 1 }
        }
        return low
    }
}

/// The rules under which the clocks of one ticket ran, from its acceptance until they are judged.
struct TicketRules {
    /// A time in which nothing changed of what is promised.
    struct Span {
        var from: Moment
        var to: Moment
        /// Nil when nothing is promised.
        var rule: PromisePolicy.Rule?
        /// The first warning, in milliseconds of business before a clock is due.
        var warning: Int64?
    }

    /// In order, at least one.
    private(set) var spans: [Span] = []
    /// When clocks that did not stop are judged.
    let end: Moment

    /// - Parameters:
    ///   - ticket: What happened to it.
    ///   - history: What was promised.
    ///   - logEnd: When the log ends. A solved ticket is judged as of its solution: nobody is late for it any more.
    init(_ ticket: borrowing TicketFigures, _ history: PolicyHistory, upTo logEnd: Moment) {
        let course = ticket.course
        end = course.isSolved ? min(course.clocks.resolution.stopped ?? logEnd, logEnd) : logEnd
        let (channel, group) = (ticket.origin.channel, ticket.origin.group)
        var (from, priority) = (ticket.submitted, Priority?.some(ticket.origin.priority))
        var version = history.index(at: from)
        // What it has when it is no spam any more.
        var latent = ticket.origin.priority
        for change in course.changes where !course.isSolved || change.at < end {
            let next: Priority?
            switch change.amendment {
            case .priority(let new):
                latent = new
                next = priority.map { _ in new }
            case .spam(let isOn, _): next = isOn ? nil : latent
            default: continue
            }
            add(history, &version, channel, group, priority, &from, until: change.at)
            priority = next
        }
        add(history, &version, channel, group, priority, &from, until: end)
    }

    /// The rule in force in the end; nil when nothing is promised.
    var last: PromisePolicy.Rule? { spans.last?.rule }

    /// Adds the time of one priority, or of spam, cut where the policy changes.
    private mutating func add(
        _ history: PolicyHistory, _ version: inout Int, _ channel: Name, _ group: String?,
        _ priority: Priority?, _ from: inout Moment, until to: Moment
    ) {
        while true {
            let policy = history.versions[version].policy
            let next = version + 1 < history.versions.count ? history.versions[version + 1].from : nil
            let isLast = next.map { $0 > to } != false
            let rule = priority.flatMap { policy.rule(channel: channel, priority: $0, group: group) }
            let until = isLast ? to : max(from, next ?? to)
            spans.append(Span(from: from, to: until, rule: rule, warning: policy.warnings.first))
            from = until
            if isLast { return }
            version += 1
        }
    }
}

extension PromiseClock {
    /// Whether it ran at some moment of a time, its ends included.
    func ran(from start: Moment, to end: Moment) -> Bool {
        guard started <= end, stopped.map({ $0 >= start }) != false else { return false }
        return !pauses.contains { $0.from <= start && $0.to.map { $0 > end } != false }
    }
}
