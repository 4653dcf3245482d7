import Desk
import Tickets

extension Witness {
    /// Judges one record by those before it.
    mutating func see(_ record: Record) {
        findings.expect(
            record.position == position.next, "D7 positions", "\(record.position) after \(position)")
        findings.expect(record.at >= moment, "N6 time", "\(record.at) after \(moment) at \(record.position)")
        position = record.position
        moment = max(moment, record.at)
        if let stamp = record.command {
            findings.expect(
                !commands.contains(stamp.id), "I1 one effect", "command \(stamp.id) at \(position)")
            remember(stamp.id)
        }
        switch record.event {
        case .submitted(let number, let line, let submission):
            findings.expect(
                number.rawValue == lastTicket.rawValue + 1, "N2 numbers", "\(number) after \(lastTicket)")
            lastTicket = max(lastTicket, number)
            let customer = submission.customer.lowercased()
            let open = cases.values.count { !$0.isSolved && !$0.isSpam && $0.customer == customer }
            if submission.others > 0 || settings.fairness != nil {
                findings.expect(
                    Int(submission.others) == open, "G4 others of the customer",
                    "\(submission.others), not \(open)")
            }
            let solver = settings.stickyMilliseconds.flatMap { time in
                solvers[customer].flatMap { record.at.milliseconds(since: $0.at) <= time ? $0.agent : nil }
            }
            let named = submission.ruling?.rules.compactMap { name in
                settings.rules.first { $0.name == name }?.agent
            }
            let first = named?.last ?? solver
            findings.expect(
                submission.familiar == first, "G5 who knows the customer",
                "\(submission.familiar as Any), not \(first as Any)")
            cases[number] = Case(
                number: number, line: line, priority: submission.priority, size: size(submission.channel),
                required: submission.ruling?.demands.required ?? [],
                preferred: submission.ruling?.demands.preferred ?? [], customer: customer,
                others: submission.others, familiar: submission.familiar, since: record.at, waits: record.at)
        case .closed(let numbers):
            for number in numbers {
                let ticket = cases.removeValue(forKey: number)
                let isOver = ticket?.isSolved == true || ticket?.isSpam == true
                findings.expect(isOver, "D5 only the solved close", "\(number)")
                closedCount += 1
            }
        case .configured(let configuration):
            version += 1
            findings.expect(
                configuration.version == version, "G1 versions", "\(configuration.version), not \(version)")
            settings = configuration.settings.asRun(by: settings)
            // What is kept for owners is given their time anew, as after a start.
            startedAt = record.at
            if !tellsChannels { for number in cases.keys { cases[number]?.size = 16 } }
            if settings.stickyMilliseconds == nil { solvers = [:] }
        case .merged(let number, let token, let target): merge(number, token, into: target)
        case .improved(let improvement): tell(improvement)
        default:
            guard let number = record.event.ticket, var ticket = cases[number] else {
                return findings.expect(false, "D2 known ticket", "\(record.event) at \(position)")
            }
            if let token = record.event.token { fence(ticket, token, record) }
            judge(record, &ticket)
            cases[number] = ticket
        }
    }

    private mutating func amend(_ ticket: inout Case, _ amendment: Amendment) {
        switch amendment {
        case .priority(let priority): ticket.priority = priority
        case .owner(let owner, let reason):
            findings.expect(!reason.isEmpty, "B7 a new owner has a reason", "\(ticket.number)")
            ticket.owner = owner
        case .status(let status, _):
            findings.expect(
                ticket.waits != nil && ticket.claims == 0, "D5 what rules set aside is new",
                "\(ticket.number)")
            (ticket.waits, ticket.isAside) = (nil, true)
            (ticket.isSolved, ticket.isOnHold) = (status == .solved, status == .onHold)
        case .kind, .tag, .field, .participant, .spam, .parent, .link, .draft, .feedback, .given,
            .offered, .accepted:
            break
        }
    }

    private mutating func mark(_ ticket: inout Case, spam isOn: Bool, _ record: Record) {
        findings.expect(ticket.isSpam != isOn, "A7 called spam once", "\(ticket.number)")
        ticket.isSpam = isOn
        if isOn {
            findings.expect(
                ticket.claim?.token == record.event.token, "C3 fenced", "\(ticket.number) is spam to others")
            (ticket.claim, ticket.waits, ticket.isParked, ticket.isAside) = (nil, nil, false, false)
        } else if ticket.isSolved {
            ticket.isAside = true
        } else {
            wait(&ticket, since: ticket.since, at: record.at, forOwner: true)
        }
    }

    private mutating func merge(_ number: TicketNumber, _ token: Token?, into target: TicketNumber) {
        let ticket = cases.removeValue(forKey: number)
        findings.expect(ticket != nil, "B6 what is merged is there", "\(number) into \(target)")
        findings.expect(ticket?.claim?.token == token, "C3 fenced", "\(number) merged under another token")
        findings.expect(
            number != target && cases[target]?.isSolved == false && cases[target]?.isSpam == false,
            "B6 merged into what goes on",
            "\(number) into \(target)")
        closedCount += 1
    }

