import Desk
import Tickets

extension Witness {
    /// Judges a turn: its records, and the exchange as it is afterwards.
    mutating func see(_ turn: Turn, of exchange: Exchange) {
        for record in turn.records { see(record) }
        compareClaims(exchange.desk)
        recount(exchange.desk.census)
        checkNobodyIdles(exchange)
        let grants = turn.records.contains { if case .claimed = $0.event { true } else { false } }
        guard grants else { return }
        checkSeats(turn, exchange)
        checkNobodyOvertakes(turn)
        checkFamiliars(turn, exchange)
    }

    private mutating func compareClaims(_ desk: Desk) {
        var claimed = 0
        // In any order: each ticket is compared by itself.
        for ticket in cases.values {
            if ticket.claim != nil { claimed += 1 }
            if let field = difference(ticket, desk) {
                findings.expect(
                    false, field, "\(ticket.number) is \(String(describing: desk.tickets[ticket.number]))")
            }
        }
        findings.expect(claimed == desk.claims.count, "C1 claims", "\(claimed), not \(desk.claims.count)")
        findings.expect(
            cases.count == desk.tickets.count, "D1 tickets", "\(cases.count), \(desk.tickets.count)")
        let held = desk.holdings.values.reduce(0) { $0 + $1.count }
        findings.expect(held == claimed, "C7 holdings", "\(held), not \(claimed)")
    }

    /// The first invariant by which a ticket is not what its events say; nil when it is.
    private func difference(_ ticket: Case, _ desk: Desk) -> String? {
        guard let known = desk.tickets[ticket.number] else { return "D1 tickets" }
        if desk.claims[ticket.number]?.token != ticket.claim?.token { return "C1 claims" }
        if known.line != ticket.line { return "D6 line" }
        if known.owner != ticket.owner { return "D6 owner" }
        if known.frames != ticket.frames { return "D6 frames" }
        if known.since != ticket.since { return "D6 since" }
        if known.entries != ticket.entries { return "D6 entries" }
        if (known.place == .parked) != ticket.isParked { return "D6 parked" }
        return nil
    }

    /// M1: what there is adds up to what came.
    private mutating func recount(_ census: Census) {
        var counted = Census()
        counted.lines = settings.lines.map { LineCensus(name: $0.name) }
        // In any order: they are only counted.
        for ticket in cases.values {
            let line = counted.lines.firstIndex { $0.name == ticket.line } ?? 0
            if ticket.waits != nil {
                counted.waiting += 1
                counted.lines[line].waiting += 1
                counted.lines[line].waitingByPriority[Int(ticket.priority.rawValue) - 1] += 1
            }
            if ticket.claim != nil {
                counted.claimed += 1
                counted.lines[line].claimed += 1
            }
            if ticket.isParked { counted.parked += 1 }
            if ticket.isSpam {
                counted.spam += 1
            } else if ticket.isSolved {
                counted.solved += 1
            } else if ticket.isAside {
                if ticket.isOnHold { counted.onHold += 1 } else { counted.pending += 1 }
            }
        }
        findings.expect(census.present == census.submitted, "M1 conservation", "\(census)")
        let all = UInt64(cases.count) + closedCount
        findings.expect(census.submitted == all, "M1 submitted", "\(census.submitted), not \(all)")
        findings.expect(census.closed == closedCount, "M1 closed", "\(census.closed), not \(closedCount)")
        findings.expect(
            census.replies + notices == lastOutbox, "R1 replies",
            "\(census.replies) and \(notices) notices, not \(lastOutbox)")
        findings.expect(census.waiting == counted.waiting, "M1 waiting", "\(census), not \(counted)")
        findings.expect(census.claimed == counted.claimed, "M1 claimed", "\(census), not \(counted)")
        findings.expect(census.parked == counted.parked, "M1 parked", "\(census), not \(counted)")
        findings.expect(census.pending == counted.pending, "M1 pending", "\(census), not \(counted)")
        findings.expect(census.onHold == counted.onHold, "M1 on hold", "\(census), not \(counted)")
        findings.expect(census.solved == counted.solved, "M1 solved", "\(census), not \(counted)")
        findings.expect(census.spam == counted.spam, "M1 spam", "\(census), not \(counted)")
        let agree = counted.lines.allSatisfy { census[$0.name] == $0 }
        findings.expect(agree, "M1 lines", "\(census), not \(counted)")
    }

