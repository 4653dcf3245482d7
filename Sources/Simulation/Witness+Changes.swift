import Desk
import HeapModule
import Storage
import Tickets

/// One event of one ticket: judged by what the ticket was, then taken at its word.
extension Witness {
    mutating func apply(_ record: Record, _ number: TicketNumber, _ ticket: inout Case) {
        defer {
            if record.event.ticketLetGo == number { ticket.letGo() }
        }
        switch record.event {
        case .submitted, .closed, .merged, .configured, .improved: break
        case .alerted(_, _, let notice):
            guard let notice else { return }
            notices += 1
            put(notice, number, &ticket)
        case .acknowledged(_, let letter, _):
            notices += 1
            put(letter, number, &ticket)
        case .amended(_, let token, let amendment, let lacking):
            amend(number, &ticket, amendment, record)
            relate(number, amendment)
            judgeLacking(number, ticket, amendment, lacking)
            if token != nil { work(&ticket, amendment, record) }
        case .tookOver(_, let token, let holder, _, _): takeOver(number, &ticket, token, holder, record)
        case .followedUp(_, let entry, let body, let wakes):
            followUp(number, &ticket, entry, body, wakes, record)
        case .claimed(_, let token, let holder, _): claim(number, &ticket, token, holder, record)
        case .noted(_, let token, let entry, let text):
            say(number, &ticket, entry, .note, text.text)
            // A command under the claim is a sign of life for it.
            if token != nil { work(&ticket, nil, record) }
            tally(token == nil ? nil : ticket.run) { $0.notes += 1 }
        case .replied(_, _, let reply):
            answer(reply, number, &ticket)
            ticket.drafters.removeAll { $0 == record.author.displayName }
            work(&ticket, nil, record)
            ticket.lastReply = reply.entry
        case .resolved(_, _, let reply):
            if let reply { answer(reply, number, &ticket) }
            mayAnswer(number, ticket)
            checkParts(number)
            tally(ticket.run) { $0.resolved += 1 }
            endClaim(ticket)
            ticket.leaveLine(.solved)
            ticket.frames = []
            ticket.solvedAt = record.at
            if settings.stickyMilliseconds != nil, let owner = ticket.owner {
                solvers[ticket.customer.lowercased()] = (owner, record.at)
            }
            ticket.drafters.removeAll { $0 == record.author.displayName }
        case .escalated(_, _, let line, let entry, let note, _):
            escalate(number, &ticket, line, entry, note.text)
        case .handedBack(_, _, let line, let entry, let note):
            handBack(number, &ticket, line, entry, note.text)
        case .pended(_, _, let onHold, let until, _):
            tally(ticket.run) { $0.pended += 1 }
            endClaim(ticket)
            ticket.leaveLine(onHold ? .onHold : .pending)
            ticket.wakes = until
        case .overflowed(_, let line, let reason): overflow(number, &ticket, to: line, reason, record)
        case .woke:
            let isAside = ticket.stage == .pending || ticket.stage == .onHold
            findings.expect(.d5, isAside, "\(number) wakes while \(ticket.stage)")
            let isDue = ticket.wakes.map { $0 <= record.at } == true
            findings.expect(.t2, isDue, "\(number) wakes at \(record.at) before its time")
            markers.reach(.pendedAndWoke)
            ticket.wait(since: record.at, forOwner: true)
        case .released(_, _, let cause, _, let failures, let parks):
            release(number, &ticket, cause, failures, parks, record)
        }
    }

