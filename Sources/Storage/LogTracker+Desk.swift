import Desk
import Tickets

/// What the desk folded, against what the log says.
extension LogTracker {
    /// Compares a desk that was folded to the same position.
    mutating func compare(_ desk: Desk) {
        var kept = 0
        for number in tickets.keys.sorted() {
            guard let tracked = tickets[number], !tracked.isTainted else { continue }
            let isKept = tracked.state.status != .closed
            let ticket = desk.ticket(number)
            guard
                findings.check(
                    .d1, (ticket != nil) == isKept,
                    "ticket \(number) is \(isKept ? "missing from" : "closed, but in") the desk")
            else { continue }
            guard let ticket else { continue }
            kept += 1
            compare(ticket, desk.claim(of: number), with: tracked)
        }
        findings.check(
            .d1, desk.tickets.count == kept, "the desk has \(desk.tickets.count) tickets, the log \(kept)")
        compare(desk.census)
        compareLife(desk)
        comparePromises(desk)
    }

    /// Compares a snapshot with a desk that was folded to its position.
    mutating func compare(snapshot: Desk, with desk: Desk) {
        let at = "the snapshot at event \(snapshot.position)"
        let census = snapshot.census
        findings.check(
            .m1, census.submitted == census.present,
            "\(at) has \(census.submitted) tickets submitted and \(census.present) in some state")
        if census.submitted == census.present {
            findings.check(.m1, census == desk.census, "\(at) has other counts than the log")
        }
        for number in Set(snapshot.ticketNumbers).union(desk.ticketNumbers).sorted() {
            findings.check(
                .d6, snapshot.ticket(number) == desk.ticket(number),
                "\(at) has another ticket \(number) than the log")
        }
        findings.check(
            .d6,
            snapshot.dossiers == desk.dossiers && snapshot.merges == desk.merges
                && snapshot.mergedCustomers == desk.mergedCustomers,
            "\(at) has other amendments or merges than the log")
        findings.check(
            .d6, snapshot.wishes == desk.wishes, "\(at) has other wishes of customers than the log")
        findings.check(
            .p2, snapshot.promises == desk.promises, "\(at) has other clocks or alerts than the log")
        findings.check(.d6, snapshot.claims == desk.claims, "\(at) has other claims than the log")
        findings.check(.d6, snapshot.holdings == desk.holdings, "\(at) has other holdings than the log")
        findings.check(
            .g1,
            snapshot.configuration == desk.configuration && snapshot.configurations == desk.configurations,
            "\(at) has another configuration than the log")
        findings.check(
            .d6, snapshot.lastTicket == desk.lastTicket && snapshot.lastOutbox == desk.lastOutbox,
            "\(at) has other last numbers than the log")
        findings.check(
            .i1, snapshot.answers.entries.map(\.answer) == desk.answers.entries.map(\.answer),
            "\(at) keeps other answers than the log")
    }

    private mutating func compare(_ ticket: Ticket, _ claim: Claim?, with tracked: Tracked) {
        let number = ticket.number
        let state = tracked.state
        findings.check(
            .c11, (claim != nil) == (ticket.place == .claimed),
            "ticket \(number) is \(ticket.place.word) in the desk, \(claim == nil ? "without" : "with") a claim"
        )
        findings.check(
            .e4, ticket.escalations == state.escalations && ticket.frames == state.frames,
            "ticket \(number) has other escalations in the desk than in the log")
        findings.check(
            .d7, ticket.revision == state.revision,
            "ticket \(number) has revision \(ticket.revision) in the desk, \(state.revision) events in the log"
        )
        var same = ticket.line == state.line && ticket.status == state.status && ticket.place == state.place
        same = same && ticket.owner == state.owner && ticket.token == state.token
        same = same && claim?.holder == state.holder && ticket.failures == state.failures
        same = same && ticket.assignments == state.assignments && ticket.entries == state.entries
        same = same && ticket.lastMessage == state.lastMessage && ticket.since == state.since
        same = same && ticket.wakes == state.wakes && ticket.priority == tracked.priority
        findings.check(.d6, same, "ticket \(number) is another in the desk than in the log")
    }

    private mutating func compare(_ census: Census) {
        findings.check(
            .m1, census.submitted == census.present,
            "\(census.submitted) tickets were submitted, \(census.present) are in some state")
        var counted = Census()
        for tracked in tickets.values {
            // Sums do not depend on the order.
            switch Stage(tracked.state) {
            case .absent: break
            case .waiting: counted.waiting += 1
            case .claimed: counted.claimed += 1
            case .parked: counted.parked += 1
            case .pending: counted.pending += 1
            case .onHold: counted.onHold += 1
            case .solved: counted.solved += 1
            case .closed: counted.closed += 1
            case .spam: counted.spam += 1
            }
        }
        let pairs: [(String, UInt64, UInt64)] = [
            ("waiting", census.waiting, counted.waiting), ("claimed", census.claimed, counted.claimed),
            ("parked", census.parked, counted.parked), ("pending", census.pending, counted.pending),
            ("on-hold", census.onHold, counted.onHold), ("solved", census.solved, counted.solved),
            ("closed", census.closed, counted.closed), ("spam", census.spam, counted.spam),
        ]
        for (word, desk, log) in pairs {
            findings.check(.m1, desk == log, "\(desk) tickets are \(word) in the desk, \(log) in the log")
        }
    }
}
