import HeapModule
package import Tickets

extension Exchange {
    mutating func greet(_ id: SessionID, _ author: Author, _ hello: Hello?, into turn: inout Turn) {
        guard Permissions.allows(author.role, .connect) else {
            return turn.directives.append(
                .dismiss(id, Refusal(.notAuthorised, "a key of role \(author.role.word) has no session here"))
            )
        }
        if let refusal = refusal(ofSession: id, author) {
            return turn.directives.append(.dismiss(id, refusal))
        }
        guard let hello else {
            if floor.sessions[id]?.node != nil { remove(id) }
            register(Session(id: id, author: author, node: nil, lastHeard: servingNow), into: &turn)
            return
        }
        if let refusal = refusal(for: hello, author: author) {
            return turn.directives.append(.dismiss(id, refusal))
        }
        var presence = hello.presence
        presence.seats = min(max(0, presence.seats), desk.settings.limits.seatsMax)
        presence.since = now
        presence.isReady = false
        #if PLANTED_BUGS
            if PlantedBug.isActive(.awayForgottenAtHello) { presence.isAway = false }
        #endif
        presence.talent = talent(of: presence.name)
        if let name = floor.sessions[id]?.node?.name, name != presence.name { remove(id) }
        replaceSession(of: presence, with: id, into: &turn)
        releaseOlderIncarnations(of: presence, into: &turn)
        var author = author
        author.node = presence.name
        floor.nodes[presence.name] = id
        floor.gone.remove(presence.name)
        register(Session(id: id, author: author, node: presence, lastHeard: servingNow), into: &turn)
        unreserve(for: presence.name, except: presence.line)
        reconcile(hello.held, of: presence, for: id, into: &turn)
        touch(id)
    }

    mutating func setSeats(_ seats: Int, of id: SessionID, into turn: inout Turn) {
        guard floor.sessions[id]?.node != nil else { return turn.directives.append(.unknownSession(id)) }
        hear(id)
        let most = desk.settings.limits.seatsMax
        floor.sessions[id]?.node?.seats = min(max(0, seats), most)
        floor.sessions[id]?.node?.isAway = false
        touch(id)
    }

    mutating func renew(_ held: [Held], of id: SessionID, into turn: inout Turn) {
        guard let session = floor.sessions[id] else { return turn.directives.append(.unknownSession(id)) }
        hear(id)
        if session.node != nil {
            for claim in held.prefix(desk.settings.limits.seatsMax) { renew(claim, of: session, into: &turn) }
        }
        turn.directives.append(.pong(id))
    }

    /// A node leaves in good order: what it still holds goes back without counting as a failure.
    mutating func farewell(_ id: SessionID, into turn: inout Turn) {
        guard let session = floor.sessions[id] else { return }
        // Before what is kept for it goes to others, and what it holds to whoever is next.
        if let name = session.node?.name { floor.gone.insert(name) }
        remove(id)
        guard let node = session.node else { return }
        release(
            holdings(of: node.name) { $0.incarnation == node.incarnation }, .left, "the node left",
            into: &turn)
    }

    /// Takes a session off the floor. Its claims stay until their leases end, so that it may come back.
    mutating func remove(_ id: SessionID) {
        leaveQueue(id)
        guard let session = floor.leave(id), let node = session.node else { return }
        guard floor.nodes[node.name] == id else { return }
        floor.nodes[node.name] = nil
        unreserve(for: node.name)
    }

    /// The nodes that are connected and serve a line, by name.
    package func presences(on line: Name? = nil) -> [Presence] {
        floor.nodes.keys.sorted().compactMap { name in
            guard let id = floor.nodes[name], let node = floor.sessions[id]?.node else { return nil }
            return line == nil || node.line == line ? node : nil
        }
    }

    /// The node that a session is of; nil for people, and for one that is gone.
    package func presence(of id: SessionID) -> Presence? { floor.sessions[id]?.node }

    /// How many of the nodes that are connected and serve a line have names that match.
    func nodes(on line: Name, where matches: (Name) -> Bool) -> Int {
        var count = 0
        // In any order: they are only counted.
        for (name, id) in floor.nodes where floor.sessions[id]?.node?.line == line && matches(name) {
            count += 1
        }
        return count
    }

    /// Whole seats that a node has free.
    package func freeSeats(of node: Presence) -> Int { desk.freePoints(of: node) / desk.pointsPerSeat }

    /// Takes note of a sign of life.
    mutating func hear(_ id: SessionID) {
        let moment = servingNow
        floor.sessions[id]?.lastHeard = moment
    }

    private mutating func register(_ session: Session, into turn: inout Turn) {
        var session = session
        if let timed = floor.sessions[session.id]?.silenceAt {
            session.silenceAt = timed
        } else {
            session.silenceAt = servingNow.advanced(byMilliseconds: 3 * desk.settings.heartbeatMilliseconds)
            setServing(Timer(at: session.silenceAt, subject: .silence(session.id)))
        }
        floor.enter(session)
        let line = session.node.flatMap { desk.settings.line($0.line) } ?? desk.settings.lines[0]
        let welcome = Welcome(
            heartbeatMilliseconds: desk.settings.heartbeatMilliseconds,
            leaseMilliseconds: line.leaseMilliseconds,
            textBytesMax: desk.settings.limits.textBytesMax)
        turn.directives.append(.welcome(session.id, welcome))
    }

