import Desk
import HeapModule
import Storage
import Tickets

/// The log, as it is committed.
extension Witness {
    mutating func follow(_ records: [Record], epoch: UInt64) {
        findings.expect(.l2, epoch > 0 && epoch >= self.epoch, "epoch \(epoch) after \(self.epoch)")
        self.epoch = max(self.epoch, epoch)
        if records.count > 64 { markers.reach(.turnOfManyRecords) }
        for record in records { follow(record) }
        findings.expect(
            .r4, receipt == nil, "a commit ends before the customer of \(receipt?.ticket as Any) is told")
        findings.expect(
            .g2, setAsideNext == nil,
            "a commit ends before a rule put \(setAsideNext as Any) where it belongs")
        findings.expect(.a6, heardNext == nil, "a commit ends before \(heardNext as Any) hears what is owed")
        findings.expect(.p4, steps.isEmpty, "a commit ends before \(steps.first as Any) was done")
    }

    private mutating func follow(_ record: Record) {
        findings.expect(.d7, record.position == position.next, "\(record.position) after \(position)")
        findings.expect(.n6, record.at >= lastMoment, "event \(record.position) is before the one before")
        position = record.position
        lastMoment = max(lastMoment, record.at)
        if let stamp = record.command { note(stamp.id, record) }
        judgeHearing(record)
        if settings.acknowledgement != nil || settings.delayNotice != nil { judgeReceipt(record) }
        isStep = !(settings.ladder.isEmpty && settings.rules.isEmpty) && judgeLadder(record)
        // What else is due of the ticket comes after what is done about this.
        if settings.keepsPromises, !isStep { judgePromises(record) }
        switch record.event {
        case .submitted(let number, let line, let submission): submit(number, line, submission, record)
        case .configured(let configuration): configure(configuration)
        case .closed(let numbers):
            judgeClosing(numbers, at: record.at)
            for number in numbers { close(number) }
        case .merged(let number, let token, let target): merge(number, token, into: target, record)
        case .improved(let improvement): improve(improvement, record)
        default:
            guard let number = record.event.ticket, isKnown(number) else {
                return _ = findings.expect(.d5, false, "\(record.event.word) of a ticket that is not there")
            }
            change(number, record)
        }
    }

    func isKnown(_ number: TicketNumber) -> Bool {
        number.rawValue > 0 && number.rawValue <= UInt64(cases.count)
    }

    private mutating func note(_ id: CommandID, _ record: Record) {
        let ticket = record.event.ticket?.rawValue ?? 0
        guard let fate = fate(id) else {
            return _ = findings.expect(.d2, false, "event \(position) is by a command that nobody sent")
        }
        findings.expect(.i1, fate.position == 0, "event \(position) repeats that of \(fate.position)")
        findings.expect(.d3, !fate.isRefused, "event \(position) is by a command that was refused for good")
        withFate(id) { ($0.position, $0.ticket) = (record.position.rawValue, ticket) }
        checkOrder(of: id)
    }

    /// N3: what one sender sends is taken in its order. Not what the broker decided to refuse for now, told or not: it
    /// comes again, after what was admitted meanwhile.
    private mutating func checkOrder(of id: CommandID) {
        let sender = Int(id.high) - 1
        guard inOrder.indices.contains(sender), inOrder[sender] > 0, fate(id)?.isPutOff != true else {
            return
        }
        findings.expect(.n3, id.low >= inOrder[sender], "\(id.low) of \(id.high) is taken after a later one")
        inOrder[sender] = max(inOrder[sender], id.low)
    }

    private mutating func submit(
        _ number: TicketNumber, _ line: Name, _ submission: Submission, _ record: Record
    ) {
        let next = UInt64(cases.count) + 1
        findings.expect(.n1, number.rawValue >= next, "event \(position) submits \(number) again")
        guard
            findings.expect(.n2, number.rawValue == next, "event \(position) submits \(number), not \(next)"),
            let stamp = record.command
        else { return }
        findings.expect(
            .d2, submission.body == Text.request(stamp.id, submission.body.utf8.count),
            "ticket \(number) is not what was submitted")
        if let origin = submission.origin, origin.cause == .follows {
            let isStranger = submission.customer == "stranger@example.org" && isKnown(origin.ticket)
            markers.reach(isStranger ? .strangerHasTheirOwn : .lateMessageMadeATicket)
        }
        checkRouting(number, line, submission)
        checkOthers(number, submission)
        checkFamiliar(number, submission, record.at)
        checkAlone(number, submission, record)
        var ticket = Case(submission, at: record.at, by: stamp.id)
        ticket.line = index(ofLine: line)
        ticket.matter = matter(submission)
        ticket.asking = asking(submission)
        ticket.isAddressee = mayWrite(about: submission)
        if settings.keepsPromises {
            ticket.watches = Watches(from: record.at)
            ticket.isToldOfDelays =
                settings.delayNotice != nil && submission.channel == "mail"
                && !submission.tags.contains("direct")
        }
        stages[Int(ticket.stage.rawValue)] += 1
        waiting[ticket.line] += 1
        openOf[ticket.person, default: 0] += 1
        if let matter = ticket.matter { about[matter, default: []].append(cases.count) }
        cases.append(ticket)
        enqueue(number)
        seeFields(number, submission)
        seeOrigin(number, submission)
        expectReceipt(number, submission, record)
        expectSettingAside(number, submission)
    }

