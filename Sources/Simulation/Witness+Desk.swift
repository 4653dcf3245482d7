import Desk
import HeapModule
import Storage
import Tickets

/// The desk as it is, compared with what its log says. Only when both are at the same event.
extension Witness {
    /// Compares what the records have changed, as soon as the desk is where the log is.
    mutating func settle(_ exchange: Exchange, _ records: inout [Record]) {
        guard !records.isEmpty, exchange.desk.position == position else { return }
        for index in records.indices {
            records[index].event.eachTicket { compare($0, exchange.desk) }
        }
        compare(exchange.desk.census)
        records.removeAll(keepingCapacity: true)
    }

    /// Compares a desk that was recovered.
    mutating func compareAll(_ desk: Desk) {
        for index in closedBelow..<cases.count { compare(TicketNumber(UInt64(index) + 1), desk) }
        compare(desk.census)
        compareMerges(desk)
        compareWishes(desk)
    }

    /// Compares everything, and looks for what should have happened and did not.
    mutating func scan(_ exchange: Exchange) {
        guard exchange.desk.position == position else { return }
        var claimed = 0
        var kept = [[TicketNumber]](repeating: [], count: settings.lines.count)
        for index in closedBelow..<cases.count {
            let number = TicketNumber(UInt64(index) + 1)
            compare(number, exchange.desk)
            if settings.keepsPromises { checkPromises(index, exchange.now) }
            checkOverflow(index, exchange.now)
            if cases[index].stage == .claimed {
                claimed += 1
                checkSilence(number, exchange.now)
            } else if cases[index].stage == .waiting {
                if isKeptTooLong(index, exchange.now) { kept[cases[index].line].append(number) }
            }
        }
        findings.expect(.c1, claimed == exchange.desk.claims.count, "\(claimed) claims in the log")
        findings.expect(
            .d1, exchange.desk.tickets.count == cases.count - stages[Int(Case.Stage.closed.rawValue)],
            "the desk has \(exchange.desk.tickets.count) tickets of \(cases.count)")
        compare(exchange.desk.census)
        checkIdlers(exchange, kept)
    }

    /// Whether a ticket has waited longer than its owner's time, so that it is for anybody.
    private func isKeptTooLong(_ index: Int, _ now: Moment) -> Bool {
        guard cases[index].isForOwner else { return false }
        let patience = settings.lines[cases[index].line].ownerWaitMilliseconds
        return now.milliseconds(since: cases[index].waits) > patience
    }

    /// N5: what everybody who is there has declined is parked, after two looks in a row.
    ///
    /// Called more often than ``scan(_:)``, because nodes come and go; there are but a handful of such tickets.
    mutating func lookAtDeclined(_ exchange: Exchange) {
        for line in settings.lines.indices where !declined[line].isEmpty {
            let present = exchange.presences(on: settings.lines[line].name).map(\.name)
            for spot in declined[line] where isStill(spot) {
                let index = Int(spot.number) - 1
                let able = present.filter { knows($0, cases[index].asking, isKept: false) }
                checkDeclined(index, exchange.now, able)
            }
        }
    }

    private mutating func checkDeclined(_ index: Int, _ now: Moment, _ present: [Name]) {
        let isAlone = !present.isEmpty && present.allSatisfy { cases[index].declined.contains($0) }
        guard isAlone, let since = cases[index].alone, since > lastHello else {
            return cases[index].alone = isAlone ? now : nil
        }
        // Two pauses between looks, and a stall that was too short to be counted.
        let most = 2 * max(1_000, settings.lines[cases[index].line].ownerWaitMilliseconds) + 2_000
        let alone = now.milliseconds(since: since) - stalled(from: since, to: now)
        findings.expect(.n5, alone <= most, "ticket \(index + 1) waits for nobody since \(alone) ms")
    }

