/// What somebody asks of the desk. Every command is idempotent by its id.
package struct Command: Hashable, Sendable {
    package var id: CommandID
    package var action: Action

    package init(id: CommandID, action: Action) {
        self.id = id
        self.action = action
    }
}

/// The commands of the desk.
///
/// A token is the claim's, and must be the current one. `seen` is the number of the last entry of the
/// customer that the author has read.
package enum Action: Hashable, Sendable {
    indirect case submit(Submission)
    /// The customer writes again.
    case followUp(TicketNumber, body: String)
    /// A person takes a ticket by number. The lease is how long the claim holds without a further command.
    case claim(TicketNumber, leaseMilliseconds: Int64)
    /// People may leave a note without holding the claim; nodes may not.
    case note(TicketNumber, Token?, text: String)
    case reply(TicketNumber, Token, seen: UInt32, text: String)
    /// The budget is how many milliseconds of business the line is given for it; nil: as its promises say.
    case escalate(TicketNumber, Token, to: Name?, note: String, budget: Int64? = nil)
    case handBack(TicketNumber, Token, note: String)
    /// Without text the ticket is solved silently.
    case resolve(TicketNumber, Token, seen: UInt32, text: String?)
    /// Waits for the customer (`onHold` false) or for somebody else, at most until a moment.
    case pend(TicketNumber, Token, onHold: Bool, until: Moment?, reason: String)
    /// Puts the ticket back at its place; `failed` counts it as a failed claim.
    case release(TicketNumber, Token, reason: String, failed: Bool)
    /// Puts the ticket back, not to be granted to this node again.
    case decline(TicketNumber, Token, reason: String)
    /// Sets something on a ticket; see ``Amendment``. Without a token by those who do not hold it.
    case amend(TicketNumber, Token?, Amendment)
    /// A lead takes a ticket from whoever holds it.
    case takeOver(TicketNumber, leaseMilliseconds: Int64, reason: String)
    /// Ends a ticket in another one, for good: what its customer writes from now on goes there. The token is that of
    /// its claim, if somebody holds it.
    case merge(TicketNumber, Token?, into: TicketNumber)
    /// Changes what the desk is.
    indirect case configure(Reconfiguration)
    /// An improvement of the product is there: tells those who asked for it, by feedback under its topic, each once.
    case improve(topic: String, text: String)

    /// The ticket that the command is about; nil for a submission, which makes one, for an
    /// improvement and for a configuration.
    package var ticket: TicketNumber? {
        switch self {
        case .submit, .configure, .improve: nil
        case .followUp(let ticket, _), .claim(let ticket, _), .note(let ticket, _, _),
            .reply(let ticket, _, _, _),
            .escalate(let ticket, _, _, _, _), .handBack(let ticket, _, _), .resolve(let ticket, _, _, _),
            .pend(let ticket, _, _, _, _), .release(let ticket, _, _, _), .decline(let ticket, _, _),
            .amend(let ticket, _, _), .takeOver(let ticket, _, _), .merge(let ticket, _, _):
            ticket
        }
    }
}

/// What an admin wants the desk to be.
package struct Reconfiguration: Hashable, Sendable {
    /// The version that this one is to follow: if it is not the desk's any more, somebody else was faster.
    package var basis: UInt64
    /// The settings as a message `Settings`; what is wrong with them the desk says.
    package var settings: [UInt8]
    /// The text that a person wrote them as.
    package var source: String
    package var reason: String

    package init(basis: UInt64, settings: [UInt8], source: String, reason: String) {
        self.basis = basis
        self.settings = settings
        self.source = source
        self.reason = reason
    }
}

/// What the desk answers to a command that it carried out.
package struct Answer: Hashable, Sendable {
    /// 0 when the command was about no ticket.
    package var ticket: TicketNumber
    /// The ticket's token after the command: the claim's when one was granted.
    package var token: Token
    /// The position in the log at which the command's change stands; a view that is at least there shows it.
    package var position: Position
    /// For how long a new ticket is expected to wait, in milliseconds; nil where there is no telling. It is of its moment:
    /// the answer to a repeated command is without it.
    package var expectedWaitMilliseconds: Int64?
    /// How many customers are told of an improvement; also of its moment.
    package var told: UInt32?
    /// Which entry of the ticket a customer's message became; nil for a new ticket. So a request learns that it joined one
    /// that was open. Also of its moment.
    package var entry: UInt32?

    package init(ticket: TicketNumber, token: Token, position: Position) {
        self.ticket = ticket
        self.token = token
        self.position = position
    }
}
