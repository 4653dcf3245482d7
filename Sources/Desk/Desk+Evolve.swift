import Tickets

extension Desk {
    /// Folds one record of the log into the desk.
    ///
    /// Trusts the log: an event that contradicts what came before traps, because going on would spread the
    /// contradiction. `verify` finds such a log without trapping.
    package mutating func evolve(_ record: Record) {
        precondition(record.position == position.next, "event \(record.position) after \(position)")
        position = record.position
        lastMoment = max(lastMoment, record.at)
        apply(record)
        if keepsClocks { followPromises(record) }
        if tellsChannels { followChannels(record.event) }
        if hasOverflow { followArrivals(record) }
        if customers != nil { followCustomers(record) }
        if writesByItself || !wishes.isEmpty { followWishes(record) }
        guard let stamp = record.command else { return }
        answers.keep(answer(to: record.event), for: stamp)
    }

    /// What the sender of a command is told of the event that it led to, once that is folded.
    func answer(to event: Event) -> Answer {
        let ticket = event.ticket ?? TicketNumber(0)
        let token = tickets.look(at: ticket) { $0.token } ?? Token(0)
        return Answer(ticket: ticket, token: token, position: position)
    }

    private mutating func apply(_ record: Record) {
        switch record.event {
        case .submitted(let number, let line, let submission):
            open(number, on: line, submission, at: record.at)
            if let ruling = submission.ruling, !ruling.demands.isEmpty { demands[number] = ruling.demands }
            if let origin = submission.origin, origin.cause == .child { addChild(number, of: origin.ticket) }
        case .followedUp(let number, let entry, _, let wakes):
            change(number) {
                $0.entries = entry
                $0.lastMessage = entry
                if wakes { $0.waitForOwner(since: record.at) }
                // Of what was solved before it became spam: when it is none any more it goes to its owner.
                if $0.place == .spam, $0.status == .solved { $0.isForOwner = true }
            }
        case .claimed(let number, let token, let holder, let lease):
            claim(number, token, holder, lease, record)
        case .noted(let number, let token, let entry, _):
            change(number) { $0.entries = entry }
            if token != nil { claims.update(number) { $0.offerMilliseconds = nil } }
        case .replied(let number, _, let reply):
            count(reply)
            change(number) { $0.entries = reply.entry }
            claims.update(number) {
                $0.lastReply = reply.entry
                $0.offerMilliseconds = nil
            }
            endDraft(of: number, by: record.author.displayName)
        case .escalated(let number, _, let line, let entry, _, _):
            census.escalated += 1
            endClaim(number) {
                $0.entries = entry
                $0.escalations += 1
                $0.frames.append($0.line)
                $0.line = line
                $0.wait(since: $0.since, forOwner: false)
            }
        case .handedBack(let number, _, let line, let entry, _):
            census.handedBack += 1
            endClaim(number) {
                $0.entries = entry
                #if PLANTED_BUGS
                    if PlantedBug.isActive(.framesCollapse) { $0.frames = $0.frames.suffix(1) }
                #endif
                $0.frames.removeLast()
                $0.line = line
                $0.waitForOwner(since: $0.since)
            }
        case .resolved(let number, _, let reply):
            resolve(number, reply, at: record.at)
            endDraft(of: number, by: record.author.displayName)
        case .pended(let number, _, let onHold, let until, _):
            endClaim(number) {
                $0.status = onHold ? .onHold : .pending
                $0.place = .aside
                $0.wakes = until
            }
        case .woke(let number):
            change(number) { $0.waitForOwner(since: record.at) }
        case .overflowed(let number, let line, let reason):
            if reason.isEmpty { widen(number) }
            change(number) {
                $0.goOn(to: line)
                $0.isForOwner = false
                $0.declined = []
                #if PLANTED_BUGS
                    if PlantedBug.isActive(.placeLostInOverflow) { $0.since = record.at }
                #endif
            }
        case .released(let number, _, let cause, _, let failures, let parks):
            release(number, cause, failures, parks)
        case .closed(let numbers):
            close(numbers)
        case .configured(let configuration):
            adopt(configuration, at: record.position)
        case .amended(let number, let token, let amendment, let lacking):
            if token != nil { claims.update(number) { $0.follow(amendment) } }
            amend(
                number, amendment, lacking: lacking, by: record.author.displayName,
                endsClaim: record.event.ticketLetGo != nil, at: record.at)
        case .tookOver(let number, let token, let holder, let lease, _):
            takeOver(number, token, holder, lease, at: record.at)
        case .merged(let number, _, let target):
            merge(number, into: target)
        case .alerted(let number, _, let notice):
            if let notice { advanceOutbox(to: notice) }
            change(number) { if let notice { $0.entries = notice.entry } }
        case .acknowledged(let number, let letter, _):
            advanceOutbox(to: letter)
            change(number) { $0.entries = letter.entry }
        case .improved(let improvement): improve(improvement)
        }
    }