    private mutating func remember(_ id: CommandID) {
        commands.insert(id)
        commandOrder.append(id)
        if commandOrder.count > settings.limits.answersKept { commands.remove(commandOrder.removeFirst()) }
    }

    /// C3: what carries a token carries the current one, and comes from the holder or the desk.
    private mutating func fence(_ ticket: Case, _ token: Token, _ record: Record) {
        switch record.event {
        case .claimed, .tookOver: return
        default: break
        }
        if ticket.claim == nil, case .released(_, ticket.token, .declined, _, _, true) = record.event,
            record.author.role == .desk
        {
            // Parked without a claim, because everybody has declined it.
            return findings.expect(ticket.waits != nil, "D5 only the waiting park", "\(ticket.number)")
        }
        findings.expect(
            ticket.claim?.token == token, "C3 fenced",
            "\(record.event.word) of \(ticket.number) under \(token), the claim is \(String(describing: ticket.claim))"
        )
        if record.author.role != .desk, let holder = ticket.claim?.holder {
            let name = record.author.node ?? record.author.key
            findings.expect(
                holder.node == name, "C10 the holder's", "\(name) changed \(ticket.number) of \(holder.node)")
        }
    }

    private mutating func judge(_ record: Record, _ ticket: inout Case) {
        switch record.event {
        case .submitted, .closed, .merged, .configured, .improved: break
        case .alerted(_, _, let notice):
            guard let notice else { return }
            notices += 1
            put(notice, &ticket)
        case .acknowledged(_, let letter, _):
            notices += 1
            put(letter, &ticket)
        case .amended(_, _, .spam(let isOn, _), _): mark(&ticket, spam: isOn, record)
        case .amended(_, _, let amendment, _): amend(&ticket, amendment)
        case .tookOver(_, let token, let holder, _, _):
            findings.expect(ticket.claim != nil, "C1 held before", "\(ticket.number) by \(holder.node)")
            findings.expect(
                token > ticket.token, "C2 tokens grow", "\(ticket.number): \(token) after \(ticket.token)")
            ticket.claim = (token, holder)
            ticket.token = max(ticket.token, token)
        case .followedUp(_, let entry, _, let wakes):
            count(entry, &ticket)
            findings.expect(wakes == ticket.isAside, "B1 a message wakes", "\(ticket.number) wakes: \(wakes)")
            if ticket.isAside { wait(&ticket, since: record.at, at: record.at, forOwner: true) }
        case .claimed(_, let token, let holder, _):
            claim(&ticket, token, holder)
        case .noted(_, _, let entry, let text):
            count(entry, &ticket)
            findings.expect(!text.text.isEmpty, "E1 notes have text", "\(ticket.number)")
        case .replied(_, _, let reply):
            answer(reply, &ticket)
        case .resolved(_, _, let reply):
            if settings.stickyMilliseconds != nil, let owner = ticket.owner {
                solvers[ticket.customer] = (owner, record.at)
            }
            if let reply { answer(reply, &ticket) } else { mayAnswer(ticket) }
            ticket.claim = nil
            ticket.isSolved = true
            ticket.isAside = true
            ticket.frames = []
        case .escalated(_, _, let line, let entry, let note, _):
            count(entry, &ticket)
            findings.expect(!note.text.isEmpty, "E1 note with the change", "\(ticket.number)")
            findings.expect(line != ticket.line, "E2 another line", "\(ticket.number) stays on \(line)")
            findings.expect(
                !ticket.frames.contains(line), "E2 no way down", "\(ticket.number) back to \(line)")
            ticket.frames.append(ticket.line)
            ticket.escalations += 1
            findings.expect(ticket.frames.count <= settings.limits.framesMax, "E5 stack", "\(ticket.number)")
            findings.expect(
                ticket.escalations <= settings.limits.escalationsMax, "E5 bound", "\(ticket.number)")
            ticket.line = line
            wait(&ticket, since: ticket.since, at: record.at, forOwner: false)
        case .handedBack(_, _, let line, let entry, _):
            count(entry, &ticket)
            findings.expect(ticket.frames.last == line, "E2 hand back", "\(ticket.number) to \(line)")
            _ = ticket.frames.popLast()
            ticket.line = line
            wait(&ticket, since: ticket.since, at: record.at, forOwner: true)
        case .pended(_, _, let onHold, let until, _):
            ticket.claim = nil
            ticket.isAside = true
            ticket.isOnHold = onHold
            ticket.wakes = until
        case .woke:
            let isDue = ticket.isAside && !ticket.isSolved && ticket.wakes.map { $0 <= record.at } == true
            findings.expect(isDue, "T2 wakes in time", "\(ticket.number)")
            wait(&ticket, since: record.at, at: record.at, forOwner: true)
        case .overflowed(_, let line, let reason):
            if reason.isEmpty, settings.line(ticket.line)?.overflow?.dropsSkills == true {
                (ticket.required, ticket.preferred) = ([], [])
            }
            findings.expect(ticket.waits != nil, "D5 what overflows waits", "\(ticket.number)")
            findings.expect(line != ticket.line, "E2 another line", "\(ticket.number) stays on \(line)")
            (ticket.line, ticket.declined, ticket.isForOwner) = (line, [], false)
            if let way = ticket.frames.firstIndex(of: line) { ticket.frames.removeSubrange(way...) }
            ticket.waits = record.at
        case .released(_, _, let cause, _, let failures, let parks):
            release(&ticket, cause, failures, parks, record)
        }
    }

