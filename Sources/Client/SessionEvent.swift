package import Tickets
package import Wire

/// What a ``BrokerSession`` learned from a frame.
package enum SessionEvent: Sendable {
    /// The broker let the session in, for the first time or again. Everything unanswered is sent again.
    case welcomed(SessionWelcome)
    /// A command has its answer; there is no second one.
    case answered(CommandID, Result<Answer, Refusal>)
    /// The ticket is this node's under the grant's token.
    case granted(GrantMessage)
    /// A claim is over. Whatever is still sent under its token changes nothing.
    case revoked(HeldClaim, reason: String, isMissed: Bool)
    /// A question has its answer.
    case queryResult(UInt64, Result<ProtoQueryResult, Refusal>)
    /// The session is over for good: nothing will be sent or answered any more.
    case dismissed(Refusal)
}
