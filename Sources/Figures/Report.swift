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
        /// What was promised. Hours and weekdays are those of its last version.
        package var promises: PolicyHistory
        package var shifts: [Shift]

        package init(
            by groupings: [ReportGrouping], accepted: Range<Moment>, promises: PolicyHistory,
            shifts: [Shift] = []
        ) {
            self.groupings = groupings
            self.accepted = accepted
            self.promises = promises
            self.shifts = shifts
        }

        /// By one policy, whatever the desk promised.
        package init(
            by groupings: [ReportGrouping], accepted: Range<Moment>, policy: PromisePolicy, zone: ZoneOffsets,
            shifts: [Shift] = []
        ) {
            self.init(
                by: groupings, accepted: accepted, promises: PolicyHistory(policy, zone: zone),
                shifts: shifts)
        }
    }

    /// - Parameters:
    ///   - fold: The whole log, folded.
    ///   - question: What is asked for.
    package init(_ fold: FiguresFold, _ question: Question) {
        var tables = question.groupings.map { RowTable(grouping: $0) }
        var repeats = RepeatContacts(capacity: fold.tickets.count)
        let grouper = Grouper(zone: question.promises.last.zone, shifts: question.shifts)
        for ticket in fold.tickets where ticket.course.counts {
            // Earlier ones too: a request repeats what came before the report's time.
            let isRepeat = repeats.follow(ticket.origin.topic, at: ticket.submitted)
            guard question.accepted.contains(ticket.submitted) else { continue }
            let rules = TicketRules(ticket, question.promises, upTo: fold.end)
            let outcome = TicketOutcome(ticket, rules, isRepeat: isRepeat, at: fold.end)
            for index in tables.indices {
                for key in grouper.keys(of: ticket, rules.last, tables[index].grouping) {
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
