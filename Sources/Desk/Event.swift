package import Promises
package import Tickets

/// A fact about the desk. Events are what is stored; everything else is folded from them.
///
/// An event carries what the rules concluded (the new count of failures, the line it went to), so that folding
/// is assignment and a later version of the rules reads an old log.
package enum Event: Hashable, Sendable {
    /// Set apart in memory like all that is wide, so that records stay narrow: they are copied often.
    indirect case submitted(TicketNumber, line: Name, Submission)
    /// The customer wrote; `wakes` says that the ticket waits in its line again because of it.
    case followedUp(TicketNumber, entry: UInt32, body: String, wakes: Bool)
    case claimed(TicketNumber, Token, Holder, leaseMilliseconds: Int64)
    /// The token is nil when a person left the note without holding the claim.
    case noted(TicketNumber, Token?, entry: UInt32, text: NoteText)
    case replied(TicketNumber, Token, Reply)
    /// The budget is how many milliseconds of business the line is given for it; nil: as its promises say.
    case escalated(TicketNumber, Token, to: Name, entry: UInt32, note: NoteText, budget: Int64? = nil)
    case handedBack(TicketNumber, Token, to: Name, entry: UInt32, note: NoteText)
    case resolved(TicketNumber, Token, Reply?)
    case pended(TicketNumber, Token, onHold: Bool, until: Moment?, reason: String)
    /// The time of a pending ticket came.
    case woke(TicketNumber)
    case released(TicketNumber, Token, ReleaseCause, reason: String, failures: UInt32, parks: Bool)
    case closed([TicketNumber])
    /// The desk is another from here on. Set apart in memory: most events are a tenth of it.
    indirect case configured(Configuration)
    /// Something was set on a ticket, see ``Amendment``; `lacking` is what its kind asks for and nobody has given.
    case amended(TicketNumber, Token?, Amendment, lacking: [String])
    /// The desk moved a waiting ticket: on another line it has its place by the time since which it waits. The reason says
    /// which rule or promise wanted that; it is empty when nobody took the ticket in time.
    case overflowed(TicketNumber, to: Name, reason: String)
    /// Somebody took the claim from its holder; the token is the new one.
    case tookOver(TicketNumber, Token, Holder, leaseMilliseconds: Int64, reason: String)
    /// The first ticket ended in the second.
    case merged(TicketNumber, Token?, into: TicketNumber)
    /// The desk warned of a promise, or said that it is broken; with what it wrote to the customer about it, which is no
    /// answer and stops no clock.
    indirect case alerted(TicketNumber, PromiseAlert, notice: Reply?)
    /// The desk told the customer of a new ticket that it is there, which is no answer and stops no clock.
    /// `promised` is within how many milliseconds of business it says that there is an answer; nil when it says no time.
    case acknowledged(TicketNumber, Reply, promised: Int64?)
    /// An improvement of the product is there, and those who asked for it are told; set apart in memory.
    indirect case improved(Improvement)

    /// The tickets that the event changes, in order.
    package var tickets: [TicketNumber] {
        switch self {
        case .closed(let tickets): tickets
        case .merged(let ticket, _, let target): [ticket, target]
        case .improved(let improvement): improvement.letters.map(\.ticket)
        default: ticket.map { [$0] } ?? []
        }
    }

    /// Shows each of ``tickets``, without a list of them: nearly every event is of one.
    package func eachTicket(_ body: (TicketNumber) -> Void) {
        switch self {
        case .closed(let tickets): for ticket in tickets { body(ticket) }
        case .merged(let ticket, _, let target):
            body(ticket)
            body(target)
        case .improved(let improvement): for letter in improvement.letters { body(letter.ticket) }
        default: if let ticket { body(ticket) }
        }
    }

    /// The ticket that the event is about, and that an answer to its command names; of two that are merged the one that
    /// goes on. Nil for ``closed(_:)`` and ``improved(_:)``, which change many, and for ``configured(_:)``, which changes
    /// none.
    package var ticket: TicketNumber? {
        switch self {
        case .submitted(let ticket, _, _), .followedUp(let ticket, _, _, _), .claimed(let ticket, _, _, _),
            .noted(let ticket, _, _, _), .replied(let ticket, _, _), .escalated(let ticket, _, _, _, _, _),
            .handedBack(let ticket, _, _, _, _), .resolved(let ticket, _, _), .pended(let ticket, _, _, _, _),
            .woke(let ticket), .released(let ticket, _, _, _, _, _), .amended(let ticket, _, _, _),
            .tookOver(let ticket, _, _, _, _), .merged(_, _, into: let ticket), .alerted(let ticket, _, _),
            .overflowed(let ticket, _, _), .acknowledged(let ticket, _, _):
            ticket
        case .closed, .configured, .improved: nil
        }
    }

    /// The token that the change was made under; nil for those that need none.
    package var token: Token? {
        switch self {
        case .claimed(_, let token, _, _), .replied(_, let token, _), .escalated(_, let token, _, _, _, _),
            .handedBack(_, let token, _, _, _), .resolved(_, let token, _), .pended(_, let token, _, _, _),
            .released(_, let token, _, _, _, _), .tookOver(_, let token, _, _, _):
            token
        case .noted(_, let token, _, _), .amended(_, let token, _, _), .merged(_, let token, _): token
        case .submitted, .followedUp, .woke, .closed, .configured, .alerted, .acknowledged, .overflowed,
            .improved:
            nil
        }
    }

    /// The ticket whose claim, if there is one, is over with the event.
    package var ticketLetGo: TicketNumber? {
        switch self {
        case .escalated, .handedBack, .resolved, .pended, .released, .tookOver: ticket
        case .merged(let ticket, _, _): ticket
        case .amended(let ticket, .some, .spam(true, _), _): ticket
        case .submitted, .followedUp, .claimed, .noted, .replied, .woke, .closed, .amended, .configured,
            .alerted, .acknowledged, .overflowed, .improved:
            nil
        }
    }

    /// The word in every output.
    package var word: String {
        switch self {
        case .submitted: "submitted"
        case .followedUp: "followed-up"
        case .claimed: "claimed"
        case .noted: "noted"
        case .replied: "replied"
        case .escalated: "escalated"
        case .handedBack: "handed-back"
        case .resolved: "resolved"
        case .pended: "pended"
        case .woke: "woke"
        case .overflowed: "overflowed"
        case .released(_, _, let cause, _, _, let parks): parks ? "parked" : cause.word
        case .closed: "closed"
        case .amended(_, _, let amendment, _): amendment.word
        case .tookOver: "taken-over"
        case .merged: "merged"
        case .configured: "configured"
        case .alerted(_, let alert, _): alert.word
        case .acknowledged: "acknowledged"
        case .improved: "improved"
        }
    }
}

