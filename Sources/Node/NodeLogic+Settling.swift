package import Client
import Tickets

extension NodeLogic {
    /// The broker says that a claim is over.
    mutating func lose(
        _ claim: HeldClaim, _ reason: String, _ session: inout BrokerSession,
        into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], work.claim == claim else { return }
        // The desk takes whoever had it for away; who accepted or decided, only too late, is there.
        if work.wasOffered, !work.isOffer || !work.isWorking { comeBack(&session) }
        drop(work, &session, into: &directives)
        if pendings.values.contains(where: { $0.claim == claim }) {
            directives.append(.log(.endedOnTheWay(claim)))
        } else {
            account.leasesLost += 1
            directives.append(.log(.leaseLost(claim, reason: reason, holder: nil, token: nil)))
        }
    }

    /// Forgets a ticket. Nothing that was not sent yet will be sent under its token; what was sent keeps
    /// waiting for its answer, because the broker may have carried it out, and the node's account must say
    /// so.
    mutating func drop(
        _ work: Work, _ session: inout BrokerSession, into directives: inout [NodeDirective]
    ) {
        works[work.claim.ticket] = nil
        if work.isWorking { directives.append(.cancel(work.claim)) }
        let withdrawn = session.withdraw { command in
            command.action.ticket == work.claim.ticket && pendings[command.id]?.claim == work.claim
        }
        for id in withdrawn { pendings[id] = nil }
    }

    /// Accepts an offer that the node works on; any other claim is its own already.
    package mutating func accept(
        _ claim: HeldClaim, _ session: inout BrokerSession, now: Int64, into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], work.claim == claim, work.isWorking, work.isOffer else {
            return
        }
        works[claim.ticket]?.isOffer = false
        send(.amend(claim.ticket, claim.token, .accepted), claim, &session, now, into: &directives)
    }

    /// Starts to carry out what was decided for a ticket.
    mutating func decide(
        _ claim: HeldClaim, _ actions: [Action], _ session: inout BrokerSession, _ now: Int64,
        into directives: inout [NodeDirective]
    ) {
        works[claim.ticket]?.isWorking = false
        works[claim.ticket]?.remaining = actions.reversed()
        sendNext(claim, &session, now, into: &directives)
    }

    mutating func release(
        _ claim: HeldClaim, _ reason: String, failed: Bool, _ session: inout BrokerSession, _ now: Int64,
        into directives: inout [NodeDirective]
    ) {
        let action = Action.release(claim.ticket, claim.token, reason: reason.asReason, failed: failed)
        decide(claim, [action], &session, now, into: &directives)
    }

    /// Takes the answer to a command.
    mutating func settle(
        _ id: CommandID, _ result: Result<Answer, Refusal>, _ session: inout BrokerSession, _ now: Int64,
        into directives: inout [NodeDirective]
    ) {
        guard let pending = pendings.removeValue(forKey: id) else { return }
        latencies.recordAnswer(microseconds: now - pending.sentMicroseconds)
        switch result {
        case .success:
            count(pending)
            // Beside the work, not a step of it.
            guard pending.kind != .accept else { return }
            guard pending.kind.endsClaim else {
                return sendNext(pending.claim, &session, now, into: &directives)
            }
            let microseconds = now - pending.grantedMicroseconds
            latencies.recordDone(microseconds: microseconds)
            if works[pending.claim.ticket]?.claim == pending.claim { works[pending.claim.ticket] = nil }
            directives.append(
                .log(.settled(pending.claim, pending.kind, milliseconds: microseconds / 1_000)))
        case .failure(let refusal) where pending.kind == .accept && refusal.code == .notHeld:
            // It is the node's already.
            break
        case .failure(let refusal):
            if pending.wasOffered { comeBack(&session) }
            concede(pending.claim, pending.kind, to: refusal, &session, now, into: &directives)
        }
    }

    private mutating func sendNext(
        _ claim: HeldClaim, _ session: inout BrokerSession, _ now: Int64,
        into directives: inout [NodeDirective]
    ) {
        guard works[claim.ticket]?.claim == claim, let action = works[claim.ticket]?.remaining.popLast()
        else { return }
        send(action, claim, &session, now, into: &directives)
    }

    private mutating func send(
        _ action: Action, _ claim: HeldClaim, _ session: inout BrokerSession, _ now: Int64,
        into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], let kind = CommandKind(action) else { return }
        lastCommand += 1
        let command = Command(id: CommandID(high: settings.commandSeed, low: lastCommand), action: action)
        do {
            try session.enqueue(command)
            pendings[command.id] = Pending(
                claim: claim, kind: kind, replies: action.repliesToCustomer, wasOffered: work.wasOffered,
                grantedMicroseconds: work.grantedMicroseconds, sentMicroseconds: now)
            #if PLANTED_BUGS
                if PlantedBug.isActive(.accountCountsEarly), let pending = pendings[command.id] {
                    count(pending)
                }
            #endif
        } catch {
            concede(claim, kind, to: error, &session, now, into: &directives)
        }
    }

    /// A command changed nothing. Who lost the claim drops the work; else the ticket goes back to its line.
    private mutating func concede(
        _ claim: HeldClaim, _ kind: CommandKind, to refusal: Refusal, _ session: inout BrokerSession,
        _ now: Int64, into directives: inout [NodeDirective]
    ) {
        account.refused += 1
        switch refusal.code {
        case .staleToken, .heldByAnother, .unknownTicket, .closed, .merged:
            account.leasesLost += 1
            directives.append(
                .log(
                    .leaseLost(
                        claim, reason: refusal.reason, holder: refusal.holder?.displayName.text,
                        token: refusal.token)))
            if let work = works[claim.ticket], work.claim == claim { drop(work, &session, into: &directives) }
        case .newerMessage:
            directives.append(.log(.customerWroteAgain(claim, entry: refusal.entry)))
            putBack(claim, kind, "the customer wrote again", failed: false, &session, now, into: &directives)
        case .malformedFrame, .unsupportedVersion, .unknownSession, .superseded, .notAuthorised, .notOpen,
            .handBackFirst, .nothingToHandBack, .noFurtherLine, .escalationBound, .conversationFull,
            .textRequired, .textTooLong, .invalidName, .tooManyValues, .noSuchLine, .notUTF8,
            .conflictingCommand, .deskFull, .diskNearlyFull, .draining, .viewUnavailable, .slowDown,
            .tooManySessions, .wouldBeCycle, .notHeld, .openChildren, .checklistOpen, .amendmentBound,
            .nobodyAsked, .noBudget,
            .invalidSettings, .lineInUse, .otherVersion:
            directives.append(.log(.refused(claim, kind, refusal)))
            let reason = "the \(kind.rawValue) was refused: \(refusal)"
            putBack(claim, kind, reason, failed: true, &session, now, into: &directives)
        }
    }

    /// Releases the ticket, unless a release is what was refused: then its lease will end by itself.
    private mutating func putBack(
        _ claim: HeldClaim, _ kind: CommandKind, _ reason: String, failed: Bool,
        _ session: inout BrokerSession, _ now: Int64, into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], work.claim == claim else { return }
        guard kind != .release else { return drop(work, &session, into: &directives) }
        release(claim, reason, failed: failed, &session, now, into: &directives)
    }

    private mutating func count(_ pending: Pending) {
        if pending.replies { account.replies += 1 }
        switch pending.kind {
        case .note: account.notes += 1
        case .reply, .accept, .set: break
        case .escalate: account.escalated += 1
        case .handBack: account.handedBack += 1
        case .resolve: account.resolved += 1
        case .pend: account.pended += 1
        case .release, .decline: account.released += 1
        }
    }
}

extension Action {
    fileprivate var repliesToCustomer: Bool {
        switch self {
        case .reply, .resolve(_, _, _, .some): true
        case .submit, .followUp, .claim, .note, .escalate, .handBack, .resolve, .pend, .release, .decline,
            .amend, .takeOver, .merge, .improve, .configure:
            false
        }
    }
}
