package import Client

extension NodeLogic {
    /// Takes nothing new from now on; finishes what is held within the grace, then puts the rest back and
    /// leaves.
    ///
    /// Asked again, it no longer waits for handlers.
    package mutating func drain(
        _ session: inout BrokerSession, now: Int64, into directives: inout [NodeDirective]
    ) {
        switch phase {
        case .serving:
            phase = .draining(until: now + settings.drainGraceMilliseconds * 1_000)
            session.setSeats(0)
            directives.append(.log(.draining(held: works.count)))
        case .draining:
            phase = .draining(until: now)
        case .parting:
            break
        }
    }

    /// Somebody who missed an offer is there again.
    package mutating func comeBack(_ session: inout BrokerSession) {
        if case .serving = phase { session.repeatSeats() }
    }

    /// Stops without any grace: handlers are stopped at once, what is held is put back.
    package mutating func stop(
        _ session: inout BrokerSession, now: Int64, into directives: inout [NodeDirective]
    ) {
        drain(&session, now: now, into: &directives)
        drain(&session, now: now, into: &directives)
    }

    package var isDraining: Bool { phase != .serving }

    /// Does what is due. Called at the end of each turn, before frames are sent.
    package mutating func tick(
        _ session: inout BrokerSession, now: Int64, into directives: inout [NodeDirective]
    ) {
        if session.lossCount > lossesSeen {
            lossesSeen = session.lossCount
            directives.append(.log(.connectionLost(held: works.count)))
        }
        switch phase {
        case .serving:
            break
        case .draining(let until):
            if works.isEmpty, pendings.isEmpty { return leave(&session, into: &directives) }
            if now >= until { cut(&session, now, into: &directives) }
        case .parting(let until):
            if works.isEmpty && pendings.isEmpty || now >= until { leave(&session, into: &directives) }
        }
    }

    /// When ``tick(_:now:into:)`` has something to do by itself, in microseconds; nil when never.
    package var nextDeadline: Int64? {
        switch phase {
        case .serving: outage?.nextMicroseconds
        case .draining(let until), .parting(let until): until
        }
    }

    /// Stops the handlers and puts their tickets back. What was decided goes on.
    private mutating func cut(
        _ session: inout BrokerSession, _ now: Int64, into directives: inout [NodeDirective]
    ) {
        phase = .parting(until: now + settings.partingMilliseconds * 1_000)
        directives.append(.log(.drainCut(held: works.count)))
        for claim in held where works[claim.ticket]?.isWorking == true {
            directives.append(.cancel(claim))
            release(claim, "the node is shutting down", failed: false, &session, now, into: &directives)
        }
    }

    private mutating func leave(_ session: inout BrokerSession, into directives: inout [NodeDirective]) {
        guard !hasLeft else { return }
        hasLeft = true
        session.leave()
        directives.append(.log(.left(abandoned: works.count)))
    }
}
