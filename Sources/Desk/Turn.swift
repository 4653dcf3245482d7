package import Tickets

/// What one turn of the broker adds to the log, and what may be sent once that is durable.
package struct Turn: Sendable {
    package var records: [Record] = []
    package var directives: [Directive] = []

    package init() {}

    package var isEmpty: Bool { records.isEmpty && directives.isEmpty }
}

/// What the shell sends, in this order, after the turn's records are on disk.
package enum Directive: Hashable, Sendable {
    case welcome(SessionID, Welcome)
    case answer(SessionID, CommandID, Answer)
    case refuse(SessionID, CommandID, Refusal)
    /// The ticket is the session's under this token; the shell adds the conversation.
    case grant(SessionID, Grant)
    /// The session no longer holds what it thinks it holds; `isMissed` says that it is away now, because nobody there
    /// accepted an offer.
    case revoke(SessionID, TicketNumber, Token, reason: String, isMissed: Bool = false)
    case pong(SessionID)
    /// The session must say hello (again) before anything else.
    case unknownSession(SessionID)
    /// The session is over for good.
    case dismiss(SessionID, Refusal)
}

package struct Welcome: Hashable, Sendable {
    package var heartbeatMilliseconds: Int64
    package var leaseMilliseconds: Int64
    package var textBytesMax: Int
}

package struct Grant: Hashable, Sendable {
    /// The ticket as it is under this claim.
    package var ticket: Ticket
    package var leaseMilliseconds: Int64
    /// Within how long it is to be accepted; nil when it need not be.
    package var offerMilliseconds: Int64?
    /// Position of the claim in the log; a view that is at least there shows the whole conversation.
    package var position: Position
    /// Names of fields that its kind asks for and that nobody gave.
    package var lacking: [String]

    package init(ticket: Ticket, claim: Claim, position: Position, lacking: [String] = []) {
        self.ticket = ticket
        self.lacking = lacking
        leaseMilliseconds = claim.leaseMilliseconds
        offerMilliseconds = claim.offerMilliseconds
        self.position = position
    }
}

/// What happens to the broker.
package enum Input: Sendable {
    case hello(SessionID, Author, Hello?)
    case command(SessionID, Command)
    /// The commands of one frame, in order.
    case commands(SessionID, [Command])
    /// How many tickets the node is willing to hold from now on.
    case seats(SessionID, Int)
    /// A sign of life, with what the node believes it holds; renews those leases.
    case ping(SessionID, [Held])
    case goodbye(SessionID)
    /// A person reads a ticket.
    case look(SessionID, TicketNumber)
    /// The connection cannot be reached any more; its claims last until their leases end.
    case lost(SessionID)
    case intake(Circumstances.Intake)
    /// The broker itself did nothing for so long; nobody else is to suffer for it.
    case stalled(milliseconds: Int64)
}

/// What a node says of itself when it connects.
package struct Hello: Hashable, Sendable {
    package var presence: Presence
    /// What it held when the connection broke, to be reconciled.
    package var held: [Held]

    package init(presence: Presence, held: [Held]) {
        self.presence = presence
        self.held = held
    }
}

/// A claim as its holder knows it.
package struct Held: Hashable, Sendable {
    package var ticket: TicketNumber
    package var token: Token

    package init(ticket: TicketNumber, token: Token) {
        self.ticket = ticket
        self.token = token
    }
}
