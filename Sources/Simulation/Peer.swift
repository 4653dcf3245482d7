import Client
import Desk
import Node
import Tickets

/// A process that talks to the broker: the real session, and what its kind needs besides.
struct Peer: Sendable {
    enum Role: Sendable {
        /// Index of the customer, person or rogue.
        case sender(Int)
        /// Index of the worker.
        case worker(Int)
    }

    let member: Plan.Member
    let role: Role
    /// Who its key says it is.
    let key: Author
    var clock: ProcessClock
    var session: BrokerSession
    var link: Link
    var isRunning = false
    /// Whether the supervisor does not start it again.
    var isRetired = false
    /// How often it was started.
    var run = 0
    var pausedUntil: Int64 = 0
    /// Frames that it has not read.
    var inbox: [[UInt8]] = []
    /// Since when nothing can leave, by its monotonic clock; nil while it can.
    var blockedSince: Int64?
    var wakeup = Wakeup()

    // Mutating so that the session is looked at where it is: reading it as a value of another module copies it, and
    // that counts a dozen references up and down, at each of a run's turns.

    mutating func isOver() -> Bool { session.isOver }

    mutating func nextDeadline() -> Int64? { session.nextDeadline }

    mutating func wantsNewConnection(now: Int64) -> Bool {
        if let blockedSince, now - blockedSince >= 5_000 { return true }
        return session.wantsNewConnection(now: now)
    }
}

/// When a process takes its next turn, with as few events as possible: one for what has happened, and one for its
/// timer, which is set anew only when it fires.
struct Wakeup: Sendable {
    /// The event for what has happened; `.max` when there is none.
    var soonAt = Int64.max
    /// The timer's event; `.max` when there is none.
    var timerAt = Int64.max
    /// When the process wants to be woken though nothing happens.
    var wantedAt = Int64.max
}

/// A node: the real logic, and handlers that decide by chance.
struct Worker: Sendable {
    let name: Name
    let line: Int
    let seats: Int
    let peer: Int
    var logic: NodeLogic
    /// What its handlers are at. Looked up by ticket only.
    var works: [TicketNumber: Assignment] = [:]
    /// Handlers that have decided since the last turn.
    var decided: [TicketNumber] = []
    /// Offers that somebody has taken since the last turn, and whether somebody is back.
    var accepted: [HeldClaim] = []
    var isBack = false
    var isAskedToDrain = false
    /// Whether it is asked to drain when a ticket is on its way to it and it has no other.
    var drainsAtGrant = false
    var chance: Chance

    // Mutating for the reason that stands at ``Peer``.

    mutating func held() -> [HeldClaim] { logic.held }

    mutating func nextDeadline() -> Int64? { logic.nextDeadline }

    mutating func hasLeft() -> Bool { logic.hasLeft }

    mutating func isAt(_ ticket: TicketNumber, _ token: Token) -> Bool { works[ticket]?.token == token }
}

/// A channel of customers, a person, or a rogue: whoever sends commands of their own.
struct Sender: Sendable {
    let number: UInt64
    let peer: Int
    var chance: Chance
    var lastCommand: UInt64 = 0
    /// Commands without an answer, in order: kept on the sender's disk, so that it can ask again after a crash.
    var open: [Command] = []
    /// Some of those that were answered, to be repeated.
    var answered: [Command] = []
    /// Tickets that it knows of.
    var tickets: [TicketNumber] = []
    /// The ticket that a person works on.
    var claim: (ticket: TicketNumber, token: Token)?

    mutating func nextID() -> CommandID {
        lastCommand += 1
        return CommandID(high: number, low: lastCommand)
    }
}