    /// Whether there is room for one more session. One that says hello again stands for itself.
    private func refusal(ofSession id: SessionID, _ author: Author) -> Refusal? {
        let limits = desk.settings.limits
        let old = floor.sessions[id]?.author.key
        if old != author.key, floor.sessionCounts[author.key, default: 0] >= limits.sessionsPerKey {
            return Refusal(
                .tooManySessions, "the key \(author.key) has \(limits.sessionsPerKey) sessions; end some",
                retryAfterMilliseconds: 5_000)
        }
        if old == nil, floor.sessions.count >= limits.sessionsMax {
            return Refusal(
                .tooManySessions, "the broker has \(limits.sessionsMax) sessions",
                retryAfterMilliseconds: 5_000)
        }
        return nil
    }

    private func refusal(for hello: Hello, author: Author) -> Refusal? {
        let node = hello.presence
        guard Permissions.allows(author.role, .work) else {
            return Refusal(.notAuthorised, "a key of role \(author.role.word) may not be a node")
        }
        guard node.incarnation != 0 else {
            return Refusal(.notAuthorised, "incarnation 0 stands for people; a node's first is 1")
        }
        do {
            try desk.check(line: node.shift, "the shift")
        } catch {
            return error
        }
        guard desk.settings.line(node.line) != nil else {
            return Refusal(.noSuchLine, "this desk has no line \(node.line)")
        }
        let newest = [liveIncarnation(of: node.name), heldIncarnation(of: node.name)].compactMap { $0 }.max()
        if let newest, newest > node.incarnation {
            return Refusal(
                .superseded, "a newer incarnation of node \(node.name) is or was here; stop this one")
        }
        return nil
    }

    private func liveIncarnation(of name: Name) -> UInt64? {
        floor.nodes[name].flatMap { floor.sessions[$0]?.node?.incarnation }
    }

    private func heldIncarnation(of name: Name) -> UInt64? {
        desk.holdings[name]?.compactMap { desk.claims[$0]?.holder.incarnation }.max()
    }

    private mutating func replaceSession(of node: Presence, with id: SessionID, into turn: inout Turn) {
        guard let old = floor.nodes[node.name] else { return }
        leaveQueue(old)
        guard old != id else { return }
        if liveIncarnation(of: node.name) != node.incarnation {
            let refusal = Refusal(.superseded, "a newer incarnation of node \(node.name) connected")
            turn.directives.append(.dismiss(old, refusal))
        }
        floor.leave(old)
    }

    /// Takes a session out of the queue of the idle; O(n) in the idle nodes of its line.
    mutating func leaveQueue(_ id: SessionID) {
        guard let node = floor.sessions[id]?.node, node.isReady else { return }
        floor.sessions[id]?.node?.isReady = false
        floor.ready[node.line]?.remove(id, talent: node.talent)
    }

    /// What an older run of the node held is released, never inherited. A person's key may have the same name.
    private mutating func releaseOlderIncarnations(of node: Presence, into turn: inout Turn) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.oldRunInherited) { return }
        #endif
        let old = holdings(of: node.name) { $0.incarnation != node.incarnation && $0.incarnation != 0 }
        release(old, .restarted, "the node restarted", into: &turn)
    }

    /// Makes the node and the desk agree on what it holds: the desk is right.
    private mutating func reconcile(
        _ held: [Held], of node: Presence, for id: SessionID, into turn: inout Turn
    ) {
        guard let session = floor.sessions[id] else { return }
        let held = held.prefix(desk.settings.limits.seatsMax)
        for claim in held { renew(claim, of: session, into: &turn) }
        let known = Set(held)
        for number in holdings(of: node.name, where: { $0.incarnation == node.incarnation }) {
            guard let claim = desk.claims[number], let ticket = desk.tickets[number] else { continue }
            if known.contains(Held(ticket: number, token: claim.token)) { continue }
            // The node hears of it only now, so its time begins now.
            startLease(of: number, claim.termMilliseconds, session.holder.node)
            let lacking = desk.lacking(of: number)
            let grant = Grant(ticket: ticket, claim: claim, position: desk.position, lacking: lacking)
            turn.directives.append(.grant(id, grant))
        }
    }

    private mutating func renew(_ held: Held, of session: Session, into turn: inout Turn) {
        if extendLease(of: held.ticket, held.token, session.holder) { return }
        let state =
            desk.claims[held.ticket].map { "\($0.holder.displayName) holds it under token \($0.token)" }
            ?? "nobody holds it"
        turn.directives.append(
            .revoke(
                session.id, held.ticket, held.token,
                reason: "the claim of ticket \(held.ticket) under token \(held.token) is over; \(state)"))
    }

    private func holdings(of node: Name, where matches: (Holder) -> Bool) -> [TicketNumber] {
        (desk.holdings[node] ?? []).filter { desk.claims[$0].map { matches($0.holder) } == true }
    }
}
