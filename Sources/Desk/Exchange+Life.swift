import HeapModule
import Tickets

/// What follows from an event: facts that the desk adds by itself.
extension Exchange {
    /// Adds what follows from an event that was just added; after the answer to its command, which names its position.
    mutating func conclude(_ event: Event, heldBefore: Holder?, into turn: inout Turn) {
        switch event {
        case .submitted(let number, _, let submission):
            for event in desk.examination(of: number, submission) {
                commit(event, author: .desk, stamp: nil, into: &turn)
            }
            if let event = desk.junking(number, submission) {
                return commit(event, author: .desk, stamp: nil, into: &turn)
            }
            if let event = desk.acknowledging(number, submission, at: now) {
                commit(event, author: .desk, stamp: nil, into: &turn)
            }
            if let event = desk.settingAside(number, submission) {
                commit(event, author: .desk, stamp: nil, into: &turn)
            }
        case .followedUp(let number, _, let body, _):
            // At once, as what is done with an alert: nothing that is due of the ticket comes between.
            for event in desk.steps(onMessage: body, to: number, at: now) {
                record(event, author: .desk, stamp: nil, into: &turn)
            }
        case .released(let number, _, let cause, _, _, _) where cause == .declined || cause == .released:
            disown(number, heldBefore, as: cause, into: &turn)
        case .amended(let number, _, .spam(false, _), _) where desk.isOwedAfterSpam(number):
            hear("Its customer wrote while it was spam.", in: number, into: &turn)
        case .claimed(let number, _, let holder, _): adopt(number, holder, into: &turn)
        case .tookOver(let number, let token, let holder, _, _):
            adopt(number, holder, into: &turn)
            revoke(number, token, from: heldBefore, for: holder, into: &turn)
        case .noted, .replied, .escalated, .handedBack, .resolved, .pended, .woke, .released,
            .closed, .amended, .merged, .configured, .alerted, .acknowledged, .overflowed, .improved:
            break
        }
    }

