import Tickets
package import Wire

extension BrokerSession {
    /// Takes a frame from the broker.
    ///
    /// Answers to commands that have had theirs are ignored, and so is what this version does not know.
    /// `events` is appended to, never cleared.
    package mutating func receive(_ frame: FrameFromBroker, now: Int64, into events: inout [SessionEvent]) {
        guard !isOver else { return }
        heardMilliseconds = now
        var isWelcome = false
        for item in frame.items {
            switch item {
            case .answer(let id, let answer):
                if outbox.answer(id) { events.append(.answered(id, .success(answer))) }
            case .grant(let grant): events.append(.granted(grant))
            case .other(let item): receive(item, isWelcome: &isWelcome, now, into: &events)
            }
            if isOver { return }
        }
    }

    private mutating func receive(
        _ item: ProtoItem, isWelcome: inout Bool, _ now: Int64, into events: inout [SessionEvent]
    ) {
        switch item.body {
        case .welcome(let welcome):
            isWelcome = true
            enter(SessionWelcome(welcome), now, into: &events)
        case .error(let error):
            // The answer to a frame from before the hello that this same frame answers.
            if isWelcome, error.code == ErrorCode.unknownSession.rawValue { return }
            refuse(error, now, into: &events)
        case .revoked(let revoked):
            let claim = HeldClaim(ticket: TicketNumber(revoked.ticket), token: Token(revoked.token))
            if revoked.missed { settings.node?.isAway = true }
            events.append(.revoked(claim, reason: revoked.reason, isMissed: revoked.missed))
        case .pong:
            guard !progress.pingsMilliseconds.isEmpty else { return }
            renewedMilliseconds = max(renewedMilliseconds, progress.pingsMilliseconds.removeFirst())
        case .queryResult(let result):
            guard let index = queries.firstIndex(where: { $0.id == result.id }) else { return }
            queries.remove(at: index)
            events.append(.queryResult(result.id, .success(result)))
        // An answer that came here has no proper id, so it is nobody's.
        case .answer, .grant, nil: return
        }
    }

    /// The connection was replaced by a new one, on which nothing was said yet.
    package mutating func connectionReplaced(now: Int64) {
        guard !isOver else { return }
        greetAgain(at: now)
    }

    private mutating func enter(_ welcome: SessionWelcome, _ now: Int64, into events: inout [SessionEvent]) {
        state = .welcomed(welcome)
        // What the hello named was renewed when the broker read it, which was after it left.
        renewedMilliseconds = max(renewedMilliseconds, progress.helloMilliseconds ?? now)
        progress.firstHelloMilliseconds = nil
        progress.pingsMilliseconds = []
        progress.nextPingMilliseconds = now + pingMilliseconds(welcome)
        progress.askedThrough = 0
        outbox.rewind()
        events.append(.welcomed(welcome))
    }

    private mutating func refuse(_ error: ProtoError, _ now: Int64, into events: inout [SessionEvent]) {
        let refusal = Refusal(error)
        if refusal.code == .unknownSession { return loseSession(now) }
        if error.queryID != 0 {
            guard let index = queries.firstIndex(where: { $0.id == error.queryID }) else { return }
            queries.remove(at: index)
            return events.append(.queryResult(error.queryID, .failure(refusal)))
        }
        if !error.commandID.isEmpty {
            guard let id = CommandID(error.commandID) else { return }
            return refuse(id, refusal, now, into: &events)
        }
        if let retry = refusal.retryAfterMilliseconds {
            lossCount += 1
            return greetAgain(at: now + max(retry, 100))
        }
        state = .dismissed(refusal)
        events.append(.dismissed(refusal))
    }

    private mutating func refuse(
        _ id: CommandID, _ refusal: Refusal, _ now: Int64, into events: inout [SessionEvent]
    ) {
        if settings.retriesRefusals, refusal.code.isRetryable || refusal.retryAfterMilliseconds != nil {
            let pause = min(max(refusal.retryAfterMilliseconds ?? 1_000, 50), 600_000)
            // Spread over a quarter more by the id, so that a crowd that was refused together does not return
            // so.
            let spread = Int64(id.low % UInt64(pause / 4 + 1))
            _ = outbox.delay(id, until: now + pause + spread)
        } else if outbox.answer(id) {
            events.append(.answered(id, .failure(refusal)))
        }
    }

    /// The broker does not know this session: it restarted, or the connection is a new one.
    private mutating func loseSession(_ now: Int64) {
        // While a welcome is waited for, this is the answer to something older than the hello.
        guard isWelcomed else { return }
        lossCount += 1
        greetAgain(at: now)
    }

    mutating func greetAgain(at time: Int64) {
        state = .greeting
        helloNotBefore = time
        progress.helloMilliseconds = nil
        progress.firstHelloMilliseconds = nil
        progress.pingsMilliseconds = []
    }
}
