package import Client
package import Tickets

/// What ``NodeLogic`` wants its shell to do, in this order.
package enum NodeDirective: Hashable, Sendable {
    /// Give the ticket to the handler.
    case start(Assignment)
    /// Stop the handler's work on it; the claim is over.
    case cancel(HeldClaim)
    /// The broker let the node in for the first time.
    case announceReady(SessionWelcome)
    case log(NodeOccurrence)
}

/// Something that happened at a node and may be worth a line in its log. Ids and reasons, no text of a
/// ticket.
package enum NodeOccurrence: Hashable, Sendable {
    case connected(SessionWelcome, held: Int)
    case connectionLost(held: Int)
    case dismissed(Refusal)
    case granted(HeldClaim)
    case settled(HeldClaim, CommandKind, milliseconds: Int64)
    /// Another one has, or may have, the ticket: whatever was done for it here is dropped.
    case leaseLost(HeldClaim, reason: String, holder: String?, token: Token?)
    /// The broker ended a claim under which a command is on its way; the command's answer tells what became
    /// of it.
    case endedOnTheWay(HeldClaim)
    /// The decision could not be carried out; the ticket goes back.
    case refused(HeldClaim, CommandKind, Refusal)
    case customerWroteAgain(HeldClaim, entry: UInt32?)
    case handlerFailed(HeldClaim, reason: String)
    /// The handler cannot start work, so that the node takes none; it is looked at again after so long.
    case outOfOrder(reason: String, pauseMilliseconds: Int64)
    /// It can again.
    case inOrder
    case draining(held: Int)
    /// The grace is over; the handlers still at work are stopped.
    case drainCut(held: Int)
    case left(abandoned: Int)
}

/// What a command of a node is called in logs.
package enum CommandKind: String, Hashable, Sendable {
    case note, reply, escalate
    case handBack = "hand-back"
    case resolve, pend, release, decline
    /// Of an offer.
    case accept
    /// Of a field.
    case set

    init?(_ action: Action) {
        switch action {
        case .amend(_, _, .accepted): self = .accept
        case .amend: self = .set
        case .submit, .followUp, .claim, .takeOver, .merge, .improve, .configure: return nil
        case .note: self = .note
        case .reply: self = .reply
        case .escalate: self = .escalate
        case .handBack: self = .handBack
        case .resolve: self = .resolve
        case .pend: self = .pend
        case .release: self = .release
        case .decline: self = .decline
        }
    }

    /// Whether its success ends the claim.
    var endsClaim: Bool {
        switch self {
        case .note, .reply, .accept, .set: false
        case .escalate, .handBack, .resolve, .pend, .release, .decline: true
        }
    }
}