    private mutating func open(
        _ number: TicketNumber, on line: Name, _ submission: Submission, at moment: Moment
    ) {
        precondition(number.rawValue == lastTicket.rawValue + 1, "ticket \(number) after \(lastTicket)")
        lastTicket = number
        var ticket = Ticket(number: number, line: line, priority: submission.priority, since: moment)
        ticket.entries = 1
        ticket.lastMessage = 1
        ticket.revision = 1
        ticket.customer = Customers.digest(submission.customer)
        census.submitted += 1
        census.move(from: nil, to: Census.Standing(ticket))
        tickets[number] = ticket
    }

    private mutating func claim(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ lease: Int64, _ record: Record
    ) {
        precondition(claims[number] == nil, "ticket \(number) claimed twice")
        census.claims += 1
        var claim = Claim(token: token, holder: holder, leaseMilliseconds: lease, at: record.at)
        change(number) {
            precondition(token > $0.token, "token \(token) of \(number) after \($0.token)")
            claim.makesOwner = $0.owner == nil
            // A person who takes a parked ticket gives it a new start.
            if $0.place == .parked { $0.failures = 0 }
            $0.place = .claimed
            $0.status = .open
            $0.token = token
            $0.assignments += 1
            $0.isForOwner = false
            $0.wakes = nil
            #if PLANTED_BUGS
                if PlantedBug.isActive(.ownerChanges) { $0.owner = holder.displayName }
            #endif
            if $0.owner == nil { $0.owner = holder.displayName }
        }
        claims[number] = claim
        holdings[holder.node, default: []].append(number)
    }

    private mutating func resolve(_ number: TicketNumber, _ reply: Reply?, at moment: Moment) {
        census.resolutions += 1
        if let reply { count(reply) }
        endClaim(number) {
            if let reply { $0.entries = reply.entry }
            $0.status = .solved
            $0.place = .aside
            $0.frames = []
        }
        let assignments = tickets.look(at: number) { $0.assignments } ?? 0
        solved.append(SolvedTicket(number: number, assignments: assignments, at: moment))
        forgetReopened()
    }

    /// Keeps the queue of solved tickets about as long as there are solved tickets.
    mutating func forgetReopened() {
        guard solved.count > 2 * Int(census.solved + census.spam) + 1_024 else { return }
        solved.removeAll { tickets.look(at: $0.number, $0.isStill) != true }
    }

    private mutating func release(
        _ number: TicketNumber, _ cause: ReleaseCause, _ failures: UInt32, _ parks: Bool
    ) {
        if cause == .expired { census.expired += 1 }
        if parks { census.parkings += 1 }
        guard let holder = claims[number]?.holder else { return parkUnclaimed(number) }
        #if PLANTED_BUGS
            let moment = lastMoment
        #endif
        endClaim(number) {
            $0.failures = failures
            if parks {
                $0.place = .parked
                $0.declined = []
            } else {
                let declined = $0.declined
                $0.wait(since: $0.since, forOwner: false)
                #if PLANTED_BUGS
                    if PlantedBug.isActive(.placeLost) { $0.since = moment }
                #endif
                $0.declined = declined
                if cause == .declined { $0.declined.append(holder.node) }
            }
        }
    }