    private mutating func close(_ number: TicketNumber) {
        guard isKnown(number) else { return _ = findings.expect(.d5, false, "\(number) closes, unknown") }
        markers.reach(.closed)
        let index = Int(number.rawValue) - 1
        let isOver = cases[index].stage == .solved || cases[index].stage == .spam
        findings.expect(.d5, isOver, "ticket \(number) closes while \(cases[index].stage)")
        endWish(of: number)
        move(index, from: cases[index].stage, to: .closed)
        cases[index].stage = .closed
        cases[index].revision += 1
        while closedBelow < cases.count, cases[closedBelow].stage == .closed { closedBelow += 1 }
    }

    /// Counts a ticket in another stage.
    mutating func move(_ index: Int, from old: Case.Stage, to new: Case.Stage) {
        stages[Int(old.rawValue)] -= 1
        stages[Int(new.rawValue)] += 1
        if old.isOpen != new.isOpen { openOf[cases[index].person, default: 0] += new.isOpen ? 1 : -1 }
    }

    /// Takes an event of one ticket: judges it by what the ticket was, then takes it at its word.
    private mutating func change(_ number: TicketNumber, _ record: Record) {
        let index = Int(number.rawValue) - 1
        var ticket = cases[index]
        let (stage, line, priority) = (ticket.stage, ticket.line, ticket.priority)
        let place = settings.lines[line].policy.isRanked ? spot(number, ticket).key : nil
        if let token = record.event.token { fence(number, ticket, token, record) }
        apply(record, number, &ticket)
        ticket.revision += 1
        ticket.watches?.follow(record)
        if ticket.stage == .waiting, stage != .waiting {
            if case .released = record.event {} else { ticket.arrived = record.at }
            ticket.waits = record.at
            ticket.kept = record.at
            ticket.alone = nil
        }
        cases[index] = ticket
        if stage != ticket.stage || line != ticket.line {
            move(index, from: stage, to: ticket.stage)
            if stage == .waiting { waiting[line] -= 1 }
            if ticket.stage == .waiting { waiting[ticket.line] += 1 }
        }
        guard ticket.stage == .waiting else { return }
        let isMoved = line != ticket.line || place != nil && place != spot(number, ticket).key
        if stage != .waiting || priority != ticket.priority || isMoved { enqueue(number) }
    }

    /// C3: what carries a token carries the current one, and comes from the holder or the desk.
    private mutating func fence(_ number: TicketNumber, _ ticket: Case, _ token: Token, _ record: Record) {
        switch record.event {
        case .claimed, .tookOver: return
        default: break
        }
        if case .released(_, _, .declined, _, _, parks: true) = record.event, ticket.stage == .waiting {
            return _ = findings.expect(.c3, record.author.role == .desk, "\(number) parked from its line")
        }
        findings.expect(
            .d5, ticket.stage == .claimed || record.event.isNote, "\(record.event.word) \(number)")
        findings.expect(
            .c3, ticket.holder != nil && token == ticket.token,
            "event \(position): \(number) \(record.event.word) under \(token), its token is \(ticket.token)")
        guard record.author.role != .desk, let holder = ticket.holder else { return }
        let speaker = record.author.node ?? record.author.key
        findings.expect(
            .c3, speaker == holder.node, "\(number) \(record.event.word) by \(speaker), not its holder")
    }

    private mutating func enqueue(_ number: TicketNumber) {
        let ticket = cases[Int(number.rawValue) - 1]
        if ticket.isForOwner { return }
        let spot = spot(number, ticket)
        if !ticket.declined.isEmpty {
            declined[ticket.line].append(spot)
        } else if ticket.asking != .nothing {
            asking[ticket.line].append(spot)
            sweepAsking(on: ticket.line)
        } else {
            queues[ticket.line].insert(spot)
        }
    }
}

extension Event {
    /// Whether it is a note, which people may leave without a claim.
    var isNote: Bool { if case .noted = self { true } else { false } }
}
