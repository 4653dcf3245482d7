package import Promises
package import Tickets

/// A report of the tickets that were accepted in a time.
package struct Report: Sendable {
    /// By grouping in the order asked for, then by key: by name, or in the groups' own order.
    package let rows: [ReportRow]

    /// What a report is asked for.
    package struct Question: Sendable {
        package var groupings: [ReportGrouping]
        /// When the tickets were accepted.
        package var accepted: Range<Moment>
        /// What was promised.
        package var policy: PromisePolicy
        /// Whose hours and weekdays.
        package var zone: ZoneOffsets
        package var shifts: [Shift]

        package init(
            by groupings: [ReportGrouping], accepted: Range<Moment>, policy: PromisePolicy, zone: ZoneOffsets,
            shifts: [Shift] = []
        ) {
            self.groupings = groupings
            self.accepted = accepted
            self.policy = policy
            self.zone = zone
            self.shifts = shifts
        }
    }

    /// - Parameters:
    ///   - fold: The whole log, folded.
    ///   - question: What is asked for.
    package init(_ fold: FiguresFold, _ question: Question) {
        var tables = question.groupings.map { RowTable(grouping: $0) }
        var repeats = RepeatContacts(capacity: fold.tickets.count)
        let grouper = Grouper(zone: question.zone, shifts: question.shifts)
        let warning = question.policy.warnings.first
        for ticket in fold.tickets where ticket.course.counts {
            // Earlier ones too: a request repeats what came before the report's time.
            let isRepeat = repeats.follow(ticket.origin.topic, at: ticket.submitted)
            guard question.accepted.contains(ticket.submitted) else { continue }
            let rule = question.policy.rule(channel: ticket.origin.channel, priority: ticket.origin.priority)
            let outcome = TicketOutcome(
                ticket.course, rule, warning: warning, isRepeat: isRepeat,
                expected: ticket.origin.expectedWaitMilliseconds, at: fold.end)
            for index in tables.indices {
                for key in grouper.keys(of: ticket, rule, tables[index].grouping) {
                    tables[index].add(ticket.course, outcome, to: key)
                }
            }
        }
        rows = tables.flatMap { $0.finished() }
    }
}

/// The rows of one grouping while tickets are counted.
private struct RowTable {
    let grouping: ReportGrouping
    private var indexes: [GroupKey: Int] = [:]
    private var found: [(key: GroupKey, row: ReportRow)] = []

    init(grouping: ReportGrouping) { self.grouping = grouping }

    mutating func add(_ course: borrowing TicketCourse, _ outcome: borrowing TicketOutcome, to key: GroupKey)
    {
        let index = indexes[key, default: found.count]
        if index == found.count {
            indexes[key] = index
            found.append((key, ReportRow(grouping, key.text)))
        }
        found[index].row.add(course, outcome)
    }

    func finished() -> [ReportRow] {
        found.sorted { $0.key < $1.key }.map { _, row in
            var row = row
            row.finish()
            return row
        }
    }
}