    /// Sets a waiting ticket aside that everybody who is here has declined.
    private mutating func parkUnclaimed(_ number: TicketNumber) {
        change(number) {
            precondition(
                $0.place == .waiting, "ticket \(number) is \($0.place.word), released without a claim")
            $0.place = .parked
            $0.declined = []
        }
    }

    private mutating func close(_ numbers: [TicketNumber]) {
        for number in numbers {
            closeWish(of: number)
            change(number) {
                $0.status = .closed
                $0.place = .aside
            }
            tickets[number] = nil
            if !dossiers.isEmpty { dossiers[number] = nil }
            if !demands.isEmpty { demands[number] = nil }
        }
        while let first = solved.first, tickets.look(at: first.number, first.isStill) != true {
            solved.removeFirst()
        }
    }

    private mutating func count(_ reply: Reply) {
        advanceOutbox(to: reply)
        census.replies += 1
    }

    private mutating func advanceOutbox(to reply: Reply) {
        precondition(reply.outbox == lastOutbox + 1, "outbox entry \(reply.outbox) after \(lastOutbox)")
        lastOutbox = reply.outbox
    }

    /// Changes one ticket and the counts with it.
    mutating func change(_ number: TicketNumber, _ body: (inout Ticket) -> Void) {
        let move = tickets.update(number) { ticket in
            let old = Census.Standing(ticket)
            body(&ticket)
            precondition(
                old.status.allows(ticket.status),
                "ticket \(number) goes from \(old.status) to \(ticket.status)")
            ticket.revision += 1
            return (from: old, to: Census.Standing(ticket))
        }
        guard let move else { preconditionFailure("event for unknown ticket \(number)") }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.censusDrifts), move.to.place == .parked { return }
        #endif
        census.move(from: move.from, to: move.to)
    }

    /// Changes a ticket whose claim ends with the change.
    mutating func endClaim(_ number: TicketNumber, _ body: (inout Ticket) -> Void) {
        guard let claim = claims.removeValue(forKey: number) else {
            preconditionFailure("ticket \(number) has no claim to end")
        }
        change(number) {
            // Whoever is next has to read what this holder wrote.
            $0.lastMessage = max($0.lastMessage, claim.lastReply)
            body(&$0)
        }
        let node = claim.holder.node
        let isLast = Self.remove(number, from: &holdings[node])
        if isLast { holdings[node] = nil }
    }

    /// - Returns: Whether nothing is left.
    private static func remove(_ number: TicketNumber, from held: inout [TicketNumber]?) -> Bool {
        guard let index = held?.firstIndex(of: number) else {
            preconditionFailure("ticket \(number) is not among what its holder holds")
        }
        held?.remove(at: index)
        return held?.isEmpty != false
    }
}

extension Ticket {
    /// Puts the ticket into its line, as after a submission.
    fileprivate mutating func wait(since moment: Moment, forOwner: Bool) {
        if status != .new { status = .open }
        place = .waiting
        since = moment
        isForOwner = forOwner
        wakes = nil
        declined = []
    }

    /// Puts the ticket where it goes on by itself. Back on a line that it was escalated from, it is as if it had been handed
    /// back: nobody there can hand it back to themselves.
    fileprivate mutating func goOn(to line: Name) {
        self.line = line
        #if PLANTED_BUGS
            if PlantedBug.isActive(.stackKeptInOverflow) { return }
        #endif
        if let way = frames.firstIndex(of: line) { frames.removeSubrange(way...) }
    }

    /// Puts the ticket into its line for its owner; one that is escalated is for anybody on the line it is in,
    /// because its owner is on another.
    mutating func waitForOwner(since moment: Moment) {
        wait(since: moment, forOwner: owner != nil && frames.isEmpty)
    }
}