    private mutating func followUp(
        _ number: TicketNumber, _ ticket: inout Case, _ entry: UInt32, _ body: String, _ wakes: Bool,
        _ record: Record
    ) {
        let isAside = ticket.stage == .pending || ticket.stage == .onHold || ticket.stage == .solved
        findings.expect(.d5, wakes == isAside, "a message to \(number), \(ticket.stage), wakes: \(wakes)")
        findings.expect(.d5, ticket.stage != .closed, "a message to \(number), which is closed")
        if let stamp = record.command {
            findings.expect(
                .b3, fate(stamp.id)?.divides != true, "what was made of \(number) is a message of it")
            checkWriter(stamp.id, of: number)
            let text = Text.request(stamp.id, body.utf8.count)
            findings.expect(.d2, body == text, "a message of \(number) is not what was sent")
            // N3 without exception: messages to a ticket that is there are never refused for now. A request may be, and
            // come again when there is one that it joins.
            if fate(stamp.id)?.matter.isEmpty != false {
                let isNext =
                    ticket.followed.map { $0.high != stamp.id.high || $0.low < stamp.id.low } ?? true
                findings.expect(.n3, isNext, "message \(stamp.id.low) of \(number) comes after a later one")
                ticket.followed = stamp.id
            }
        }
        checkJoined(number, ticket, record)
        ticket.wrote = record.at
        if ticket.stage == .spam { ticket.wroteAsSpam = true }
        say(number, &ticket, entry, .message, body)
        ticket.lastMessage = entry
        guard wakes else { return }
        markers.reach(ticket.stage == .solved ? .reopened : .wokenByItsCustomer)
        if ticket.wasSetAside, ticket.assignments == 0 { markers.reach(.openedAfterARule) }
        ticket.wait(since: record.at, forOwner: true)
    }

    private mutating func claim(
        _ number: TicketNumber, _ ticket: inout Case, _ token: Token, _ holder: Holder, _ record: Record
    ) {
        findings.expect(.c1, ticket.stage != .claimed, "\(number) is claimed twice")
        findings.expect(.c2, token > ticket.token, "\(number): token \(token) after \(ticket.token)")
        let isSolved = ticket.stage == .solved || ticket.stage == .closed || ticket.stage == .spam
        findings.expect(.d8, !isSolved, "\(number) is claimed while \(ticket.stage)")
        let run = run(of: holder)
        if let run {
            findings.expect(.c11, ticket.stage == .waiting, "\(number) is granted while \(ticket.stage)")
            findings.expect(.c8, !ticket.declined.contains(holder.node), "\(number) to \(holder.node) again")
            checkOrder(number, ticket, for: holder.node, record.at)
            checkSkills(number, ticket, for: holder, record.at)
            checkPresence(number, of: holder, record)
            checkKept(number, token, ticket, for: holder, record.at)
            if ticket.assignments == 0, ticket.familiar == holder.node { markers.reach(.takenByWhoKnowsThem) }
            tallies[run].held += 1
            tallies[run].claims += 1
        } else {
            markers.reach(.takenByAPerson)
        }
        if ticket.isForOwner, ticket.escalations > 0 {
            markers.reach(ticket.owner == holder.displayName ? .handedBackToItsOwner : .handedBackToAnother)
        }
        forget(number, ticket)
        if ticket.stage == .parked { ticket.failures = 0 }
        ticket.stage = .claimed
        ticket.token = max(token, ticket.token)
        ticket.holder = holder
        ticket.run = run
        ticket.assignments += 1
        (ticket.isForOwner, ticket.wroteAsSpam) = (false, false)
        ticket.wakes = nil
        ticket.renewed = record.at
        ticket.offer = nil
        if ticket.owner == nil { ticket.owner = holder.displayName }
    }

