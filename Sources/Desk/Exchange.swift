import HeapModule
package import Tickets

/// Joins the desk (what is true) with the floor (who is here), one turn at a time.
///
/// The shell feeds it inputs with the current time, ends the turn, stores the turn's records and then carries
/// out the turn's directives in order. The same inputs at the same times always give the same turns. A turn
/// may be decided while the one before it is being stored: its directives wait for its own records.
package struct Exchange: Sendable {
    package internal(set) var desk: Desk
    package internal(set) var floor = Floor()
    var intake = Circumstances.Intake.open
    package private(set) var now: Moment

    /// Opens the exchange over a desk that was folded from its log. Every lease gets a full period of grace.
    ///
    /// The clock must start at the desk's last moment or later: until an earlier one gets there time stands
    /// still, leases and all.
    package init(desk: Desk, now: Moment) {
        self.desk = desk
        self.now = max(now, desk.lastMoment)
        makeRooms()
        fillFloor()
    }

    /// Makes settings that came with the process the first version of the desk's.
    ///
    /// - Throws: Why they cannot be.
    package mutating func begin(
        _ settings: DeskSettings, source: String, into turn: inout Turn
    ) throws(Refusal) {
        let event = try desk.configure(settings, source: source, reason: "what the broker was started with")
        commit(event, author: .desk, stamp: nil, into: &turn)
    }

    /// Takes one input into the turn, at a moment of the broker's clock; an earlier one counts as the last.
    package mutating func handle(_ input: Input, at moment: Moment, into turn: inout Turn) {
        now = max(now, moment)
        switch input {
        case .hello(let id, let author, let hello): greet(id, author, hello, into: &turn)
        case .command(let id, let command): carryOut(CollectionOfOne(command), for: id, into: &turn)
        case .commands(let id, let commands): carryOut(commands, for: id, into: &turn)
        case .seats(let id, let seats): setSeats(seats, of: id, into: &turn)
        case .ping(let id, let held): renew(held, of: id, into: &turn)
        case .goodbye(let id): farewell(id, into: &turn)
        case .look(let id, let number): look(at: number, by: id, isWriting: false)
        case .lost(let id): remove(id)
        case .intake(let state): intake = state
        case .stalled(let milliseconds): floor.stalledMilliseconds += max(0, milliseconds)
        }
    }

    /// Fires what is due and grants what can be granted. Called once a turn, after its inputs.
    ///
    /// Silence and leases are judged only if `judges`: not while unread frames wait, for a sign of life may be
    /// among them.
    package mutating func endTurn(at moment: Moment, judges: Bool, into turn: inout Turn) {
        now = max(now, moment)
        if judges { fireServingTimers(into: &turn) }
        fireTimers(into: &turn)
        dispatch(into: &turn)
        let closing = desk.ticketsToClose()
        if !closing.isEmpty { commit(.closed(closing), author: .desk, stamp: nil, into: &turn) }
    }

    /// When ``endTurn(at:judges:into:)`` has something to do without any input; nil when never.
    package var nextDeadline: Moment? {
        guard let serving = floor.servingTimers.min?.at else { return floor.timers.min?.at }
        let due = serving.advanced(byMilliseconds: floor.stalledMilliseconds)
        return floor.timers.min.map { min($0.at, due) } ?? due
    }

    /// Now, less the time for which the broker was stalled.
    var servingNow: Moment { now.advanced(byMilliseconds: -floor.stalledMilliseconds) }

    /// Adds an event to the log: the one way in which the desk changes.
    mutating func commit(_ event: Event, author: Author, stamp: CommandStamp?, into turn: inout Turn) {
        if desk.keepsPromises { sayWhatIsDue(before: event, into: &turn) }
        record(event, author: author, stamp: stamp, into: &turn)
    }

    /// The same without what is due before it.
    mutating func record(_ event: Event, author: Author, stamp: CommandStamp?, into turn: inout Turn) {
        let record = Record(
            position: desk.position.next, at: max(now, desk.lastMoment), author: author, command: stamp,
            event: event)
        let holder = holderLetGo(by: event)
        let isPutBack = desk.isPutBack(by: event)
        if desk.settings.givesEstimates { notePace(before: event) }
        if desk.keepsPromises { noteAnswer(before: event) }
        desk.evolve(record)
        turn.records.append(consume record)
        if case .configured = event { return rearrange(into: &turn) }
        follow(event, heldBefore: holder)
        if isPutBack, let ticket = event.ticket.flatMap({ desk.tickets[$0] }), ticket.place == .waiting {
            enqueue(ticket)
        }
        if desk.keepsPromises { event.eachTicket { timePromises(of: $0) } }
    }

    /// Who holds the ticket whose claim ends with an event; nil when none does.
    private func holderLetGo(by event: Event) -> Holder? {
        event.ticketLetGo.flatMap { desk.claims.look(at: $0) { $0.holder } }
    }

    private mutating func carryOut(
        _ commands: some Collection<Command>, for id: SessionID, into turn: inout Turn
    ) {
        guard let session = floor.sessions[id] else { return turn.directives.append(.unknownSession(id)) }
        hear(id)
        for command in commands { carryOut(command, of: session, into: &turn) }
    }

    private mutating func carryOut(_ command: Command, of session: Session, into turn: inout Turn) {
        let id = session.id
        let stamp = CommandStamp(
            id: command.id, fingerprint: Fingerprint(command.action, author: session.author).value)
        if let refusal = floor.refusals.look(up: stamp) {
            return turn.directives.append(.refuse(id, command.id, refusal))
        }
        if desk.keepsPromises { sayWhatIsDue(before: command.action, into: &turn) }
        let decision = desk.decide(
            command.action, stamp: stamp, author: session.author, holder: session.holder,
            in: circumstances(for: command.action))
        switch decision {
        case .event(var event):
            if desk.settings.givesEstimates { estimate(&event) }
            appointDeputy(before: event, into: &turn)
            let holder: Holder? =
                switch event {
                case .released: event.ticketLetGo.flatMap { desk.claims[$0]?.taker }
                case .tookOver: holderLetGo(by: event)
                default: nil
                }
            let ending = desk.isOwed(inWhatEndsBy: event) ? event.ticket : nil
            commit(event, author: session.author, stamp: stamp, into: &turn)
            #if PLANTED_BUGS
                if PlantedBug.isActive(.refusedButDone), case .followedUp = event {
                    return turn.directives.append(.refuse(id, command.id, Refusal(.closed, "too late")))
                }
            #endif
            var answer = desk.answer(to: event)
            if case .submitted(_, _, let submission) = event {
                answer.expectedWaitMilliseconds = submission.expectedWaitMilliseconds
            }
            if case .improved(let improvement) = event { answer.told = UInt32(improvement.letters.count) }
            if case .followedUp(_, let entry, _, _) = event { answer.entry = entry }
            turn.directives.append(.answer(id, command.id, answer))
            conclude(event, heldBefore: holder, into: &turn)
            if let ending { passOn(ending, into: &turn) }
            if case .submit(let submission) = command.action, case .followedUp(let number, _, _, _) = event {
                join(submission, number, by: session, into: &turn)
            }
            notice(command.action, by: session)
        case .known(let answer):
            switch command.action {
            case .claim, .takeOver: extendLease(of: answer.ticket, answer.token, session.holder)
            default: break
            }
            #if PLANTED_BUGS
                if PlantedBug.isActive(.knownAnswerDiffers) {
                    let now = Answer(ticket: answer.ticket, token: answer.token, position: desk.position)
                    return turn.directives.append(.answer(id, command.id, now))
                }
            #endif
            turn.directives.append(.answer(id, command.id, answer))
        case .refused(let refusal):
            floor.refusals.keep(refusal, for: stamp)
            turn.directives.append(.refuse(id, command.id, refusal))
        }
    }

    private func circumstances(for action: Action) -> Circumstances {
        guard case .decline(let number, _, _) = action, let ticket = desk.tickets[number] else {
            return Circumstances(now: now, intake: intake)
        }
        var asked = ticket.declined
        if let holder = desk.claims[number]?.holder { asked.append(holder.node) }
        return Circumstances(
            now: now, intake: intake, nodesLeft: takers(of: ticket) { !asked.contains($0) })
    }
}