    /// C7: whoever was granted something holds no more than its seats.
    private mutating func checkSeats(_ turn: Turn, _ exchange: Exchange) {
        let names = exchange.presences().map(\.name)
        findings.expect(Set(names).count == names.count, "C9 one session a node", "\(names)")
        let seats = Dictionary(exchange.presences().map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for record in turn.records {
            guard case .claimed(let number, _, let holder, _) = record.event, holder.incarnation != 0 else {
                continue
            }
            guard let node = seats[holder.node] else {
                findings.expect(false, "C8 granted to the present", "\(number) to \(holder.node)")
                continue
            }
            let held = held(by: holder.node, exchange)
            findings.expect(
                held <= 16 * node.seats, "C7 seats", "\(holder.node) holds \(held)/16 of \(node.seats)")
            findings.expect(cases[number]?.line == node.line, "C8 line", "\(number) to \(holder.node)")
            findings.expect(
                holder.incarnation == node.incarnation, "C9 incarnation", "\(number) to \(holder.node)")
        }
    }

    /// V2: after a turn nobody has a free seat while a ticket waits that they could have.
    private mutating func checkNobodyIdles(_ exchange: Exchange) {
        let waiting = cases.values.filter { $0.waits != nil }
        guard !waiting.isEmpty else { return }
        for node in exchange.presences() {
            if node.isAway { continue }
            let free = 16 * node.seats - held(by: node.name, exchange)
            // If the first of these has no room, those behind it wait with it.
            let ticket = waiting.filter { isFor(node.name, node.line, $0, exchange) }.min {
                (key($0), $0.number) < (key($1), $1.number)
            }
            if free <= 0 || (ticket?.size ?? 0) > free { continue }
            findings.expect(
                ticket == nil, "V2 nobody idles",
                "\(node.name) could have \(String(describing: ticket?.number))")
        }
    }

    /// N4: of the tickets that a node could have had, it got the earliest.
    private mutating func checkNobodyOvertakes(_ turn: Turn) {
        let waiting = cases.values.filter { $0.waits != nil && !$0.isForOwner }
        for record in turn.records {
            guard case .claimed(let number, _, let holder, _) = record.event, record.command == nil,
                let ticket = cases[number], ticket.claim?.holder == holder
            else { continue }
            let overtaken = waiting.first {
                $0.line == ticket.line && !$0.declined.contains(holder.node) && key($0) < key(ticket)
                    && knows(holder.node, $0, record.at)
            }
            findings.expect(
                overtaken == nil, "N4 no overtaking",
                "\(number) before \(String(describing: overtaken?.number)) at \(holder.node)")
        }
    }

    /// G6: nobody gets a new ticket whose customer somebody else knows who has room for it, or their deputy.
    private mutating func checkFamiliars(_ turn: Turn, _ exchange: Exchange) {
        guard settings.stickyMilliseconds != nil, settings.seatCosts == nil else { return }
        for record in turn.records {
            guard case .claimed(let number, _, let holder, _) = record.event, record.command == nil,
                let ticket = cases[number], ticket.claims == 1, let familiar = ticket.familiar
            else { continue }
            let deputy = settings.life.deputies.first { $0.owner == familiar }?.deputy
            for name in [familiar, deputy].compactMap(\.self) {
                if name == holder.node { break }
                let isFree = exchange.presences(on: ticket.line).contains {
                    $0.name == name && !$0.isAway && 16 * $0.seats > held(by: name, exchange)
                }
                findings.expect(
                    !isFree || !knows(name, ticket, record.at), "G6 to who knows the customer",
                    "\(number) to \(holder.node), not \(name)")
            }
        }
    }

    /// Sixteenths of seats that what a node holds takes.
    private func held(by node: Name, _ exchange: Exchange) -> Int {
        (exchange.desk.holdings[node] ?? []).reduce(0) { sum, number in
            sum + (settings.seatCosts == nil ? 16 : cases[number]?.size ?? 16)
        }
    }

    /// Sixteenths of a seat that a ticket takes in these tests, where it does not take all of it.
    func size(_ channel: Name) -> Int {
        if !tellsChannels { return 16 }
        return channel == "chat" ? 4 : channel == "call" ? 16 : 8
    }

    /// Whether channels are known: what came while they were not may be a call.
    var tellsChannels: Bool { settings.seatCosts != nil || settings.lines.contains { $0.offers != nil } }

    private func isFor(_ node: Name, _ line: Name, _ ticket: Case, _ exchange: Exchange) -> Bool {
        guard ticket.line == line, !ticket.declined.contains(node) else { return false }
        let wait = settings.line(line)?.ownerWaitMilliseconds ?? 0
        let from = max(ticket.waits ?? .zero, startedAt)
        let isKept = ticket.isForOwner && from.advanced(byMilliseconds: wait) > exchange.now
        return isKept ? ticket.owner == node : knows(node, ticket, exchange.now)
    }

    /// Whether a node knows what a ticket asks for.
    private func knows(_ node: Name, _ ticket: Case, _ now: Moment) -> Bool {
        let skills = settings.expertise.first {
            $0.nodes.hasSuffix("*") ? node.text.hasPrefix($0.nodes.dropLast()) : $0.nodes == node.text
        }?.skills
        let wait = settings.line(ticket.line)?.preferredForMilliseconds ?? 0
        let isKept = now.milliseconds(since: ticket.since) < wait
        return (ticket.required + (isKept ? ticket.preferred : [])).allSatisfy { asked in
            skills?.contains { $0.name == asked.name && $0.level >= asked.level } == true
        }
    }

    private func key(_ ticket: Case) -> Moment {
        let over = settings.fairness.map { Int64(ticket.others) + 1 - Int64($0.free) } ?? 0
        let lag = settings.fairness.map { min(max(0, over) * $0.stepMilliseconds, $0.mostMilliseconds) } ?? 0
        let headStart = settings.line(ticket.line)?.headStart(ticket.priority) ?? 0
        return ticket.since.advanced(byMilliseconds: lag - headStart)
    }
}
