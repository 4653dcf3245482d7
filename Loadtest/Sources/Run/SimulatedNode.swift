import Client
import Scenarios
import Tickets
import Wire
import ZeroMQ

/// One node of a fleet as the load generator plays it: a session, and what its seats hold.
struct SimulatedNode {
    enum Condition: Equatable {
        /// It is there and works.
        case working
        /// Neither reads nor writes.
        case frozen
        /// Takes nothing new, and leaves once it holds nothing.
        case draining
        /// It died or left; it may come back as a new incarnation.
        case away
        /// It will connect when its turn comes.
        case joining
    }

    /// A claim in one of its seats.
    struct Held {
        var token: Token
        /// The customer's last message that came with the grant.
        var seen: UInt32
        /// Whether the change that ends it is on its way.
        var isEnding = false
    }

    let fleet: Int
    let name: Name
    var condition = Condition.joining
    var session: BrokerSession
    var peer = Peer(rawValue: 0)
    var endpoint = ""
    var held: [TicketNumber: Held] = [:]
    /// Changes without an answer, by the lower half of their command's id.
    var ending: [UInt64: EndedClaim] = [:]
    /// What came while it was frozen, and the work that became due.
    var inbox: [FrameFromBroker] = []
    var deferred: [TicketNumber] = []
    /// When it is looked at next without anything having come, in microseconds.
    var wakesAt = Int64.max
    var isTouched = false
    /// Losses of its session that were counted, and until when they are nobody's fault but ours.
    var knownLosses = 0
    var excusedUntil: Int64 = 0
    var report: NodeReport

    var isPresent: Bool { condition == .working || condition == .frozen }

    var claims: [HeldClaim] { held.map { HeldClaim(ticket: $0.key, token: $0.value.token) } }
}
