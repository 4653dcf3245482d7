/// What a customer sends to open a ticket. All text is valid UTF-8; bounds are in ``Limits``.
package struct Submission: Hashable, Sendable {
    package var channel: Name
    /// The customer's address or id on that channel.
    package var customer: String
    package var subject: String
    package var body: String
    /// The kind of request, for example `cancel_order`; nil when nobody said.
    package var kind: String?
    package var priority: Priority
    package var tags: [String]
    package var fields: [Field]
    /// The ticket that it comes from; nil for one that stands for itself.
    package var origin: Origin?
    /// How many other tickets of its customer were open when it came; counted by a desk that is fair between them.
    package var others: UInt32 = 0
    /// Who solved its customer's last ticket; told by a desk that gives customers to whoever knows them.
    package var familiar: Name?
    /// For how long the desk thought, when it came, that it would wait until somebody takes it; nil where it gives no
    /// estimates, or knew too little.
    package var expectedWaitMilliseconds: Int64?
    /// In which of the desk's groups of customers its customer was when it came; nil: in none.
    package var group: String?
    /// See ``ruling``.
    var keptRuling = KeptRuling.none

    package init(
        channel: Name, customer: String, subject: String, body: String, kind: String? = nil,
        priority: Priority = .normal, tags: [String] = [], fields: [Field] = [], origin: Origin? = nil
    ) {
        self.channel = channel
        self.customer = customer
        self.subject = subject
        self.body = body
        self.kind = kind
        self.priority = priority
        self.tags = tags
        self.fields = fields
        self.origin = origin
    }
}

/// What a ticket has to do with the one that it comes from.
package struct Origin: Hashable, Sendable {
    package enum Cause: UInt8, CaseIterable, Sendable {
        /// The customer writes about that ticket again. It is a message of that ticket as long as that can be reopened,
        /// and a new ticket afterwards.
        case follows = 1
        /// A second matter in that ticket, which gets a ticket of its own.
        case split = 2
        /// A part of that ticket, which is not solved before this one is.
        case child = 3
    }

    package var ticket: TicketNumber
    package var cause: Cause

    package init(ticket: TicketNumber, cause: Cause) {
        self.ticket = ticket
        self.cause = cause
    }
}

/// A named value that came with a request, for example an order number.
package struct Field: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// One item of a ticket's conversation is a message, a reply or a note, numbered 1, 2, 3 … in the ticket.
package enum EntryKind: UInt8, CaseIterable, Sendable {
    /// What the customer wrote. Public.
    case message = 1
    /// What the desk answered. Public, and in the outbox.
    case reply = 2
    /// Internal: no customer ever sees one.
    case note = 3

    /// The word in every output.
    package var word: String {
        switch self {
        case .message: "message"
        case .reply: "reply"
        case .note: "note"
        }
    }
}
