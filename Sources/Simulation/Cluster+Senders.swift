import Client
import Desk
import Tickets

/// Customers' channels, people who look after what was parked, and rogues.
extension Cluster {
    mutating func startSender(_ index: Int, _ peer: Int, _ now: Int64) {
        var settings = SessionSettings()
        settings.answerMilliseconds = plan.swarm.answerMilliseconds
        settings.helloMilliseconds = plan.swarm.helloMilliseconds
        settings.window = plan.swarm.window
        settings.batchCommandsMax = plan.swarm.batchCommandsMax
        // Every other channel waits and tries again by itself; the others tell their customers.
        settings.retriesRefusals = index % 2 == 0
        peers[peer].session = BrokerSession(settings, now: now / 1_000)
        senders[index].claim = nil
        // What had no answer before the crash is asked again, under the same ids.
        for command in senders[index].open { enqueue(command, by: index) }
        queue.insert(.acts(index), at: time + 1 + senders[index].chance.below(pause(of: index)))
    }

    private func pause(of index: Int) -> Int64 {
        if case .client = peers[senders[index].peer].member { return 2 * plan.swarm.actMicroseconds }
        return phase == .draining ? 500_000 : 3_000_000
    }

    /// A sender does something, and will again.
    mutating func act(_ index: Int) {
        let peer = senders[index].peer
        guard peers[peer].isRunning else { return }
        let isPerson = peers[peer].member == .person
        guard phase != .draining || isPerson else { return }
        let pause = 1 + senders[index].chance.below(pause(of: index))
        queue.insert(.acts(index), at: time + pause)
        // Senders do not pile up more than a channel would.
        guard senders[index].open.count < 2_000 else { return }
        switch peers[peer].member {
        case .client: actAsCustomer(index)
        case .person: actAsPerson(index)
        case .rogue: actAsRogue(index)
        case .colleague: actAsColleague(index)
        case .node: preconditionFailure("nodes send by their logic")
        }
        wake(peer, at: time)
    }

    mutating func send(_ action: Action, by index: Int) {
        let command = Command(id: senders[index].nextID(), action: action)
        senders[index].open.append(command)
        if case .submit(let submission) = action {
            let matter = submission.isRequest ? witness.matter(submission) ?? "" : ""
            let divides = submission.origin.map { $0.cause != .follows } == true
            witness.withFate(command.id) {
                ($0.matter, $0.divides) = (matter, divides)
                guard let origin = submission.origin, origin.cause == .follows else { return }
                ($0.cites, $0.writer) = (origin.ticket, submission.customer)
            }
        }
        enqueue(command, by: index)
    }

    private mutating func enqueue(_ command: Command, by index: Int) {
        do {
            try peers[senders[index].peer].session.enqueue(command)
        } catch {
            witness.findings.expect(.i4, false, "a command was not taken by its own session: \(error)")
        }
    }

    // MARK: - Customers

    private mutating func actAsCustomer(_ index: Int) {
        let draw = senders[index].chance.below(1_000)
        let swarm = plan.swarm
        if draw < swarm.followUpsPerMille, !senders[index].tickets.isEmpty {
            let ticket = senders[index].chance.pick(senders[index].tickets)
            let id = CommandID(high: senders[index].number, low: senders[index].lastCommand + 1)
            return send(.followUp(ticket, body: Text.request(id, byteCount(index))), by: index)
        }
        if draw < swarm.followUpsPerMille + swarm.repeatsPerMille, !senders[index].answered.isEmpty {
            return repeatCommand(index, changed: draw % 3 == 0)
        }
        if senders[index].chance.happens(perMille: swarm.latePerMille), let old = senders[index].tickets.first
        {
            return sendLate(about: old, by: index)
        }
        let id = CommandID(high: senders[index].number, low: senders[index].lastCommand + 1)
        let priority = Priority(rawValue: UInt8(1 + senders[index].chance.below(4))) ?? .normal
        send(
            .submit(
                Submission(
                    channel: plan.swarm.channel(of: id), customer: plan.swarm.customer(of: id),
                    subject: plan.swarm.subject(of: id),
                    body: Text.request(id, byteCount(index)), kind: plan.swarm.kind(of: id),
                    priority: priority, fields: plan.swarm.fields(of: id))), by: index)
    }

    mutating func byteCount(_ index: Int) -> Int {
        senders[index].chance.below(plan.swarm.textBytesMax)
    }

    /// Sends a command again that has its answer; or another one under the same id.
    private mutating func repeatCommand(_ index: Int, changed: Bool) {
        var command = senders[index].chance.pick(senders[index].answered)
        if changed, case .submit(var submission) = command.action {
            submission.subject = Text.changed
            command.action = .submit(submission)
        }
        guard !senders[index].open.contains(where: { $0.id == command.id }) else { return }
        senders[index].open.append(command)
        enqueue(command, by: index)
    }

    // MARK: - People

    private mutating func actAsPerson(_ index: Int) {
        guard senders[index].claim == nil, senders[index].open.isEmpty else { return }
        let isAny = witness.stages[Int(Case.Stage.parked.rawValue)] > 0
        let parked = isAny ? witness.firstParked : nil
        if let parked {
            return send(.claim(TicketNumber(UInt64(parked) + 1), leaseMilliseconds: 20_000), by: index)
        }
        guard phase == .safety, witness.cases.count > witness.closedBelow else { return }
        if senders[index].chance.happens(perMille: plan.swarm.configuresPerMille) { return configure(index) }
        let span = witness.cases.count - witness.closedBelow
        let chosen = witness.closedBelow + senders[index].chance.below(span)
        let ticket = TicketNumber(UInt64(chosen) + 1)
        if let deed = lifeDeed(index, ticket, witness.cases[chosen]) { return send(deed, by: index) }
        if senders[index].chance.happens(perMille: 300) {
            send(.claim(ticket, leaseMilliseconds: 20_000), by: index)
        } else {
            send(.note(ticket, nil, text: Text.note(ticket, Token(0))), by: index)
        }
    }