    /// What the customer of a ticket that ended in another one waits for, they wait for there: as if they had written it
    /// there, so that it wakes, an answer is owed, and who is about to answer reads it first.
    mutating func passOn(_ ended: TicketNumber, into turn: inout Turn) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.mergedUnheard) { return }
        #endif
        hear(
            "Ticket \(ended) ended here: what its customer wrote is in it.", in: desk.destination(of: ended),
            into: &turn)
    }

    /// Adds a message of the customer that the desk words.
    private mutating func hear(_ text: String, in number: TicketNumber, into turn: inout Turn) {
        // Refused when the conversation is full: then nothing more can be written there by anybody.
        guard let event = try? desk.followUp(number, text) else { return }
        record(event, author: .desk, stamp: nil, into: &turn)
        conclude(event, heldBefore: nil, into: &turn)
    }

    /// Who got a ticket that was nobody's, and declined, missed or put it back without an answer, is not who answers to its
    /// customer. `taker` is who did; nil when nobody.
    mutating func disown(
        _ number: TicketNumber, _ taker: Holder?, as cause: ReleaseCause, into turn: inout Turn
    ) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.declinerStaysOwner) { return }
        #endif
        guard let taker, let ticket = desk.tickets[number], ticket.owner == taker.displayName else { return }
        setOwner(of: number, to: nil, "\(cause.word) before an answer", into: &turn)
    }

    /// Whoever takes the ticket of an owner who is gone is its owner from then on: the customer deals with one person.
    mutating func adopt(_ number: TicketNumber, _ holder: Holder, into turn: inout Turn) {
        guard !floor.gone.isEmpty else { return }
        let owner = desk.tickets.look(at: number) { $0.frames.isEmpty ? $0.owner : nil } ?? nil
        guard let owner, owner != holder.displayName, floor.gone.contains(owner) else { return }
        setOwner(of: number, to: holder.displayName, "\(owner) has left", into: &turn)
    }

    /// Before a ticket goes back to an owner who is gone: it goes to their deputy, if that one is here.
    mutating func appointDeputy(before event: Event, into turn: inout Turn) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.deputyPassedOver) { return }
            let mayBeAway = PlantedBug.isActive(.deputyMayBeAway)
        #else
            let mayBeAway = false
        #endif
        guard case .handedBack(let number, _, let line, _, _) = event, !floor.gone.isEmpty,
            let ticket = desk.tickets[number], ticket.frames.count == 1, let owner = ticket.owner,
            floor.gone.contains(owner), let deputy = desk.settings.life.deputy(of: owner),
            presence(named: deputy)?.line == line || mayBeAway
        else { return }
        setOwner(of: number, to: deputy, "\(owner) has left, \(deputy) is the deputy", into: &turn)
    }

    private mutating func setOwner(
        of number: TicketNumber, to owner: Name?, _ reason: String, into turn: inout Turn
    ) {
        #if PLANTED_BUGS
            let reason = PlantedBug.isActive(.ownerWithoutReason) ? "" : reason
        #endif
        let lacking = desk.lacking(of: number)
        let event = Event.amended(number, nil, .owner(owner, reason: reason), lacking: lacking)
        commit(event, author: .desk, stamp: nil, into: &turn)
    }

    /// Tells a node that it does not hold a ticket any more. People learn it from their next command.
    private mutating func revoke(
        _ number: TicketNumber, _ token: Token, from holder: Holder?, for taker: Holder, into turn: inout Turn
    ) {
        guard let holder, let id = floor.nodes[holder.node], floor.sessions[id]?.holder == holder else {
            return
        }
        turn.directives.append(
            .revoke(
                id, number, Token(token.rawValue - 1),
                reason: "\(taker.displayName) took ticket \(number) over under token \(token)"))
    }

    // MARK: - The floor

    /// Puts a waiting ticket where it belongs after something was set on it.
    mutating func move(_ number: TicketNumber, after amendment: Amendment) {
        switch amendment {
        case .priority, .owner: break
        case .kind: return rank(number)
        case .spam(let isOn, _):
            if isOn { _ = takeReservation(of: number) }
            if floor.closes == nil { timeClosing() }
            return
        case .status(let status, _):
            if status == .solved, floor.closes == nil { timeClosing() }
            return
        case .tag, .field, .participant, .parent, .link, .draft, .feedback, .given, .offered,
            .accepted:
            return
        }
        guard let ticket = desk.tickets[number], ticket.place == .waiting else { return }
        // What waits for everybody goes on doing so; what was kept for an owner is kept for the new one.
        let wasKept = ticket.isForOwner && takeReservation(of: number)
        if wasKept { return enqueue(ticket) }
        if case .priority = amendment { enqueueForAll(ticket) }
    }

    /// Puts a waiting ticket in the place that it has now, after something became known of it on which its place on a
    /// ranked line depends. What is kept for an owner stays so, and for as long as it was to be.
    mutating func rank(_ number: TicketNumber) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.rankStays) { return }
        #endif
        let isRanked = desk.tickets.look(at: number) { $0.place == .waiting && desk.settings.ranks($0.line) }
        guard isRanked == true, let ticket = desk.tickets[number] else { return }
        let place = waiting(ticket)
        guard ticket.isForOwner, let owner = ticket.owner, let kept = floor.reserved[owner],
            let old = kept.unordered.first(where: { $0.number == number && $0.isStill(ticket) })
        else { return enqueueForAll(ticket) }
        floor.reserved[owner]?.removeAll { $0 == old }
        floor.reserved[owner]?.insert(place)
    }

    /// Takes a ticket out of what is kept for owners. O(n) in those, which are few.
    mutating func takeReservation(of number: TicketNumber) -> Bool {
        for owner in floor.reserved.keys.sorted() {
            let before = floor.reserved[owner]?.count ?? 0
            floor.reserved[owner]?.removeAll { $0.number == number }
            let after = floor.reserved[owner]?.count ?? 0
            if after == 0 { floor.reserved[owner] = nil }
            if after < before { return true }
        }
        return false
    }

    // MARK: - Closing

    /// Closes solved tickets whose time has come, and sets the timer for the next.
    ///
    /// At most as many at a time as one event closes, and then again a moment later: a million that come due at once
    /// must not keep others waiting.
    mutating func closeDue(setFor moment: Moment, into turn: inout Turn) {
        guard floor.closes == moment else { return }
        floor.closes = nil
        let due = desk.solvedTickets(until: now.advanced(byMilliseconds: -closingMilliseconds))
        if !due.isEmpty { commit(.closed(due), author: .desk, stamp: nil, into: &turn) }
        timeClosing(notBefore: now.advanced(byMilliseconds: 1))
    }

    mutating func timeClosing(notBefore earliest: Moment = .zero) {
        guard floor.closes == nil, let first = desk.firstSolved else { return }
        let moment = max(first.advanced(byMilliseconds: closingMilliseconds), earliest)
        floor.closes = moment
        set(Timer(at: moment, subject: .closing))
    }

    /// For how long a solved ticket may be reopened.
    private var closingMilliseconds: Int64 {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.closesTooSoon) { return desk.settings.life.closesAfterMilliseconds / 2 }
        #endif
        return desk.settings.life.closesAfterMilliseconds
    }
}