    private mutating func compare(_ number: TicketNumber, _ desk: Desk) {
        let index = Int(number.rawValue) - 1
        let difference = difference(index, desk)
        let isThere = difference != nil
        let stage = cases[index].stage
        findings.expect(.d1, isThere != (stage == .closed), "\(number), \(stage), is in the desk: \(isThere)")
        if let difference {
            findings.expect(
                .d6, difference == "same" || difference == Self.stack, "\(number) has another \(difference)")
            findings.expect(.f2, difference != Self.stack, "\(number) has another stack than it went up")
        }
        findings.expect(
            .o1, stage == .closed || desk.drafters(of: number) == cases[index].drafters,
            "\(number) has other drafts than were written")
        compareChecklist(number, desk)
        compareParts(number, desk)
        let isClaimed = cases[index].holder != nil
        guard let claim = desk.claim(of: number) else {
            return _ = findings.expect(.c1, !isClaimed, "\(number) is claimed by nobody")
        }
        findings.expect(
            .c1, isClaimed && claim.holder == cases[index].holder && claim.token == cases[index].token,
            "\(number) is claimed by \(claim.holder.node)")
    }

    /// What differs, or "same"; nil when the desk does not have the ticket.
    private func difference(_ index: Int, _ desk: Desk) -> String? {
        var difference: String?
        desk.look(at: TicketNumber(UInt64(index) + 1)) { difference = self.difference($0, index) }
        return difference
    }

    private static let stack = "stack"

    /// Field by field where they are: a copy of the case would count a dozen references up and down, for every event.
    private func difference(_ known: borrowing Ticket, _ index: Int) -> String {
        let (stage, assignments) = (cases[index].stage, cases[index].assignments)
        if known.token != cases[index].token { return "token" }
        if known.line != settings.lines[cases[index].line].name { return "line" }
        if known.place != stage.place { return "place" }
        let standing = stage == .spam ? cases[index].stageBefore : stage
        let dealings = assignments + (cases[index].wasSetAside ? 1 : 0)
        if known.status != standing.status(afterClaims: dealings) { return "status" }
        if known.owner != cases[index].owner { return "owner" }
        if known.since != cases[index].since { return "since" }
        if known.entries != cases[index].entries { return "count of entries" }
        if known.lastMessage != cases[index].lastMessage { return "last message" }
        if known.revision != cases[index].revision { return "revision" }
        if known.failures != cases[index].failures { return "count of failures" }
        if known.assignments != assignments { return "count of claims" }
        if known.escalations != cases[index].escalations { return "count of escalations" }
        if known.frames.count != cases[index].frames.count { return Self.stack }
        for (line, frame) in zip(known.frames, cases[index].frames)
        where line != settings.lines[frame].name {
            return Self.stack
        }
        if known.wakes != cases[index].wakes { return "time to wake" }
        if known.isForOwner != cases[index].isMarkedForOwner { return "reservation" }
        if known.declined != cases[index].declined { return "list of who declined" }
        if known.priority != cases[index].priority { return "priority" }
        return "same"
    }

    private mutating func compare(_ census: Census) {
        let counts = [
            census.waiting, census.claimed, census.parked, census.pending, census.onHold, census.solved,
            census.closed, census.spam,
        ]
        let agree = zip(counts, stages).allSatisfy { $0 == UInt64(clamping: $1) }
        findings.expect(.m1, agree, "the desk counts \(counts), the log has \(stages)")
        let isWhole = census.submitted == census.present && census.submitted == UInt64(cases.count)
        findings.expect(.m1, isWhole, "\(census.submitted) submitted, \(census.present) present")
        findings.expect(
            .r1, census.replies + notices == lastOutbox,
            "\(census.replies) replies and \(notices) notices, outbox \(lastOutbox)")
        for (index, line) in settings.lines.enumerated() {
            findings.expect(
                .m1, census[line.name].waiting == UInt64(clamping: waiting[index]),
                "\(census[line.name].waiting) wait on \(line.name), \(waiting[index]) by the log")
        }
    }

    /// C5: nobody holds a claim in silence. Three seconds and a heartbeat are for the broker to notice.
    private mutating func checkSilence(_ number: TicketNumber, _ now: Moment) {
        let ticket = cases[Int(number.rawValue) - 1]
        guard ticket.run != nil else { return }
        let silent = now.milliseconds(since: ticket.renewed) - stalled(from: ticket.renewed, to: now)
        let term = ticket.offer ?? settings.lines[ticket.line].leaseMilliseconds
        let most = term + settings.heartbeatMilliseconds + 3_000
        findings.expect(.c5, silent <= most, "\(number) is held for \(silent) ms without a sign of life")
    }

