import HeapModule
package import Tickets

/// Who is here: the connected nodes and people, their free seats, the leases, and the lines as queues.
///
/// None of it is stored. After a restart the lines are built from the desk, every lease starts anew, and nodes
/// come back by themselves.
package struct Floor: Sendable {
    /// Changed by ``enter(_:)`` and ``leave(_:)``; only what a session is about is changed in place.
    var sessions: [SessionID: Session] = [:]
    /// How many sessions each key has.
    private(set) var sessionCounts: [Name: Int] = [:]
    /// The session of each connected node.
    var nodes: [Name: SessionID] = [:]
    var rooms = LineMap<Room>()
    /// Handed-back tickets that wait for their owner, by owner.
    var reserved: [Name: Heap<Waiting>] = [:]
    /// When each claim's lease ends, in serving time.
    var leaseEnds = TicketMap<Moment>()
    /// The earliest timer set for a holder's leases, so that there is one a holder and not one a ticket.
    var leaseTimers: [Name: Moment] = [:]
    /// Sessions with a free seat, by line.
    var ready = LineMap<IdleQueue>()
    /// What whoever was first in turn lately had been given, on lines where the least worked is first; how many were
    /// given at all, where each has their turn.
    var worked = LineMap<Int64>()
    /// What nodes know; those that know the same have the same index here, and nothing is first.
    var talents: [[Skill]] = [[]]
    var timers = Heap<Timer>()
    /// Timers whose time is measured while the broker serves; a stall of the broker does not count.
    var servingTimers = Heap<Timer>()
    /// How many timers there may be before those that no longer matter are swept out.
    var timersMax = Floor.timersAtLeast
    var servingTimersMax = Floor.timersAtLeast
    static let timersAtLeast = 1_024
    /// When the solved ticket that closes next does; nil while none is solved. A timer for another moment is void.
    var closes: Moment?
    /// When something is to be said next of each ticket that was promised something. A timer for an earlier moment is
    /// void.
    var promised = TicketMap<Moment>()
    /// How fast each line is taken from; none in a desk that gives no estimates, and all anew after a start.
    var paces = LineMap<Pace>()
    /// How many of a line's answers came in time lately, where answers are promised.
    var levels = LineMap<ServiceLevel>()
    /// Nodes that said goodbye and have not come back: nothing is kept for them.
    var gone: Set<Name> = []
    /// Who is at which ticket; those who left are among them until they are swept out.
    var onlookers: [TicketNumber: [Onlooker]] = [:]
    var onlookersMax = Floor.timersAtLeast
    /// How long the broker was stalled in all. Leases and silence are judged on time less this.
    var stalledMilliseconds: Int64 = 0
    /// Lately refused commands.
    var refusals = RefusalBook()
    /// Sessions that got a free seat, or whose reserved tickets changed, in this turn.
    var touched: [SessionID] = []

    /// Puts a session on the floor, in the place of the one that it had.
    mutating func enter(_ session: Session) {
        leave(session.id)
        sessions[session.id] = session
        sessionCounts[session.author.key, default: 0] += 1
    }

    @discardableResult
    mutating func leave(_ id: SessionID) -> Session? {
        guard let session = sessions.removeValue(forKey: id) else { return nil }
        let key = session.author.key
        sessionCounts[key, default: 1] -= 1
        if sessionCounts[key] == 0 { sessionCounts[key] = nil }
        return session
    }
}

/// A connected peer.
package struct Session: Sendable {
    package var id: SessionID
    package var author: Author
    /// Nil for a client or a person.
    package var node: Presence?
    /// In serving time.
    package var lastHeard: Moment
    /// When its silence is judged next, in serving time; a timer for another time is of an earlier session.
    var silenceAt = Moment.zero

    package init(id: SessionID, author: Author, node: Presence?, lastHeard: Moment) {
        self.id = id
        self.author = author
        self.node = node
        self.lastHeard = lastHeard
    }

    /// Who the session is as the holder of claims.
    package var holder: Holder {
        if let node { return Holder(node: node.name, incarnation: node.incarnation) }
        return Holder(node: author.key, incarnation: 0, agent: author.agent)
    }
}

/// A node on the floor.
package struct Presence: Hashable, Sendable {
    package var name: Name
    /// Grows with every start of the node.
    package var incarnation: UInt64
    package var line: Name
    /// How many tickets it is willing to hold at a time; 0 while it drains.
    package var seats: Int
    package var shift: String
    /// When it connected.
    package var since: Moment
    /// Whether it missed an offer, so that it is given nothing until it says that it is back.
    package internal(set) var isAway = false
    var isReady = false
    /// See ``Floor/talents``.
    var talent = 0
    /// Points of seats that it was given, or its last turn; whoever joins begins with what the others have.
    var worked: Int64 = 0

    package init(
        name: Name, incarnation: UInt64, line: Name, seats: Int, shift: String = "", since: Moment = .zero,
        isAway: Bool = false
    ) {
        self.name = name
        self.incarnation = incarnation
        self.line = line
        self.seats = seats
        self.shift = shift
        self.since = since
        self.isAway = isAway
    }
}

/// Something to look at when its time comes; whether it still matters is judged then.
struct Timer: Hashable, Comparable, Sendable {
    var at: Moment
    var subject: Subject

    enum Subject: Hashable, Sendable {
        case leases(Name)
        case silence(SessionID)
        case wake(TicketNumber)
        /// A ticket waits for its owner.
        case reservation(TicketNumber, owner: Name, assignments: UInt32)
        /// A ticket that was declined waits for a node that has not declined it. `isAlone` says that there was
        /// none when it was looked at before.
        case declined(TicketNumber, assignments: UInt32, isAlone: Bool)
        /// A ticket may be for more than those with the skills that it prefers.
        case relaxation(TicketNumber, assignments: UInt32)
        /// A ticket may have waited on its line for long enough.
        case overflow(TicketNumber)
        /// A solved ticket may be closed.
        case closing
        /// A ticket's promises ask for something.
        case promises(TicketNumber)
    }

    static func < (a: Timer, b: Timer) -> Bool {
        if a.at != b.at { return a.at < b.at }
        let (left, right) = (a.rank, b.rank)
        return left.kind == right.kind && left.number == right.number
            ? (left.name, left.detail) < (right.name, right.detail)
            : (left.kind, left.number) < (right.kind, right.number)
    }

    /// Makes the order total, so that equal times fire in the same order everywhere.
    private var rank: (kind: Int, number: UInt64, name: String, detail: UInt32) {
        switch subject {
        case .leases(let name): (0, 0, name.text, 0)
        case .silence(let session): (1, session.rawValue, "", 0)
        case .wake(let ticket): (2, ticket.rawValue, "", 0)
        case .reservation(let ticket, let owner, let wait): (3, ticket.rawValue, owner.text, wait)
        case .declined(let ticket, let wait, let isAlone): (4, ticket.rawValue, isAlone ? "alone" : "", wait)
        case .closing: (5, 0, "", 0)
        case .promises(let ticket): (6, ticket.rawValue, "", 0)
        case .overflow(let ticket): (8, ticket.rawValue, "", 0)
        case .relaxation(let ticket, let wait): (7, ticket.rawValue, "", wait)
        }
    }
}