    /// N4: nobody is overtaken who was first in the line and could have been taken.
    private mutating func checkOrder(
        _ number: TicketNumber, _ ticket: Case, for node: Name, _ moment: Moment
    ) {
        let mine = spot(number, ticket)
        switch settings.lines[ticket.line].policy {
        case .priority: break
        case .deadline: markers.reach(.takenByDeadline)
        case .fifo: markers.reach(.takenInOrderOfTime)
        case .shortestFirst: markers.reach(.takenByEffort)
        }
        while let first = queues[ticket.line].min, !isStill(first) { queues[ticket.line].removeMin() }
        if let first = queues[ticket.line].min {
            findings.expect(.n4, !(first < mine), "\(number) overtakes \(first.number)")
        }
        for other in declined[ticket.line] where other < mine && isStill(other) {
            let index = Int(other.number) - 1
            let refused = cases[index].declined.contains(node) || !knows(node, index, at: moment)
            findings.expect(.n4, refused, "\(number) overtakes \(other.number), which \(node) may have")
        }
        if let first = firstAsking(on: ticket.line, for: node, at: moment) {
            findings.expect(.n4, !(first < mine), "\(number) overtakes \(first.number), which \(node) knows")
        }
    }

    /// Whether a ticket still waits where the spot says.
    func isStill(_ spot: Spot) -> Bool {
        let index = Int(spot.number) - 1
        guard cases[index].stage == .waiting, !cases[index].isForOwner else { return false }
        let wait = Case.wait(cases[index].assignments, cases[index].overflows)
        return wait == spot.revision && key(at: index) == spot.key
    }

    mutating func forget(_ number: TicketNumber, _ ticket: Case) {
        guard !ticket.declined.isEmpty else { return }
        declined[ticket.line].removeAll { $0.number == number.rawValue }
    }

    private mutating func escalate(
        _ number: TicketNumber, _ ticket: inout Case, _ line: Name, _ entry: UInt32, _ note: String
    ) {
        let target = index(ofLine: line)
        findings.expect(.e1, !note.isEmpty, "\(number) is escalated without a note")
        findings.expect(.e2, target != ticket.line, "\(number) is escalated to where it is")
        findings.expect(.e2, !ticket.frames.contains(target), "\(number) is escalated back to \(line)")
        checkChecklist(number, ticket)
        say(number, &ticket, entry, .note, note)
        ticket.escalations += 1
        findings.expect(
            .e5, ticket.escalations <= UInt32(settings.limits.escalationsMax),
            "\(number) is escalated \(ticket.escalations) times")
        markers.reach(ticket.frames.isEmpty ? .escalated : .escalatedTwice)
        tally(ticket.run) { $0.escalated += 1 }
        endClaim(ticket)
        ticket.frames.append(ticket.line)
        findings.expect(
            .e5, ticket.frames.count <= settings.limits.framesMax,
            "\(number) is escalated from \(ticket.frames.count) lines")
        if ticket.frames.count > 2 { markers.reach(.escalatedThrice) }
        ticket.line = target
        ticket.wait(since: ticket.since, forOwner: false)
    }

    private mutating func handBack(
        _ number: TicketNumber, _ ticket: inout Case, _ line: Name, _ entry: UInt32, _ note: String
    ) {
        let target = index(ofLine: line)
        findings.expect(.e2, ticket.frames.last == target, "\(number) is handed back to \(line)")
        checkDeputy(number, ticket)
        if ticket.frames.count > 1 { markers.reach(.handedBackHalfway) }
        say(number, &ticket, entry, .note, note)
        tally(ticket.run) { $0.handedBack += 1 }
        endClaim(ticket)
        _ = ticket.frames.popLast()
        ticket.line = target
        ticket.wait(since: ticket.since, forOwner: true)
    }

