package import Tickets

/// What decisions need to know of one ticket. Texts are not here: a million open tickets is a normal day.
package struct Ticket: Hashable, Sendable {
    package var number: TicketNumber
    /// The line that it waits in or is worked on by.
    package var line: Name
    package var priority: Priority
    package var status: Status = .new
    package var place: Place = .waiting
    /// Whether it waits for its owner rather than for anybody on the line.
    package var isForOwner = false
    /// When it began to wait; kept when it comes back, so that it keeps its place.
    package var since: Moment
    package var token = Token(0)
    /// Who answers to the customer until the end; nil before the first claim.
    package var owner: Name?
    /// When a pending ticket wakes by itself; nil when only the customer wakes it.
    package var wakes: Moment?
    /// Claims that ended by a failure since a person last took the ticket.
    package var failures: UInt32 = 0
    /// Claims in the ticket's life. Tells two waits of one ticket apart.
    package var assignments: UInt32 = 0
    package var escalations: UInt32 = 0
    /// Items of the conversation.
    package var entries: UInt32 = 0
    /// Number of the last entry that whoever answers must have read: the customer's last message, or a later reply that
    /// was given under a claim which is over.
    package var lastMessage: UInt32 = 0
    /// Events of this ticket.
    package var revision: UInt32 = 0
    /// A digest of whose ticket it is; see ``Customers/digest(_:)``.
    package var customer: UInt64 = 0
    /// Where the ticket was escalated from, innermost last; empty when it is with its owner's line.
    package var frames: [Name] = []
    /// Nodes that declined it during this wait.
    package var declined: [Name] = []

    package init(number: TicketNumber, line: Name, priority: Priority, since: Moment) {
        self.number = number
        self.line = line
        self.priority = priority
        self.since = since
    }

    /// Whether the customer still waits for the desk, now or later.
    package var isOpen: Bool { status != .solved && status != .closed && place != .spam }
}

/// A claim in force.
package struct Claim: Hashable, Sendable {
    package var token: Token
    package var holder: Holder
    package var leaseMilliseconds: Int64
    /// How long its holder had, or has, to accept it; nil when they have, or need not.
    package var offerMilliseconds: Int64?
    /// When it was granted.
    package var at: Moment
    /// Number of the holder's last reply under it; 0 before the first.
    package var lastReply: UInt32 = 0
    /// Whether its holder became the ticket's owner by it: there was none.
    package var makesOwner = false

    package init(token: Token, holder: Holder, leaseMilliseconds: Int64, at: Moment) {
        self.token = token
        self.holder = holder
        self.leaseMilliseconds = leaseMilliseconds
        self.at = at
    }

    /// How long it holds without a sign of life, or of acceptance.
    var termMilliseconds: Int64 { offerMilliseconds ?? leaseMilliseconds }
}