    private mutating func claim(_ ticket: inout Case, _ token: Token, _ holder: Holder) {
        findings.expect(
            ticket.claim == nil, "C1 one live claim",
            "\(ticket.number) of \(String(describing: ticket.claim))")
        findings.expect(
            token > ticket.token, "C2 tokens grow", "\(ticket.number): \(token) after \(ticket.token)")
        findings.expect(!ticket.isSpam, "D8 spam is nobody's", "\(ticket.number) by \(holder.node)")
        findings.expect(!ticket.isSolved, "D8 solved is solved", "\(ticket.number) claimed by \(holder.node)")
        let isNode = holder.incarnation != 0
        findings.expect(!isNode || !ticket.declined.contains(holder.node), "C8 declined", "\(ticket.number)")
        findings.expect(!isNode || ticket.waits != nil, "C11 nodes get the waiting", "\(ticket.number)")
        if ticket.isParked { ticket.failures = 0 }
        ticket.claims += 1
        ticket.claim = (token, holder)
        ticket.token = max(ticket.token, token)
        ticket.owner = ticket.owner ?? holder.displayName
        ticket.waits = nil
        ticket.isForOwner = false
        ticket.isParked = false
        ticket.isAside = false
        ticket.wakes = nil
    }

    private mutating func release(
        _ ticket: inout Case, _ cause: ReleaseCause, _ failures: UInt32, _ parks: Bool, _ record: Record
    ) {
        let expected = ticket.failures + (cause.countsAsFailure ? 1 : 0)
        findings.expect(
            failures == expected, "C12 failures", "\(ticket.number): \(failures), not \(expected)")
        if cause.countsAsFailure {
            let isFull = expected >= settings.limits.failuresMax
            findings.expect(parks == isFull, "C12 parks at the limit", "\(ticket.number) after \(expected)")
        }
        let holder = ticket.claim?.holder
        ticket.failures = failures
        if parks {
            ticket.claim = nil
            ticket.waits = nil
            ticket.isParked = true
            ticket.declined = []
        } else {
            let declined = ticket.declined + (cause == .declined ? [holder?.node].compactMap { $0 } : [])
            wait(&ticket, since: ticket.since, at: record.at, forOwner: false)
            ticket.declined = declined
        }
    }

    private func wait(_ ticket: inout Case, since: Moment, at moment: Moment, forOwner: Bool) {
        ticket.claim = nil
        ticket.since = since
        ticket.waits = moment
        ticket.isForOwner = forOwner && ticket.owner != nil && ticket.frames.isEmpty
        ticket.isSolved = false
        ticket.isAside = false
        ticket.wakes = nil
        ticket.declined = []
    }

    private mutating func answer(_ reply: Reply, _ ticket: inout Case) {
        put(reply, &ticket)
        mayAnswer(ticket)
    }

    private mutating func put(_ reply: Reply, _ ticket: inout Case) {
        findings.expect(reply.outbox == lastOutbox + 1, "R1 outbox", "\(reply.outbox) after \(lastOutbox)")
        lastOutbox = max(lastOutbox, reply.outbox)
        count(reply.entry, &ticket)
    }

    private mutating func tell(_ improvement: Improvement) {
        let tickets = improvement.letters.map(\.ticket)
        findings.expect(
            tickets == Set(tickets).sorted(), "B8 each ticket once", "\(improvement.topic) to \(tickets)")
        for number in tickets {
            guard let reply = improvement.reply(to: number) else { continue }
            notices += 1
            if cases[number]?.isSpam == true { findings.expect(false, "B8 no spam is told", "\(number)") }
            // Of closed tickets there is no case any more.
            guard var ticket = cases[number] else {
                lastOutbox = max(lastOutbox, reply.outbox)
                continue
            }
            put(reply, &ticket)
            cases[number] = ticket
        }
    }

    private mutating func mayAnswer(_ ticket: Case) {
        let line = settings.line(ticket.line)
        findings.expect(
            ticket.frames.isEmpty || line?.answersEscalated == true, "R3 the owner answers",
            "\(ticket.number) on \(ticket.line)")
    }

    private mutating func count(_ entry: UInt32, _ ticket: inout Case) {
        findings.expect(
            entry == ticket.entries + 1, "E1 entries", "\(entry) of \(ticket.number) after \(ticket.entries)")
        ticket.entries = max(ticket.entries, entry)
    }
}
