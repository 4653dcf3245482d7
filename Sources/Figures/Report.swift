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
    /// - Throws: What makes a ticket unreadable.
    package init<Roll>(_ fold: CourseFold<Roll>, _ question: Question) throws(Roll.Failure) {
        let (roll, end) = (fold.tickets, fold.end)
        let sketches = try Shares.join(of: roll.count) { share throws(Roll.Failure) in
            var reader = roll.reader()
            var sketches: [TicketSketch] = []
            sketches.reserveCapacity(share.count)
            for index in share { sketches.append(try reader.sketch(index)) }
            return sketches
        }
        let repeats = RepeatContacts.found(among: sketches)
        let start = sketches.lazy.map(\.submitted).filter(question.accepted.contains).min() ?? end
        let book = RuleBook(question.promises, start...max(start, end))
        let grouper = Grouper(zone: question.promises.last.zone, shifts: question.shifts)
        let shares = try Shares.map(of: roll.count) { share throws(Roll.Failure) in
            var tables = question.groupings.map { RowTable(grouping: $0) }
            var finder = RuleFinder(book)
            var reader = roll.reader()
            for index in share
            where (sketches[index].counts || sketches[index].isMerged)
                && question.accepted.contains(sketches[index].submitted)
            {
                let ticket = try reader.ticket(index)
                let rules = TicketRules(ticket, &finder, upTo: end)
                let outcome = TicketOutcome(ticket, rules, isRepeat: repeats[index], at: end)
                for table in tables.indices {
                    tables[table].add(ticket, outcome, rules, grouper)
                }
            }
            return tables
        }
        // Sums and sorted lists: whichever part was done first, they are the same.
        rows = Shares.each(question.groupings.count) { grouping in
            var table = RowTable(grouping: question.groupings[grouping])
            for share in shares { table.add(share[grouping]) }
            return table.finished()
        }.flatMap(\.self)
    }
}

/// The rows of one grouping while tickets are counted.
private struct RowTable: Sendable {
    let grouping: ReportGrouping
    private var indexes: [GroupKey: Int] = [:]
    private var found: [(key: GroupKey, row: ReportRow)] = []
    /// The last group: that of the next ticket is often the same.
    private var last: Int?

    init(grouping: ReportGrouping) { self.grouping = grouping }

    mutating func add(
        _ ticket: borrowing TicketFigures, _ outcome: borrowing TicketOutcome,
        _ rules: borrowing TicketRules, _ grouper: borrowing Grouper
    ) {
        grouper.each(of: ticket, rules, grouping) { key in
            if ticket.course.isMerged, !outcome.isBreached { return }
            let index = index(of: key)
            found[index].row.add(ticket.course, outcome)
        }
    }

    /// Adds what was counted of other tickets.
    mutating func add(_ other: borrowing RowTable) {
        for (key, row) in other.found {
            let index = index(of: key)
            found[index].row.add(row)
        }
    }

    private mutating func index(of key: GroupKey) -> Int {
        if let last, found[last].key == key { return last }
        let index = indexes[key, default: found.count]
        if index == found.count {
            indexes[key] = index
            found.append((key, ReportRow(grouping, key.text)))
        }
        last = index
        return index
    }

    func finished() -> [ReportRow] {
        found.sorted { $0.key < $1.key }.map { _, row in
            var row = row
            row.finish()
            return row
        }
    }
}
