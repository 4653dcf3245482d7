import HeapModule
import Tickets

extension Exchange {
    mutating func fireTimers(into turn: inout Turn) {
        while let timer = floor.timers.min, timer.at <= now {
            floor.timers.removeMin()
            switch timer.subject {
            case .wake(let number): wake(number, into: &turn)
            case .reservation(let number, let owner, let assignments): lapse(number, owner, assignments)
            case .declined(let number, let assignments, let isAlone):
                judgeDeclined(number, assignments, isAlone, into: &turn)
            case .closing: closeDue(setFor: timer.at, into: &turn)
            case .promises(let number): judgePromises(of: number, setFor: timer.at, into: &turn)
            case .overflow(let number): goOn(number, into: &turn)
            case .relaxation(let number, let assignments): relax(number, assignments)
            case .leases, .silence: preconditionFailure("judged in serving time: \(timer)")
            }
        }
    }

    mutating func fireServingTimers(into turn: inout Turn) {
        while let timer = floor.servingTimers.min, timer.at <= servingNow {
            floor.servingTimers.removeMin()
            switch timer.subject {
            case .leases(let node): judgeLeases(of: node, setFor: timer.at, into: &turn)
            case .silence(let id): judgeSilence(of: id, setFor: timer.at)
            case .wake, .reservation, .declined, .relaxation, .overflow, .closing, .promises:
                preconditionFailure("judged in plain time: \(timer)")
            }
        }
    }

    /// Ends the claims of the given tickets without a result.
    mutating func release(
        _ numbers: [TicketNumber], _ cause: ReleaseCause, _ reason: String, into turn: inout Turn
    ) {
        for number in numbers {
            guard let ticket = desk.tickets[number], let claim = desk.claims[number] else { continue }
            let event = desk.release(ticket, claim.token, cause, reason: reason)
            commit(event, author: .desk, stamp: nil, into: &turn)
        }
    }

    private mutating func judgeLeases(of node: Name, setFor time: Moment, into turn: inout Turn) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.leaseForever) { return }
        #endif
        guard floor.leaseTimers[node] == time else { return }
        floor.leaseTimers[node] = nil
        let held = desk.holdings[node] ?? []
        let overdue = held.filter { leaseEnd(of: $0) <= servingNow }
        for number in overdue {
            guard let claim = desk.claims[number] else { continue }
            if let id = floor.nodes[node], floor.sessions[id]?.holder == claim.holder {
                let isMissed = claim.offerMilliseconds != nil
                let reason =
                    !isMissed
                    ? "the lease of ticket \(number) under token \(claim.token) ended without renewal"
                    : "ticket \(number) was not accepted in time; \(node) is away until it sends its seats"
                turn.directives.append(.revoke(id, number, claim.token, reason: reason, isMissed: isMissed))
            }
        }
        let missed = overdue.filter { desk.claims[$0]?.offerMilliseconds != nil }
        miss(missed, by: node, into: &turn)
        release(overdue.filter { !missed.contains($0) }, .expired, "the lease of \(node) ended", into: &turn)
        let next = (desk.holdings[node] ?? []).map { leaseEnd(of: $0) }.min()
        if let next { setLeaseTimer(for: node, at: next) }
    }

    private mutating func judgeSilence(of id: SessionID, setFor time: Moment) {
        guard let session = floor.sessions[id], session.silenceAt == time else { return }
        let end = session.lastHeard.advanced(byMilliseconds: 3 * desk.settings.heartbeatMilliseconds)
        if end <= servingNow { return remove(id) }
        floor.sessions[id]?.silenceAt = end
        setServing(Timer(at: end, subject: .silence(id)))
    }

    private mutating func wake(_ number: TicketNumber, into turn: inout Turn) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.wakesEarly), desk.tickets[number]?.place == .aside {
                return commit(.woke(number), author: .desk, stamp: nil, into: &turn)
            }
        #endif
        guard let ticket = desk.tickets[number], ticket.place == .aside, let wakes = ticket.wakes,
            wakes <= now
        else { return }
        commit(.woke(number), author: .desk, stamp: nil, into: &turn)
    }

    /// Parks a ticket that all who serve its line have declined, so that a person sees it.
    ///
    /// Only when it was so at two looks in a row: a node that is gone for a moment is not asked too late.
    private mutating func judgeDeclined(
        _ number: TicketNumber, _ assignments: UInt32, _ wasAlone: Bool, into turn: inout Turn
    ) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.declinedForever) { return }
        #endif
        guard let ticket = desk.tickets[number], ticket.place == .waiting, ticket.assignments == assignments,
            !ticket.declined.isEmpty
        else { return }
        let left = takers(of: ticket) { !ticket.declined.contains($0) }
        let isAlone = left == 0 && takers(of: ticket) { _ in true } > 0
        if isAlone, wasAlone {
            let event = Event.released(
                number, ticket.token, .declined, reason: "every node of the line has declined it",
                failures: ticket.failures, parks: true)
            return commit(event, author: .desk, stamp: nil, into: &turn)
        }
        let patience = desk.settings.line(ticket.line)?.ownerWaitMilliseconds ?? 0
        set(
            Timer(
                at: now.advanced(byMilliseconds: max(1_000, patience)),
                subject: .declined(number, assignments: assignments, isAlone: isAlone)))
    }

    // MARK: - Setting

    mutating func set(_ timer: Timer) {
        floor.timers.insert(timer)
        guard floor.timers.count > floor.timersMax else { return }
        var timers = floor.timers
        timers.removeAll { !matters($0) }
        floor.timers = timers
        floor.timersMax = max(Floor.timersAtLeast, 2 * timers.count)
    }

    mutating func setServing(_ timer: Timer) {
        floor.servingTimers.insert(timer)
        guard floor.servingTimers.count > floor.servingTimersMax else { return }
        var timers = floor.servingTimers
        timers.removeAll { !matters($0) }
        floor.servingTimers = timers
        floor.servingTimersMax = max(Floor.timersAtLeast, 2 * timers.count)
    }

    /// Whether there would be something to do if the timer fired as things are.
    private func matters(_ timer: Timer) -> Bool {
        switch timer.subject {
        case .leases(let node): floor.leaseTimers[node] == timer.at
        case .silence(let id): floor.sessions[id]?.silenceAt == timer.at
        case .wake(let number): desk.tickets[number]?.wakes == timer.at
        case .closing: true
        case .promises(let number): isDue(number, by: timer.at)
        case .overflow(let number): desk.tickets[number].flatMap { desk.overflow(of: $0) }?.at == timer.at
        case .reservation(let number, _, let assignments), .declined(let number, let assignments, _),
            .relaxation(let number, let assignments):
            desk.tickets[number].map { $0.place == .waiting && $0.assignments == assignments } == true
        }
    }
}