    private mutating func release(
        _ number: TicketNumber, _ ticket: inout Case, _ cause: ReleaseCause, _ failures: UInt32,
        _ parks: Bool, _ record: Record
    ) {
        let isFailure = [.failed, .expired, .restarted].contains(cause)
        let expected = ticket.failures + (isFailure ? 1 : 0)
        findings.expect(.c12, failures == expected, "\(number) has \(failures) failures, not \(expected)")
        if cause != .declined {
            let isFull = isFailure && expected >= settings.limits.failuresMax
            findings.expect(.c12, parks == isFull, "\(number) parks: \(parks) after \(expected)")
        }
        if cause == .expired { judgeExpiry(number, ticket, record) }
        if cause == .missed { judgeMiss(number, ticket, record) }
        if cause == .left { findings.expect(.s2, !parks, "\(number) is parked because its node left") }
        note(cause, parks)
        if record.author.role != .desk { tally(ticket.run) { $0.released += 1 } }
        let node = ticket.holder?.node
        if ticket.stage == .claimed { endClaim(ticket) } else { forget(number, ticket) }
        ticket.failures = failures
        if parks {
            ticket.leaveLine(.parked)
            ticket.declined = []
            ticket.isForOwner = false
        } else {
            let declined = ticket.declined
            ticket.wait(since: ticket.since, forOwner: false)
            ticket.declined = declined
            if cause == .declined, let node { ticket.declined.append(node) }
        }
    }

    /// C4: only a claim that was not renewed for its whole lease ends by itself.
    private mutating func judgeExpiry(_ number: TicketNumber, _ ticket: Case, _ record: Record) {
        let line = settings.lines[ticket.line]
        findings.expect(.w2, ticket.offer == nil, "\(number) expires, it was not accepted")
        guard ticket.run != nil else { return }
        let silent =
            record.at.milliseconds(since: ticket.renewed) - stalled(from: ticket.renewed, to: record.at)
        findings.expect(
            .c4, silent >= line.leaseMilliseconds,
            "the lease of \(number) ended \(silent) ms after it was renewed")
    }

    private mutating func note(_ cause: ReleaseCause, _ parks: Bool) {
        switch cause {
        case .expired: markers.reach(.leaseExpired)
        case .restarted: markers.reach(.claimReleasedByARestart)
        case .declined: markers.reach(parks ? .parkedAfterDeclines : .declined)
        case .left: markers.reach(.nodeLeftItsClaim)
        case .missed: markers.reach(.offerMissed)
        case .released, .failed: break
        }
        if parks, cause.countsAsFailure { markers.reach(.parkedAfterFailures) }
    }

    /// Into the outbox, and into the conversation.
    mutating func put(_ reply: Reply, _ number: TicketNumber, _ ticket: inout Case) {
        findings.expect(.r1, reply.outbox == lastOutbox + 1, "outbox \(reply.outbox) after \(lastOutbox)")
        lastOutbox = max(lastOutbox, reply.outbox)
        say(number, &ticket, reply.entry, .reply, reply.text.text)
    }

    private mutating func answer(_ reply: Reply, _ number: TicketNumber, _ ticket: inout Case) {
        if ticket.run != nil {
            findings.expect(
                .e3, ticket.messageShown >= ticket.lastMessage,
                "\(number) is answered past message \(ticket.lastMessage), shown \(ticket.messageShown)")
        }
        mayAnswer(number, ticket)
        tally(ticket.run) { $0.replies += 1 }
        put(reply, number, &ticket)
    }

    private mutating func mayAnswer(_ number: TicketNumber, _ ticket: Case) {
        let line = settings.lines[ticket.line]
        if !ticket.frames.isEmpty { markers.reach(.answeredDirectly) }
        findings.expect(
            .r3, ticket.stage == .claimed && (ticket.frames.isEmpty || line.answersEscalated),
            "\(number) is answered by \(line.name), to which it was escalated")
    }

    private mutating func say(
        _ number: TicketNumber, _ ticket: inout Case, _ entry: UInt32, _ kind: EntryKind, _ text: String
    ) {
        findings.expect(
            .e1, entry == ticket.entries + 1, "entry \(entry) of \(number) after \(ticket.entries)")
        ticket.entries = entry
        ticket.say(entry, kind, text)
    }

    mutating func endClaim(_ ticket: Case) {
        tally(ticket.run) { $0.held -= 1 }
    }

    private mutating func tally(_ run: Int?, _ body: (inout RunTally) -> Void) {
        if let run { body(&tallies[run]) }
    }
}
