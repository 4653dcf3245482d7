package import Client
package import Tickets
import Wire

/// What a node does with its claims: starts work, turns decisions into commands, drops what is lost, drains.
///
/// A value above ``BrokerSession``, without socket, clock, logger or chance: times come in as microseconds of
/// a clock that does not go back, and the same calls give the same commands and directives. The shell gives
/// it each event of the session, the handlers' decisions, and a ``tick(_:now:into:)`` at the end of every
/// turn.
package struct NodeLogic: Sendable {
    package struct Settings: Hashable, Sendable {
        package var identity: NodeIdentity
        /// How long handlers may go on once the node drains.
        package var drainGraceMilliseconds: Int64
        /// How long the answers to the last releases are waited for after that.
        package var partingMilliseconds: Int64 = 5_000
        /// After how long a handler that could not start work is looked at again; each time that it could not, though it
        /// looked as if it could, twice as long, up to the most.
        package var outageMilliseconds: Int64 = 5_000
        package var outageMillisecondsMax: Int64 = 60_000
        /// Whether whatever is offered is accepted at once: not where somebody is asked first.
        package var acceptsAtOnce = true
        /// Makes the ids of this run's commands unlike those of any other; a random number.
        package var commandSeed: UInt64

        package init(identity: NodeIdentity, drainGraceMilliseconds: Int64 = 30_000, commandSeed: UInt64) {
            self.identity = identity
            self.drainGraceMilliseconds = drainGraceMilliseconds
            self.commandSeed = commandSeed
        }
    }

    /// A ticket that the node holds.
    struct Work: Sendable {
        var claim: HeldClaim
        /// The customer's last message that the handler was given.
        var seen: UInt32
        var grantedMicroseconds: Int64
        /// Whether a handler is at it; else it was decided.
        var isWorking = true
        /// Whether it was offered, and whether it is still to be accepted.
        var wasOffered = false
        var isOffer = false
        /// Commands still to be sent, the next one last.
        var remaining: [Action] = []
    }

    /// A command that has no answer.
    struct Pending: Sendable {
        var claim: HeldClaim
        var kind: CommandKind
        /// Whether it carries a reply to the customer.
        var replies: Bool
        /// Whether the claim was offered.
        var wasOffered: Bool
        var grantedMicroseconds: Int64
        var sentMicroseconds: Int64
    }

    enum Phase: Hashable, Sendable {
        case serving
        /// Until the microsecond handlers may go on.
        case draining(until: Int64)
        /// Handlers were stopped; until the microsecond answers are waited for.
        case parting(until: Int64)
    }

    package let settings: Settings
    package internal(set) var account = NodeAccount()
    package internal(set) var latencies = NodeLatencies()
    var works: [TicketNumber: Work] = [:]
    var pendings: [CommandID: Pending] = [:]
    var phase = Phase.serving
    /// While the handler cannot start work; nil while it can.
    var outage: Outage?
    /// Of the next outage, until some work was done.
    var outagePauseMilliseconds: Int64
    var lastCommand: UInt64 = 0
    var lossesSeen = 0
    var wasReady = false
    package internal(set) var hasLeft = false
    var metricsSequence: UInt64 = 0
    /// Why the broker will have nothing more to do with the node; nil unless it said so.
    package internal(set) var dismissal: Refusal?

    package init(_ settings: Settings) {
        self.settings = settings
        outagePauseMilliseconds = settings.outageMilliseconds
    }

    /// The claims that the node still works on, by ticket.
    package var held: [HeldClaim] {
        works.values.map(\.claim).sorted { $0.ticket < $1.ticket }
    }

    package var heldCount: Int { works.count }

    /// Takes what the session learned.
    package mutating func take(
        _ event: SessionEvent, _ session: inout BrokerSession, now: Int64,
        into directives: inout [NodeDirective]
    ) {
        switch event {
        case .welcomed(let welcome):
            directives.append(.log(.connected(welcome, held: works.count)))
            if !wasReady {
                wasReady = true
                directives.append(.announceReady(welcome))
            }
        case .granted(let grant):
            // One that makes no sense is not worked on, so its lease ends, and the ticket goes to another.
            guard let assignment = Assignment(grant) else { return }
            take(assignment, &session, now, into: &directives)
        case .revoked(let claim, let reason, let isMissed):
            // What nobody was asked about says nothing of whether somebody is there.
            if isMissed, works[claim.ticket]?.claim != claim { comeBack(&session) }
            lose(claim, reason, &session, into: &directives)
        case .answered(let id, let result):
            settle(id, result, &session, now, into: &directives)
        case .dismissed(let refusal):
            dismissal = refusal
            directives.append(.log(.dismissed(refusal)))
            for claim in held { directives.append(.cancel(claim)) }
            works = [:]
            pendings = [:]
        case .queryResult:
            break
        }
    }

    /// Takes a handler's decision; that of a claim that is over is dropped. Wake-ups are counted from `wall`.
    package mutating func finish(
        _ claim: HeldClaim, _ decision: Decision, wall: Moment, _ session: inout BrokerSession, now: Int64,
        into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], work.claim == claim, work.isWorking else { return }
        outagePauseMilliseconds = settings.outageMilliseconds
        let scope = Decision.Scope(ticket: claim.ticket, token: claim.token, seen: work.seen)
        decide(claim, decision.actions(scope, wall: wall), &session, now, into: &directives)
    }

    /// Takes a handler's failure: the ticket goes back as a failed claim.
    package mutating func fail(
        _ claim: HeldClaim, reason: String, _ session: inout BrokerSession, now: Int64,
        into directives: inout [NodeDirective]
    ) {
        guard let work = works[claim.ticket], work.claim == claim, work.isWorking else { return }
        account.handlerFailures += 1
        directives.append(.log(.handlerFailed(claim, reason: reason)))
        release(claim, reason, failed: true, &session, now, into: &directives)
    }

    private mutating func take(
        _ assignment: Assignment, _ session: inout BrokerSession, _ now: Int64,
        into directives: inout [NodeDirective]
    ) {
        let claim = HeldClaim(ticket: assignment.number, token: assignment.token)
        if let old = works[claim.ticket] {
            guard old.claim.token < claim.token else {
                account.duplicateGrants += 1
                return
            }
            drop(old, &session, into: &directives)
        }
        account.claims += 1
        let isOffer = assignment.offerMilliseconds != nil
        works[claim.ticket] = Work(
            claim: claim, seen: assignment.lastMessage, grantedMicroseconds: now, wasOffered: isOffer,
            isOffer: isOffer)
        directives.append(.log(.granted(claim)))
        switch phase {
        case .serving where isOutOfOrder:
            release(claim, "the node cannot start work", failed: false, &session, now, into: &directives)
        case .serving:
            if settings.acceptsAtOnce { accept(claim, &session, now: now, into: &directives) }
            directives.append(.start(assignment))
        case .draining, .parting:
            release(claim, "the node is draining", failed: false, &session, now, into: &directives)
        }
    }
}
