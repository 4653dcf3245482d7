import DequeModule
import Tickets
import ZeroMQ

/// Who gets what on the bare path: one queue of tickets, and nodes with free seats. The first gets the first.
struct BareLine {
    static let name: Name = "line-one"

    struct Ticket {
        var number: TicketNumber
        var submission: Submission
        var since: Moment
    }

    struct Node {
        var name: Name
        var incarnation: UInt64
        var freeSeats: Int
    }

    private var waiting: Deque<Ticket> = []
    private var nodes: [Peer: Node] = [:]
    /// Nodes with a free seat, the longest idle first; each stands there once.
    private var idle: Deque<Peer> = []
    private var lastNumber: UInt64 = 0

    /// Puts a ticket at the end and returns its number: 1, 2, 3 …
    mutating func append(_ submission: Submission, at moment: Moment) -> TicketNumber {
        lastNumber += 1
        let number = TicketNumber(lastNumber)
        waiting.append(Ticket(number: number, submission: submission, since: moment))
        return number
    }

    mutating func add(_ node: Node, at peer: Peer) {
        nodes[peer] = node
        if node.freeSeats > 0 { idle.append(peer) }
    }

    /// Frees one seat of a node.
    mutating func freeSeat(of peer: Peer) {
        guard let free = nodes[peer]?.freeSeats else { return }
        nodes[peer]?.freeSeats = free + 1
        if free == 0 { idle.append(peer) }
    }

    /// Takes the next ticket off the queue and gives it a seat; nil when there is no ticket or no seat.
    mutating func grantNext() -> (peer: Peer, node: Node, ticket: Ticket)? {
        guard !waiting.isEmpty, let peer = idle.popFirst(), let node = nodes[peer],
            let ticket = waiting.popFirst()
        else { return nil }
        nodes[peer]?.freeSeats = node.freeSeats - 1
        if node.freeSeats > 1 { idle.append(peer) }
        return (peer, node, ticket)
    }
}
