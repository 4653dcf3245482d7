package import Client

/// What a node does whose handler cannot start work at all: its program is gone, or may not be run.
///
/// That is the node's own trouble and no fault of any ticket. So it gives back what it cannot start, which counts as no
/// failure, says that it has no seats, and looks now and then whether work can be started again. Else it would take
/// one ticket after the other, and park a whole line within moments.
extension NodeLogic {
    struct Outage: Hashable, Sendable {
        /// When to look again, in microseconds.
        var nextMicroseconds: Int64
        /// Between two looks.
        var pauseMilliseconds: Int64
    }

    /// Takes word that the work on a ticket could not be started.
    package mutating func cannotStart(
        _ claim: HeldClaim, reason: String, _ session: inout BrokerSession, now: Int64,
        into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], work.claim == claim, work.isWorking else { return }
        account.handlerFailures += 1
        if case .serving = phase, outage == nil {
            let pause = outagePauseMilliseconds
            outage = Outage(nextMicroseconds: now + pause * 1_000, pauseMilliseconds: pause)
            // It could be started when it was looked at last, and yet it could not: less often from now on.
            outagePauseMilliseconds = min(2 * pause, settings.outageMillisecondsMax)
            session.setSeats(0)
            directives.append(.log(.outOfOrder(reason: reason, pauseMilliseconds: pause)))
        }
        release(claim, reason, failed: false, &session, now, into: &directives)
    }

    /// Whether ``lookedAtHandler(obstacle:_:now:into:)`` is due.
    package func looksAtHandler(now: Int64) -> Bool {
        guard case .serving = phase, let outage else { return false }
        return now >= outage.nextMicroseconds
    }

    /// Takes what stands in the way of starting work; nil when nothing does, and then the node takes tickets again.
    package mutating func lookedAtHandler(
        obstacle: String?, _ session: inout BrokerSession, now: Int64, into directives: inout [NodeDirective]
    ) {
        guard case .serving = phase, let pause = outage?.pauseMilliseconds else { return }
        guard obstacle == nil else {
            outage?.nextMicroseconds = now + pause * 1_000
            return
        }
        outage = nil
        session.setSeats(settings.identity.seats)
        directives.append(.log(.inOrder))
    }

    /// Somebody says that it is worth a look now.
    package mutating func lookAtHandlerSoon() {
        outage?.nextMicroseconds = 0
    }

    /// Whether it takes no tickets because it cannot start work on them.
    package var isOutOfOrder: Bool { outage != nil }
}
