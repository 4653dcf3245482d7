import HeapModule
import Tickets

extension Exchange {
    /// Builds the lines and the timers from the desk, as after a restart.
    mutating func fillFloor() {
        fillRooms(setsWakes: true)
        timeClosing()
        timeAllPromises()
        for (number, claim) in desk.claims.sorted(by: { $0.key < $1.key }) {
            startLease(of: number, claim.termMilliseconds, claim.holder.node)
        }
        #if PLANTED_BUGS
            guard PlantedBug.isActive(.graceForgotten) else { return }
            // In any order: each has a time of its own.
            for (number, claim) in desk.claims {
                let end = claim.at.advanced(byMilliseconds: claim.leaseMilliseconds)
                floor.leaseEnds[number] = end
                setLeaseTimer(for: claim.holder.node, at: end)
            }
        #endif
    }

    /// Empty lines, as the settings have them.
    mutating func makeRooms() {
        floor.rooms = LineMap()
        for line in desk.settings.lines {
            floor.rooms[line.name] = Room(of: line.name, isRanked: desk.settings.ranks(line.name))
        }
    }

    /// Puts every waiting ticket where it waits, the first come first.
    private mutating func fillRooms(setsWakes: Bool) {
        // Of a million tickets only what orders them.
        var waiting: [(since: Moment, number: TicketNumber)] = []
        // In any order: the timers order themselves, and what waits is sorted below.
        for (_, ticket) in desk.tickets {
            if ticket.place == .waiting { waiting.append((ticket.since, ticket.number)) }
            #if PLANTED_BUGS
                if PlantedBug.isActive(.wakesLostAtRestart) { continue }
            #endif
            if setsWakes, let wakes = ticket.wakes, ticket.place == .aside {
                set(Timer(at: wakes, subject: .wake(ticket.number)))
            }
        }
        let isInOrder = zip(waiting, waiting.dropFirst()).allSatisfy { $0 < $1 }
        if !isInOrder { waiting.sort { $0 < $1 } }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.waitingLostAtRestart) {
                waiting.removeAll { $0.number.rawValue % 8 == 0 }
            }
        #endif
        for (_, number) in waiting { if let ticket = desk.tickets[number] { enqueue(ticket) } }
    }

    /// The desk has other settings: every ticket waits anew under them, each since it did, and a node whose line is
    /// gone is told so. O(n log n) in the tickets that wait, once a version.
    ///
    /// A ticket that waits for its owner is given their time anew, as after a restart.
    mutating func rearrange(into turn: inout Turn) {
        makeRooms()
        floor.reserved = [:]
        // What was set before ends a time that is over; it would end the new one too early.
        floor.timers.removeAll { if case .reservation = $0.subject { true } else { false } }
        fillRooms(setsWakes: false)
        floor.closes = nil
        timeClosing()
        timeAllPromises()
        learnTalents()
        for id in floor.nodes.values.sorted() {
            guard let node = floor.sessions[id]?.node else { continue }
            if desk.settings.line(node.line) != nil {
                touch(id)
            } else {
                turn.directives.append(
                    .dismiss(id, Refusal(.noSuchLine, "this desk has no line \(node.line) any more")))
                remove(id)
            }
        }
    }

    /// Keeps the floor in step with an event that the desk has just folded.
    mutating func follow(_ event: Event, heldBefore: Holder?) {
        guard let number = event.ticket else { return }
        if case .claimed(_, _, let holder, let lease) = event {
            startLease(of: number, lease, holder.node)
        } else if case .tookOver(_, _, let holder, let lease, _) = event {
            startLease(of: number, lease, holder.node)
            if let id = heldBefore.flatMap({ floor.nodes[$0.node] }) { touch(id) }
        } else if case .merged(let ended, _, _) = event {
            floor.leaseEnds[ended] = nil
            if let id = heldBefore.flatMap({ floor.nodes[$0.node] }) { touch(id) }
        } else if case .amended(_, _, .offered(let milliseconds), _) = event {
            if let holder = desk.claims[number]?.holder { startLease(of: number, milliseconds, holder.node) }
        } else if let claim = desk.claims[number] {
            // A command under the claim is a sign of life for it, for people who send no heartbeats.
            if let token = event.token { extendLease(of: number, token, claim.holder) }
        } else if let holder = heldBefore {
            floor.leaseEnds[number] = nil
            #if PLANTED_BUGS
                if PlantedBug.isActive(.putBackForgotten) { return }
            #endif
            if let id = floor.nodes[holder.node] { touch(id) }
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.wakeForgotten), case .pended = event { return }
        #endif
        if case .pended(_, _, _, let until?, _) = event { set(Timer(at: until, subject: .wake(number))) }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.wakesEarly), case .pended(_, _, _, let until?, _) = event {
                set(Timer(at: until.advanced(byMilliseconds: -500), subject: .wake(number)))
            }
        #endif
        if case .overflowed = event, !floor.reserved.isEmpty { _ = takeReservation(of: number) }
        if case .amended(_, _, let amendment, _) = event { move(number, after: amendment) }
        if case .followedUp(_, _, _, wakes: false) = event { rank(number) }
        if case .resolved = event, floor.closes == nil { timeClosing() }
        if startsWait(event), let ticket = desk.tickets[number], ticket.place == .waiting { enqueue(ticket) }
    }

    /// Puts a waiting ticket where it waits: with its owner if it is for them and they may come, else in the line.
    mutating func enqueue(_ ticket: Ticket) {
        timeOverflow(of: ticket)
        // Most wait for nobody in particular, and a start has a million of them.
        guard ticket.isForOwner || !ticket.declined.isEmpty else { return enqueueForAll(ticket) }
        let patience = now.advanced(
            byMilliseconds: desk.settings.line(ticket.line)?.ownerWaitMilliseconds ?? 0)
        if !ticket.declined.isEmpty {
            set(
                Timer(
                    at: patience,
                    subject: .declined(ticket.number, assignments: ticket.assignments, isAlone: false)))
        }
        guard ticket.isForOwner, let owner = ticket.owner, mayCome(owner, to: ticket.line) else {
            return enqueueForAll(ticket)
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.ownerPassedOver) { return enqueueForAll(ticket) }
        #endif
        floor.reserved[owner, default: Heap()].insert(waiting(ticket))
        set(
            Timer(
                at: patience,
                subject: .reservation(ticket.number, owner: owner, assignments: ticket.assignments)))
        if let id = floor.nodes[owner] { touch(id) }
    }

    /// Whether an owner may yet take a ticket of a line: not while they serve another one, nor after a goodbye.
    private func mayCome(_ owner: Name, to line: Name) -> Bool {
        if !floor.gone.isEmpty, floor.gone.contains(owner) { return false }
        guard let id = floor.nodes[owner], let node = floor.sessions[id]?.node else { return true }
        return node.line == line
    }

    func waiting(_ ticket: Ticket) -> Waiting {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.headStartIgnored) || PlantedBug.isActive(.lastComesFirst) {
                let key = ticket.since.milliseconds * (PlantedBug.isActive(.lastComesFirst) ? -1 : 1)
                return Waiting(
                    key: Moment(milliseconds: key), number: ticket.number, since: ticket.since,
                    assignments: ticket.assignments, priority: ticket.priority)
            }
        #endif
        return Waiting(
            key: desk.key(of: ticket), number: ticket.number, since: ticket.since,
            assignments: ticket.assignments, priority: ticket.priority)
    }

    /// Puts a waiting ticket into its line, for anybody.
    mutating func enqueueForAll(_ ticket: Ticket) {
        let demands = demandsNow(of: ticket)
        timeRelaxation(of: ticket, demands)
        floor.rooms[ticket.line, default: Room(of: ticket.line)].add(ticket, waiting(ticket), asking: demands)
        let count = floor.rooms.look(at: ticket.line) { $0.count } ?? 0
        // On a line from which people take by number nobody else drops what is gone.
        if count > 2 * Int(desk.census[ticket.line].waiting) + Floor.timersAtLeast {
            floor.rooms[ticket.line]?.compact(desk.tickets)
        }
    }

    /// The owner is gone, or serves `line` only: what waited for them elsewhere is for anybody now.
    mutating func unreserve(for owner: Name, except line: Name? = nil) {
        guard let heap = floor.reserved.removeValue(forKey: owner) else { return }
        var kept = Heap<Waiting>()
        for waiting in heap.unordered.sorted() {
            guard let ticket = desk.tickets[waiting.number], waiting.isStill(ticket) else { continue }
            if ticket.line == line { kept.insert(waiting) } else { enqueueForAll(ticket) }
        }
        if !kept.isEmpty { floor.reserved[owner] = kept }
    }

    /// The owner did not come in time: the ticket is for anybody now.
    mutating func lapse(_ number: TicketNumber, _ owner: Name, _ assignments: UInt32) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.reservedForever) { return }
        #endif
        let before = floor.reserved[owner]?.count ?? 0
        floor.reserved[owner]?.removeAll { $0.number == number && $0.assignments == assignments }
        let after = floor.reserved[owner]?.count ?? 0
        if after == 0 { floor.reserved[owner] = nil }
        guard after < before, let ticket = desk.tickets[number], ticket.place == .waiting,
            ticket.assignments == assignments, ticket.owner == owner
        else { return }
        enqueueForAll(ticket)
    }

    private func startsWait(_ event: Event) -> Bool {
        switch event {
        case .submitted, .escalated, .handedBack, .woke, .released, .overflowed: true
        case .followedUp(_, _, _, let wakes): wakes
        case .claimed, .noted, .replied, .resolved, .pended, .closed, .amended, .tookOver, .merged,
            .configured, .alerted, .acknowledged, .improved:
            false
        }
    }

    // MARK: - Leases

    mutating func startLease(of number: TicketNumber, _ milliseconds: Int64, _ node: Name) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.leaseHalved) {
                let end = servingNow.advanced(byMilliseconds: milliseconds / 2)
                floor.leaseEnds[number] = end
                return setLeaseTimer(for: node, at: end)
            }
        #endif
        let end = servingNow.advanced(byMilliseconds: milliseconds)
        floor.leaseEnds[number] = end
        setLeaseTimer(for: node, at: end)
    }

    /// Begins the time of a claim anew, if it is still the holder's under this token.
    ///
    /// - Returns: Whether it is.
    @discardableResult
    mutating func extendLease(of number: TicketNumber, _ token: Token, _ holder: Holder) -> Bool {
        guard let claim = desk.claims[number], claim.token == token, claim.holder == holder else {
            return false
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.renewalIgnored) { return true }
            let isOffer = claim.offerMilliseconds != nil && !PlantedBug.isActive(.offerRenewed)
        #else
            let isOffer = claim.offerMilliseconds != nil
        #endif
        // That a node is alive does not say that somebody there wants the ticket.
        if isOffer { return true }
        let (end, before) = (
            servingNow.advanced(byMilliseconds: claim.leaseMilliseconds), leaseEnd(of: number)
        )
        floor.leaseEnds[number] = end
        // What was an offer until now may have had more time than a lease.
        if end < before { setLeaseTimer(for: holder.node, at: end) }
        return true
    }

    func leaseEnd(of number: TicketNumber) -> Moment { floor.leaseEnds[number] ?? .distantFuture }

    mutating func setLeaseTimer(for node: Name, at end: Moment) {
        if let set = floor.leaseTimers[node], set <= end { return }
        floor.leaseTimers[node] = end
        setServing(Timer(at: end, subject: .leases(node)))
    }
}