    /// Makes other priorities worth more, sometimes of a version that is not the desk's any more.
    private mutating func configure(_ index: Int) {
        var settings = witness.settings
        for line in settings.lines.indices {
            settings.lines[line].headStartMilliseconds = Priority.allCases.map { _ in
                Int64(senders[index].chance.below(60_000))
            }
        }
        let choices = plan.swarm.policyChoices
        if !choices.isEmpty {
            for line in settings.lines.indices {
                settings.lines[line].policy = senders[index].chance.pick(choices)
            }
        }
        if settings.keepsPromises, senders[index].chance.happens(perMille: 500) {
            plan.swarm.promise(500 + Int64(senders[index].chance.below(60_000)), &settings)
        }
        if plan.swarm.hasSkills {
            settings.expertise = plan.expertise(turn: senders[index].chance.below(3))
        }
        let isLate = witness.version > 0 && senders[index].chance.happens(perMille: 200)
        let wish = Reconfiguration(
            basis: witness.version - (isLate ? 1 : 0), settings: SettingsCoding.encode(settings), source: "",
            reason: "simulated")
        send(.configure(wish), by: index)
    }

    /// Finishes what a person has claimed.
    private mutating func settleClaim(_ index: Int, _ claim: (ticket: TicketNumber, token: Token)) {
        let ticket = witness.cases[Int(claim.ticket.rawValue) - 1]
        guard ticket.stage == .claimed, ticket.token == claim.token else {
            senders[index].claim = nil
            return
        }
        if senders[index].chance.happens(perMille: 50) {
            send(.amend(claim.ticket, claim.token, .spam(true, reason: "")), by: index)
        } else if ticket.frames.isEmpty || settings.lines[ticket.line].answersEscalated {
            send(
                .resolve(
                    claim.ticket, claim.token, seen: ticket.lastMessage,
                    text: Text.reply(claim.ticket, claim.token)), by: index)
        } else {
            let note = Text.note(claim.ticket, claim.token)
            send(.handBack(claim.ticket, claim.token, note: note), by: index)
        }
    }

    // MARK: - Rogues

    /// Does as if it held what somebody else holds, or holds no more.
    private mutating func actAsRogue(_ index: Int) {
        guard senders[index].open.isEmpty, witness.cases.count > witness.closedBelow else { return }
        let span = witness.cases.count - witness.closedBelow
        let chosen = witness.closedBelow + senders[index].chance.below(span)
        let (ticket, known) = (TicketNumber(UInt64(chosen) + 1), witness.cases[chosen])
        let token = Token(
            known.token.rawValue - min(known.token.rawValue, UInt64(senders[index].chance.below(2))))
        let text = Text.note(ticket, token)
        let action: Action =
            switch senders[index].chance.below(9) {
            case 7: .amend(ticket, token, .priority(.urgent))
            case 8: .merge(ticket, token, into: TicketNumber(1))
            case 0: .resolve(ticket, token, seen: known.lastMessage, text: "not mine to answer")
            case 1: .reply(ticket, token, seen: known.lastMessage, text: "not mine to answer")
            case 2: .escalate(ticket, token, to: nil, note: text)
            case 3: .handBack(ticket, token, note: text)
            case 4: .release(ticket, token, reason: "", failed: true)
            case 5: .note(ticket, token, text: text)
            default: .pend(ticket, token, onHold: false, until: nil, reason: "")
            }
        send(action, by: index)
    }

    // MARK: - Answers

    mutating func take(_ event: SessionEvent, by index: Int) {
        guard case .answered(let id, let result) = event else { return }
        guard let place = senders[index].open.firstIndex(where: { $0.id == id }) else {
            return _ = witness.findings.expect(.i4, false, "an answer to a command that is not open")
        }
        let command = senders[index].open.remove(at: place)
        let peer = peers[senders[index].peer].member
        switch result {
        case .success(let answer):
            witness.findings.expect(.c3, peer != .rogue, "a rogue's \(command.action) was carried out")
            if peer == .colleague { judge(colleagues: command) }
            if case .followUp(let ticket, _) = command.action {
                witness.checkHeard(ticket, at: answer.ticket)
            }
            witness.seeAnswer(id, answer)
            learn(command, answer, index)
        case .failure(let refusal):
            if peer == .rogue { witness.markers.reach(.rogueCommandRefused) }
            see(refusal, of: command, by: peer)
            witness.seeRefusal(id, refusal)
            senders[index].claim = nil
            if refusal.code == .openChildren, let whole = command.action.ticket, peer == .person {
                takePartsOff(whole, by: index)
            }
        }
    }

    private mutating func learn(_ command: Command, _ answer: Answer, _ index: Int) {
        switch command.action {
        case .submit:
            if senders[index].tickets.count < 200 {
                senders[index].tickets.append(answer.ticket)
            } else {
                senders[index].tickets[Int(answer.ticket.rawValue % 200)] = answer.ticket
            }
        case .claim, .takeOver:
            senders[index].claim = (answer.ticket, answer.token)
            settleClaim(index, (answer.ticket, answer.token))
            return
        default: break
        }
        senders[index].claim = nil
        if senders[index].answered.count < 32 {
            senders[index].answered.append(command)
        } else {
            senders[index].answered[Int(answer.position.rawValue % 32)] = command
        }
    }
}
