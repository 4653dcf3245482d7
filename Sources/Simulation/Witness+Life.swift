import Desk
import HeapModule
import Storage
import Tickets

/// What is set on tickets, who takes them from whom, and which end in which.
extension Witness {
    mutating func amend(
        _ number: TicketNumber, _ ticket: inout Case, _ amendment: Amendment, _ record: Record
    ) {
        findings.expect(.d5, ticket.stage != .closed, "\(number) is changed while closed")
        let author = record.author.displayName
        switch amendment {
        case .priority(let priority):
            ticket.priority = priority
            markers.reach(.priorityChanged)
        case .owner(let owner, let reason):
            findings.expect(.o1, !reason.isEmpty, "\(number) has another owner without a reason")
            if record.author.role == .desk {
                ownerChange = OwnerChange(
                    position: record.position, ticket: number, before: ticket.owner, after: owner)
            }
            (ticket.owner, ticket.kept) = (owner, nil)
            // One that is kept for its owner is kept for the new one from now on.
            ticket.waits = record.at
            markers.reach(.ownerChanged)
        case .draft(let text):
            ticket.drafters.removeAll { $0 == author }
            if !text.isEmpty { ticket.drafters.append(author) }
            markers.reach(.drafted)
        case .spam(let isOn, _): setSpam(isOn, number, &ticket, record)
        case .kind(let kind): ticket.kind = kind
        case .status(let status, let reason): setAside(number, &ticket, status, reason, record)
        case .feedback(let topic): wish(topic, number, ticket)
        case .tag, .field, .participant, .parent, .link, .given, .offered, .accepted: break
        }
    }

    mutating func takeOver(
        _ number: TicketNumber, _ ticket: inout Case, _ token: Token, _ holder: Holder, _ record: Record
    ) {
        findings.expect(.c1, ticket.stage == .claimed, "\(number) is taken over while \(ticket.stage)")
        findings.expect(.c2, token > ticket.token, "\(number): token \(token) after \(ticket.token)")
        findings.expect(.c3, ticket.holder != holder, "\(number) is taken over by its holder")
        markers.reach(.takenOver)
        if let run = ticket.run { tallies[run].held -= 1 }
        ticket.token = max(token, ticket.token)
        ticket.holder = holder
        ticket.run = run(of: holder)
        if let run = ticket.run {
            tallies[run].held += 1
            tallies[run].claims += 1
        }
        ticket.assignments += 1
        ticket.renewed = record.at
        // Whoever takes it over need not accept what was offered to somebody else.
        ticket.offer = nil
    }

    /// J1: a ticket that is merged was there, and ends in one that goes on; so nothing goes round in circles.
    mutating func merge(_ number: TicketNumber, _ token: Token?, into target: TicketNumber, _ record: Record)
    {
        let (index, end) = (Int(number.rawValue) - 1, Int(target.rawValue) - 1)
        guard cases.indices.contains(index), cases.indices.contains(end) else {
            return _ = findings.expect(.d5, false, "\(number) is merged into \(target), one is not there")
        }
        let goesOn = cases[end].isOpen && cases[end].mergedInto == nil
        findings.expect(
            .j1, number != target && goesOn && cases[index].stage != .closed,
            "\(number), \(cases[index].stage), is merged into \(target), \(cases[end].stage)")
        findings.expect(
            .c3, token == nil ? cases[index].stage != .claimed : token == cases[index].token,
            "\(number) is merged under \(token?.rawValue ?? 0), its token is \(cases[index].token)")
        checkParts(number)
        tie(number, .mergedInto, target, .mergedFrom)
        joinParticipants(of: number, to: target)
        merges[number] = target
        lastMerge = (number, target)
        markers.reach(.merged)
        endWish(of: number)
        let stage = cases[index].stage
        let isOwed = stage == .waiting || stage == .claimed || stage == .parked
        if isOwed { expectHearing(in: target, cases[end].entries) }
        forget(number, cases[index])
        if stage == .claimed, let run = cases[index].run { tallies[run].held -= 1 }
        if stage == .waiting { waiting[cases[index].line] -= 1 }
        move(index, from: stage, to: .closed)
        cases[index].leaveLine(.closed)
        cases[index].mergedInto = target
        cases[index].revision += 1
        cases[end].revision += 1
        while closedBelow < cases.count, cases[closedBelow].stage == .closed { closedBelow += 1 }
    }

    /// A6: what somebody waits for in a ticket that is merged, or was spam, is heard where it goes on, and at once.
    mutating func judgeHearing(_ record: Record) {
        var heard: TicketNumber?
        if case .followedUp(let number, _, _, _) = record.event, record.command == nil { heard = number }
        guard heardNext != nil || heard != nil else { return }
        findings.expect(
            .a6, heard == heardNext,
            "event \(record.position) is heard in \(heard as Any), it should be in \(heardNext as Any)")
        heardNext = nil
        markers.reach(.heardWhereItGoesOn)
    }

    /// Whoever waited in what has ended is heard in a ticket next, if there is room for it.
    mutating func expectHearing(in number: TicketNumber, _ entries: UInt32) {
        if Int(entries) < settings.limits.entriesMax { heardNext = number }
    }

    /// B1: a solved ticket stays open to its customer for its time, unless there are too many of them.
    mutating func judgeClosing(_ numbers: [TicketNumber], at moment: Moment) {
        let kept = stages[Int(Case.Stage.solved.rawValue)] + stages[Int(Case.Stage.spam.rawValue)]
        let excess = kept - settings.limits.solvedKept
        if excess >= settings.limits.closedPerEvent { return }
        let span = settings.life.closesAfterMilliseconds
        for number in numbers where isKnown(number) {
            let age = moment.milliseconds(since: cases[Int(number.rawValue) - 1].solvedAt)
            findings.expect(.b1, age >= span, "\(number) closes \(age) ms after it was solved")
            markers.reach(.closedByTime)
        }
    }
}
