package import Desk
package import Tickets

/// What a batch of turns changes in the rows of the view: assignments, so that one write a ticket is enough however
/// many of its events are in the batch.
package struct Projection: Sendable {
    /// One for each ticket that changed, in order of first change.
    package var tickets: [TicketChange] = []
    /// Replies that go to their customers, in order of number.
    package var outbox: [OutboxChange] = []
    /// What each run of a node did in these turns, to be added to its row; in order of first use.
    package var tallies: [NodeTally] = []
    /// What the desk became, in order.
    package var settings: [SettingsChange] = []

    package init() {}
}

/// The desk is another from a moment on.
package struct SettingsChange: Sendable {
    package var settings: DeskSettings
    package var at: Moment

    package init(settings: DeskSettings, at: Moment) {
        self.settings = settings
        self.at = at
    }
}

/// What happens to the row of one ticket.
package struct TicketChange: Hashable, Sendable {
    package var number: TicketNumber
    /// How the new ticket began; nil when it has its row already.
    package var opening: Opening?
    /// What is to be in the row.
    package var state: TicketState
    /// Whether the owner is another than in the row, by whom rows are found.
    package var hasNewOwner = false
    /// Whether figures count something that is new.
    package var hasNewCourse = false
    /// Where the changes stand in the log, in order.
    package var positions: [Position] = []
    /// New items of the conversation, in order.
    package var entries: [EntryRow] = []

    package init(number: TicketNumber, state: TicketState) {
        self.number = number
        self.state = state
        // Submitted, claimed and solved within one fold is what happens most, when much happens.
        positions.reserveCapacity(3)
        entries.reserveCapacity(2)
    }

    /// Whether the ticket has no row yet.
    package var isNew: Bool {
        if case nil = opening { false } else { true }
    }

    package struct Opening: Hashable, Sendable {
        package var submission: Submission
        package var at: Moment
    }
}

extension TicketRow {
    /// The row of a new ticket.
    package init(_ number: TicketNumber, _ opening: TicketChange.Opening, _ state: TicketState) {
        self.init()
        self.number = number
        priority = opening.submission.priority
        channel = opening.submission.channel
        customer = opening.submission.customer
        subject = opening.submission.subject
        kind = opening.submission.kind
        tags = opening.submission.tags
        fields = opening.submission.fields
        created = opening.at
        assign(state)
    }
}

/// A reply for the outbox. Channel and customer are those that the ticket was submitted with.
package struct OutboxChange: Hashable, Sendable {
    package var number: UInt64
    package var ticket: TicketNumber
    package var entry: UInt32
    package var at: Moment

    package init(number: UInt64, ticket: TicketNumber, entry: UInt32, at: Moment) {
        self.number = number
        self.ticket = ticket
        self.entry = entry
        self.at = at
    }
}

/// One run of a node.
package struct NodeRun: Hashable, Sendable {
    package var node: Name
    package var incarnation: UInt64

    package init(node: Name, incarnation: UInt64) {
        self.node = node
        self.incarnation = incarnation
    }
}

extension NodeTally {
    package var run: NodeRun { NodeRun(node: node, incarnation: incarnation) }

    /// Adds what the same run did later.
    package mutating func add(_ later: NodeTally) {
        claims &+= later.claims
        notes &+= later.notes
        replies &+= later.replies
        escalated &+= later.escalated
        handedBack &+= later.handedBack
        resolved &+= later.resolved
        pended &+= later.pended
        released &+= later.released
    }
}
