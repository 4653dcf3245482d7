package import Promises
package import Tickets

/// What tickets are grouped by in a report.
package enum ReportGrouping: String, CaseIterable, Sendable {
    case all, line, agent, channel, priority, hour, weekday
}

/// The figures of one group of tickets: those that were accepted in the report's time, whatever happened later.
///
/// Each figure is defined here and nowhere else.
package struct ReportRow: Hashable, Sendable {
    package let grouping: ReportGrouping
    /// The group's name; `all` for all tickets, `nobody` for those that nobody has claimed.
    package let key: String
    /// Tickets that were accepted.
    package private(set) var requests = 0
    /// Tickets that the desk has replied to.
    package private(set) var answered = 0
    /// Tickets that are solved at the end of the log, or closed.
    package private(set) var solved = 0
    /// Solved by one claim, never escalated, never opened again.
    package private(set) var firstContact = 0
    /// Tickets that were escalated at least once.
    package private(set) var escalated = 0
    /// Tickets that were handed back at least once.
    package private(set) var handedBack = 0
    /// Tickets that were opened again at least once after they were solved.
    package private(set) var reopened = 0
    /// From acceptance to the first reply, and to the solution.
    package private(set) var firstResponse = PromiseFigures()
    package private(set) var resolution = PromiseFigures()

    init(_ grouping: ReportGrouping, _ key: String) {
        self.grouping = grouping
        self.key = key
    }

    mutating func add(_ ticket: borrowing TicketFigures, _ rule: PromisePolicy.Rule?, at end: Moment) {
        requests += 1
        if ticket.clocks.firstResponse.stopped != nil { answered += 1 }
        if ticket.isSolved { solved += 1 }
        if ticket.isFirstContact { firstContact += 1 }
        if ticket.escalations > 0 { escalated += 1 }
        if ticket.handBacks > 0 { handedBack += 1 }
        if ticket.reopenings > 0 { reopened += 1 }
        let hours = rule?.hours ?? .always
        firstResponse.add(ticket.clocks.firstResponse, rule?.targets.firstResponse, hours, at: end)
        resolution.add(ticket.clocks.resolution, rule?.targets.resolution, hours, at: end)
    }

    mutating func finish() {
        firstResponse.finish()
        resolution.finish()
    }
}

/// How one clock of many tickets ran.
package struct PromiseFigures: Hashable, Sendable {
    /// Promises that were kept: the clock stopped in time.
    package private(set) var kept = 0
    /// Promises that were broken: the clock ran beyond its target, whether or not it has stopped since.
    package private(set) var broken = 0
    /// Promises that are neither yet.
    package private(set) var open = 0
    /// Milliseconds of business of the clocks that have stopped, without the time for which the customer was waited
    /// for; in order after the report was made.
    private var spans: [Int64] = []

    mutating func add(_ clock: PromiseClock, _ target: Int64?, _ hours: BusinessHours, at end: Moment) {
        let elapsed = clock.elapsed(at: end, hours)
        if clock.stopped != nil { spans.append(elapsed) }
        guard let target else { return }
        if elapsed > target {
            broken += 1
        } else if clock.stopped != nil {
            kept += 1
        } else {
            open += 1
        }
    }

    mutating func finish() { spans.sort() }

    /// The shortest span within which a share of the clocks stopped; nil when none did.
    package func milliseconds(at share: Double) -> Int64? {
        guard !spans.isEmpty else { return nil }
        let rank = Int((share * Double(spans.count)).rounded(.up))
        return spans[min(max(rank, 1), spans.count) - 1]
    }
}

/// A report of the tickets that were accepted in a time.
package struct Report: Sendable {
    /// By grouping in the order asked for, then by key: lines, agents, channels by name, the rest in their own order.
    package let rows: [ReportRow]

    /// - Parameters:
    ///   - fold: The whole log, folded.
    ///   - groupings: What to group by.
    ///   - accepted: When the tickets were accepted.
    ///   - policy: What was promised.
    ///   - zone: Whose hours and weekdays.
    package init(
        _ fold: FiguresFold, by groupings: [ReportGrouping], accepted: Range<Moment>, policy: PromisePolicy,
        zone: ZoneOffsets
    ) {
        var rows: [ReportRow] = []
        for grouping in groupings {
            var indices: [GroupKey: Int] = [:]
            var found: [(key: GroupKey, row: ReportRow)] = []
            for ticket in fold.tickets where accepted.contains(ticket.submitted) {
                let key = GroupKey(ticket, grouping, zone)
                let index = indices[key, default: found.count]
                if index == found.count {
                    indices[key] = index
                    found.append((key, ReportRow(grouping, key.text)))
                }
                let rule = policy.rule(channel: ticket.channel, priority: ticket.priority)
                found[index].row.add(ticket, rule, at: fold.end)
            }
            rows += found.sorted { $0.key < $1.key }.map { _, row in
                var row = row
                row.finish()
                return row
            }
        }
        self.rows = rows
    }
}

/// A group's place among others, and its name.
private struct GroupKey: Hashable, Comparable {
    var order: Int
    var text: String

    init(_ ticket: borrowing TicketFigures, _ grouping: ReportGrouping, _ zone: ZoneOffsets) {
        switch grouping {
        case .all: (order, text) = (0, "all")
        case .line: (order, text) = (0, ticket.line.text)
        case .agent: (order, text) = ticket.owner.map { (0, $0.text) } ?? (1, "nobody")
        case .channel: (order, text) = (0, ticket.channel.text)
        case .priority: (order, text) = (Int(ticket.priority.rawValue), ticket.priority.word)
        case .hour:
            let day = zone.day(at: ticket.submitted)
            let local = ticket.submitted.advanced(byMilliseconds: zone.offset(at: ticket.submitted))
            order = Int((local.milliseconds - Int64(day.number) * CivilDay.milliseconds) / 3_600_000)
            text = (order < 10 ? "0" : "") + String(order)
        case .weekday:
            let weekday = zone.day(at: ticket.submitted).weekday
            (order, text) = (Int(weekday.rawValue), weekday.word)
        }
    }

    static func < (a: GroupKey, b: GroupKey) -> Bool { (a.order, a.text) < (b.order, b.text) }
}
