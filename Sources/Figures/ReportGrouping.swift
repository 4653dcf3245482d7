package import Promises
import Tickets

/// What tickets are grouped by in a report.
package enum ReportGrouping: String, CaseIterable, Sendable {
    case all, line, agent, channel, priority, kind, tag, promise, shift, hour, weekday
}

/// A time of the wall clock in which one group of people works.
package struct Shift: Hashable, Sendable {
    package var name: String
    /// Of any day; one that goes over midnight has two.
    package var intervals: [BusinessHours.Interval]

    package init(name: String, intervals: [BusinessHours.Interval]) {
        self.name = name
        self.intervals = intervals
    }
}

/// A group's place among others, and its name.
struct GroupKey: Hashable, Comparable {
    var order: Int
    var text: String

    init(_ order: Int, _ text: String) {
        (self.order, self.text) = (order, text)
    }

    static func < (a: GroupKey, b: GroupKey) -> Bool { (a.order, a.text) < (b.order, b.text) }
}

/// Says which groups a ticket is in.
struct Grouper {
    var zone: ZoneOffsets
    var shifts: [Shift]

    /// One, but for tags: a ticket is in the group of each of its tags, once.
    func each(
        of ticket: borrowing TicketFigures, _ rules: borrowing TicketRules, _ grouping: ReportGrouping,
        _ take: (GroupKey) -> Void
    ) {
        guard grouping == .tag else { return take(key(of: ticket, rules, grouping)) }
        let tags = ticket.tags
        guard tags.count > 1 else { return take(tags.first.map { GroupKey(0, $0) } ?? Self.none) }
        for tag in Set(tags).sorted() { take(GroupKey(0, tag)) }
    }

    /// The group of tickets that have nothing of what is grouped by; after the others.
    private static let none = GroupKey(1, "none")

    private func key(
        of ticket: borrowing TicketFigures, _ rules: borrowing TicketRules, _ grouping: ReportGrouping
    ) -> GroupKey {
        switch grouping {
        case .all: return GroupKey(0, "all")
        case .line: return ticket.line.map { GroupKey(0, $0.text) } ?? Self.none
        case .agent: return ticket.course.owner.map { GroupKey(0, $0.text) } ?? GroupKey(1, "nobody")
        case .channel: return GroupKey(0, ticket.origin.channel.text)
        case .priority:
            let priority = ticket.priority
            return GroupKey(Int(priority.rawValue), priority.word)
        case .kind, .tag: return ticket.kind.map { GroupKey(0, $0) } ?? Self.none
        case .promise: return rules.last.map { GroupKey(0, rules.book.entries[$0].rule.name) } ?? Self.none
        case .shift:
            let minute = minute(at: ticket.submitted)
            let index = shifts.firstIndex { shift in
                shift.intervals.contains { $0.opens <= minute && minute < $0.closes }
            }
            return index.map { GroupKey($0 - shifts.count, shifts[$0].name) } ?? Self.none
        case .hour:
            let hour = minute(at: ticket.submitted) / 60
            return GroupKey(hour, (hour < 10 ? "0" : "") + String(hour))
        case .weekday:
            let weekday = zone.day(at: ticket.submitted).weekday
            return GroupKey(Int(weekday.rawValue), weekday.word)
        }
    }

    /// Minutes of the wall clock since midnight.
    private func minute(at moment: Moment) -> Int { zone.wallClock(at: moment).minute }
}