/// A public answer, and its place in the outbox.
package struct Reply: Hashable, Sendable {
    /// Number of the entry in the ticket's conversation.
    package var entry: UInt32
    /// Number in the outbox: 1, 2, 3 … without gaps; it makes the Message-ID.
    package var outbox: UInt64
    package var text: PublicText

    package init(entry: UInt32, outbox: UInt64, text: PublicText) {
        self.entry = entry
        self.outbox = outbox
        self.text = text
    }
}

/// Why a claim ended without a result.
package enum ReleaseCause: UInt8, CaseIterable, Sendable {
    case released = 1
    case declined = 2
    /// The holder said that it failed.
    case failed = 3
    /// The lease ended.
    case expired = 4
    /// The node came back as another incarnation.
    case restarted = 5
    /// The node said goodbye.
    case left = 6
    /// Its holder did not accept it in time.
    case missed = 7

    /// Whether the ticket's count of failed claims grows.
    package var countsAsFailure: Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.leavingIsFailing), self == .left { return true }
        #endif
        return switch self {
        case .failed, .expired, .restarted: true
        case .released, .declined, .left, .missed: false
        }
    }

    /// The word in every output.
    package var word: String {
        switch self {
        case .released: "released"
        case .declined: "declined"
        case .failed: "failed"
        case .expired: "expired"
        case .restarted: "restarted"
        case .left: "left"
        case .missed: "missed"
        }
    }
}

/// One entry of the log: an event, when it happened, who caused it and by which command.
package struct Record: Hashable, Sendable {
    package var position: Position
    package var at: Moment
    package var author: Author
    /// Nil for what the desk did by itself.
    package var command: CommandStamp?
    package var event: Event

    package init(position: Position, at: Moment, author: Author, command: CommandStamp?, event: Event) {
        self.position = position
        self.at = at
        self.author = author
        self.command = command
        self.event = event
    }
}

/// A command's id with a digest of its content, so that the same id with other content is noticed.
package struct CommandStamp: Hashable, Sendable {
    package var id: CommandID
    package var fingerprint: UInt64

    package init(id: CommandID, fingerprint: UInt64) {
        self.id = id
        self.fingerprint = fingerprint
    }
}