    /// Whether a node may have a ticket that somebody declined.
    private func isFor(_ node: Name, _ spot: Spot, _ now: Moment) -> Bool {
        let index = Int(spot.number) - 1
        return !cases[index].declined.contains(node) && knows(node, index, at: now)
    }

    /// Whether the first ticket that a node may have takes more of a seat than it has free: then it gets none.
    ///
    /// Whether a ticket is still kept for its owner is the floor's to know. So one that may be the first and takes more
    /// than there is says that nothing is certain.
    private func isBlocked(_ node: Presence, _ line: Int, _ free: Int, _ exchange: Exchange) -> Bool {
        var candidates = declined[line].filter { isStill($0) && isFor(node.name, $0, exchange.now) }
        if let first = queues[line].min { candidates.append(first) }
        if let first = firstAsking(on: line, for: node.name, at: exchange.now) { candidates.append(first) }
        let first = candidates.min()
        func isTooLarge(_ spot: Spot) -> Bool { sixteenths(TicketNumber(spot.number)) > free }
        if let first, isTooLarge(first) { return true }
        return cases.indices[closedBelow...].contains { index in
            guard cases[index].stage == .waiting, cases[index].isForOwner, cases[index].line == line else {
                return false
            }
            let spot = spot(TicketNumber(UInt64(index) + 1), cases[index])
            return isTooLarge(spot) && first.map { spot < $0 } != false
        }
    }

    /// C9, V2: nobody holds what an older run of theirs held, and nobody idles while there is work.
    ///
    /// `kept` has for each line the tickets that should not be kept for their owners any more.
    private mutating func checkIdlers(_ exchange: Exchange, _ kept: [[TicketNumber]]) {
        for node in exchange.presences() {
            if node.isAway { continue }
            let free = 16 * node.seats - sixteenthsHeld(by: node.name, exchange)
            let line = index(ofLine: node.line)
            let isOwn = (exchange.desk.holdings[node.name] ?? []).allSatisfy {
                [0, node.incarnation].contains(exchange.desk.claim(of: $0)?.holder.incarnation)
            }
            findings.expect(.c9, isOwn, "\(node.name) has what an older run of it held")
            guard free > 0 else { continue }
            while let first = queues[line].min, !isStill(first) { queues[line].removeMin() }
            let mine = declined[line].first { isStill($0) && isFor(node.name, $0, exchange.now) }
            if settings.seatCosts != nil, isBlocked(node, line, free, exchange) {
                markers.reach(.firstHasNoRoom)
                continue
            }
            findings.expect(
                .v2, queues[line].isEmpty, "\(node.name) has a free seat, \(queues[line].count) wait")
            let late = kept[line].first {
                knows(node.name, Int($0.rawValue) - 1, at: exchange.now)
            }
            findings.expect(
                .v2, late == nil, "\(node.name) has a free seat, \(late as Any) is kept for its owner")
            let known = firstAsking(on: line, for: node.name, at: exchange.now)
            findings.expect(
                .v2, known == nil, "\(node.name) has a free seat and knows enough for \(known as Any)")
            findings.expect(
                .v2, mine == nil, "\(node.name) has a free seat and did not decline \(mine as Any)")
        }
    }
}

extension Case.Stage {
    var place: Place {
        switch self {
        case .waiting: .waiting
        case .claimed: .claimed
        case .parked: .parked
        case .pending, .onHold, .solved, .closed: .aside
        case .spam: .spam
        }
    }

    func status(afterClaims assignments: UInt32) -> Status {
        switch self {
        case .waiting, .parked: assignments == 0 ? .new : .open
        case .claimed: .open
        case .pending: .pending
        case .onHold: .onHold
        case .solved: .solved
        case .closed: .closed
        // It was nothing else before.
        case .spam: .open
        }
    }
}
