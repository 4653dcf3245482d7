import Desk
import Figures
import Tickets

/// The rows of the view, against what the log says.
extension LogTracker {
    private static let rowsPerRead = 1_000

    /// Compares a view that was folded to the same position.
    mutating func compare(_ view: any ViewReader) throws(StoreError) {
        var filter = TicketFilter()
        filter.limit = Self.rowsPerRead
        var (seen, rowCount) = (0, 0)
        while true {
            let rows = try view.tickets(filter)
            guard let last = rows.last else { break }
            filter.after = last.number
            rowCount += rows.count
            for row in rows where try compare(row, in: view) { seen += 1 }
        }
        if seen != tickets.count { try nameMissing(in: view) }
        try compareOutbox(view)
        compareTallies(try view.tallies())
        // With rows that are missing, or are nobody's, there is nothing to put together, and that was said.
        if seen == tickets.count, rowCount == seen { try compareFigures(try view.figures()) }
    }

    /// - Returns: Whether the row is one of a ticket that was submitted.
    private mutating func compare(_ row: TicketRow, in view: any ViewReader) throws(StoreError) -> Bool {
        let number = row.number
        guard let tracked = tickets[number] else {
            findings.check(.d1, false, "ticket \(number) is in the view, but was never submitted")
            return false
        }
        findings.check(.d1, true, "")
        if tracked.isTainted { return true }
        let isWhole = findings.check(
            .c11, (row.holder != nil) == (row.place == .claimed),
            "ticket \(number) is \(row.place.word) in the view, \(row.holder == nil ? "without" : "with") a holder"
        )
        let state = tracked.state
        findings.check(
            .e4, row.escalations == state.escalations && row.frames == state.frames,
            "ticket \(number) has other escalations in the view than in the log")
        try comparePositions(row, tracked, in: view)
        var flaws = flaws(of: row, state)
        if row.created != tracked.created { flaws.append("created") }
        if row.currentPriority != tracked.priority { flaws.append("priority") }
        if Digest.of(row) != tracked.submission { flaws.append("submission") }
        if (row.extras.value ?? Extras()) != tracked.extras { flaws.append("extras") }
        if isWhole {
            if row.place != state.place { flaws.append("place") }
            if row.holder != state.holder { flaws.append("holder") }
        }
        if try !compareConversation(number, tracked, in: view) { flaws.append("conversation") }
        findings.check(
            .d6, flaws.isEmpty,
            "ticket \(number) differs between view and log: \(flaws.joined(separator: ", "))")
        return true
    }

    private func flaws(of row: TicketRow, _ state: TicketState) -> [String] {
        var flaws: [String] = []
        if row.line != state.line { flaws.append("line") }
        if row.status != state.status { flaws.append("status") }
        if row.owner != state.owner { flaws.append("owner") }
        if row.token != state.token { flaws.append("token") }
        if row.failures != state.failures { flaws.append("failures") }
        if row.assignments != state.assignments { flaws.append("assignments") }
        if row.lastMessage != state.lastMessage { flaws.append("lastMessage") }
        if row.entries != state.entries { flaws.append("entries") }
        if row.updated != state.updated { flaws.append("updated") }
        if row.since != state.since { flaws.append("since") }
        if row.wakes != state.wakes { flaws.append("wakes") }
        if row.course != state.course { flaws.append("figures") }
        return flaws
    }

    private mutating func comparePositions(
        _ row: TicketRow, _ tracked: Tracked, in view: any ViewReader
    ) throws(StoreError) {
        let positions = try view.positions(of: row.number, after: 0, limit: .max)
        let isSame =
            row.revision == tracked.state.revision && positions.count == Int(row.revision)
            && positions.reduce(0, Digest.of) == tracked.positions
        findings.check(
            .d7, isSame,
            "ticket \(row.number) has revision \(row.revision) and \(positions.count) positions in the view, "
                + "\(tracked.state.revision) events in the log")
    }

    /// - Returns: False when an entry differs that is not a note of a change of line, which is reported here.
    private mutating func compareConversation(
        _ number: TicketNumber, _ tracked: Tracked, in view: any ViewReader
    ) throws(StoreError) -> Bool {
        let entries = try view.entries(of: number)
        if entries.reduce(0, Digest.of) == tracked.conversation {
            for _ in tracked.lineNotes { findings.check(.e1, true, "") }
            return true
        }
        var isExplained = false
        for note in tracked.lineNotes {
            let found = entries.filter { $0.number == note }
            let holds = findings.check(
                .e1, found.count == 1 && found.allSatisfy { $0.kind == .note },
                "entry \(note) of ticket \(number) came with a change of line, and is no note in the view")
            if !holds { isExplained = true }
        }
        return isExplained
    }

    private mutating func nameMissing(in view: any ViewReader) throws(StoreError) {
        for number in tickets.keys.sorted() where try view.ticket(number) == nil {
            findings.check(.d1, false, "ticket \(number) was submitted, and is missing from the view")
        }
    }

    private mutating func compareOutbox(_ view: any ViewReader) throws(StoreError) {
        if isOutboxTainted { return }
        var last: UInt64 = 0
        while true {
            let rows = try view.outbox(after: last, limit: Self.rowsPerRead)
            guard let end = rows.last else { break }
            for row in rows {
                findings.check(
                    .r1, row.number == last &+ 1, "the outbox goes from \(last) to \(row.number) in the view")
                last = row.number
                let sent = row.number <= UInt64(outbox.count) ? outbox[Int(row.number) - 1] : nil
                findings.check(
                    .r1, sent.map { isSame(row, $0) } == true,
                    "outbox \(row.number) of the view is not the reply of that number in the log")
            }
            last = end.number
        }
        findings.check(
            .r1, last == UInt64(outbox.count),
            "the outbox ends at \(last) in the view, at \(outbox.count) in the log")
    }

    private func isSame(_ row: OutboxRow, _ sent: Sent) -> Bool {
        row.ticket == sent.ticket && row.entry == sent.entry && row.at == sent.at
            && tickets[row.ticket]?.recipient == Digest.of(row.channel, row.customer)
    }

    /// Every report is made of these: one that differs from the log shows a figure that nothing supports.
    private mutating func compareFigures(_ fold: FiguresFold) throws(StoreError) {
        findings.check(
            .m2, fold.promises == policies, "what the desk promised is in the view otherwise than in the log")
        for (index, ticket) in fold.tickets.enumerated() {
            let number = TicketNumber(UInt64(index) + 1)
            guard let tracked = tickets[number], !tracked.isTainted else { continue }
            findings.check(
                .m2, ticket.course == tracked.state.course && ticket.origin == tracked.origin,
                "the figures of ticket \(number) in the view are not those of the log")
        }
    }

    private mutating func compareTallies(_ rows: [NodeTally]) {
        var missing = tallies
        for row in rows {
            findings.check(
                .m2, missing.removeValue(forKey: row.run) == row,
                "the tally of \(row.node), run \(row.incarnation), is not what the log has")
        }
        for run in missing.keys.sorted(by: { ($0.node, $0.incarnation) < ($1.node, $1.incarnation) }) {
            findings.check(.m2, false, "the tally of \(run.node), run \(run.incarnation), is missing")
        }
    }
}
