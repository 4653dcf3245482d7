import DequeModule
import HeapModule
import Tickets

/// A ticket's place in a line.
struct Waiting: Hashable, Comparable, Sendable {
    /// When it began to wait, less its priority's head start: the earliest comes first.
    var key: Moment
    var number: TicketNumber
    var since: Moment
    /// The ticket's assignments when it began this wait; tells this wait from an earlier or a later one.
    var assignments: UInt32

    static func < (a: Waiting, b: Waiting) -> Bool { (a.key, a.number) < (b.key, b.number) }

    func isStill(_ ticket: borrowing Ticket) -> Bool {
        ticket.place == .waiting && ticket.assignments == assignments
    }
}

/// The tickets that wait in one line, in order.
///
/// New tickets come in the order of time, so within a priority they are a queue: O(1) in and out however many
/// wait. Those that come back to an old place go through a heap. Tickets that some node declined are kept
/// apart, by who declined them, so that nobody ever scans past what they cannot have. A ticket that left by
/// another way (claimed by number) is skipped when its turn comes; its number is looked up in the desk, which
/// is the truth.
struct Room: Sendable {
    private var fresh: [Deque<Waiting>]
    private var returned: [Heap<Waiting>]
    /// In order of first decline; a handful, because a few declines park a ticket.
    private var declined: [Declined] = []
    /// Entries in memory; those of tickets that left another way are among them until they are dropped.
    private(set) var count = 0

    /// Tickets of one priority that the same nodes declined.
    private struct Declined: Sendable {
        var nodes: [Name]
        var level: Int
        var tickets: Heap<Waiting>
    }

    init() {
        fresh = Priority.allCases.map { _ in [] }
        returned = Priority.allCases.map { _ in Heap() }
    }

    mutating func add(_ ticket: borrowing Ticket, _ waiting: Waiting) {
        count += 1
        let level = Int(ticket.priority.rawValue) - 1
        if !ticket.declined.isEmpty {
            addDeclined(waiting, level, by: ticket.declined)
        } else if let last = fresh[level].last, waiting < last {
            returned[level].insert(waiting)
        } else {
            fresh[level].append(waiting)
        }
    }

    /// The first ticket that `node` may have, left in place.
    mutating func first(for node: Name, in tickets: TicketMap<Ticket>) -> Waiting? {
        dropGone(tickets)
        var best: Waiting?
        for level in fresh.indices {
            best = earlier(best, fresh[level].first)
            best = earlier(best, returned[level].min)
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.declinedForgotten) {
                for group in declined { best = earlier(best, group.tickets.min) }
            }
        #endif
        for group in declined where !group.nodes.contains(node) {
            best = earlier(best, group.tickets.min)
        }
        return best
    }

    /// About the first tickets of the line, at most `limit` of each priority and in no strict order: those whose
    /// conversations should be at hand. Those that left another way may be among them.
    func upcoming(_ limit: Int) -> [TicketNumber] {
        fresh.flatMap { $0.prefix(limit).map(\.number) }
            + returned.flatMap { $0.unordered.prefix(limit).map(\.number) }
    }

    /// Whether some waiting ticket was declined by somebody, so that nodes differ in what they may have.
    var hasDeclined: Bool { !declined.isEmpty }

    /// Groups of tickets that the same nodes declined; each is looked at for every grant.
    var declinedGroupCount: Int { declined.count }

    /// Milliseconds for which the longest waiting ticket has waited; nil when none waits.
    mutating func oldestMilliseconds(at now: Moment, in tickets: TicketMap<Ticket>) -> Int64? {
        dropGone(tickets)
        // Within a priority the order is that of time, so each queue's oldest is its first.
        var firsts = fresh.map(\.first) + returned.map(\.min)
        for group in declined { firsts.append(group.tickets.min) }
        return firsts.compactMap { $0?.since }.min().map { now.milliseconds(since: $0) }
    }

    /// Forgets all entries of tickets that left another way. O(n).
    mutating func compact(_ tickets: TicketMap<Ticket>) {
        func isGone(_ waiting: Waiting) -> Bool { tickets.look(at: waiting.number, waiting.isStill) != true }
        for level in fresh.indices {
            fresh[level].removeAll(where: isGone)
            returned[level].removeAll(where: isGone)
        }
        for index in declined.indices { declined[index].tickets.removeAll(where: isGone) }
        declined.removeAll { $0.tickets.isEmpty }
        count = declined.reduce(0) { $0 + $1.tickets.count }
        for level in fresh.indices { count += fresh[level].count + returned[level].count }
    }

    private mutating func addDeclined(_ waiting: Waiting, _ level: Int, by nodes: [Name]) {
        let nodes = nodes.sorted()
        if let index = declined.firstIndex(where: { $0.level == level && $0.nodes == nodes }) {
            declined[index].tickets.insert(waiting)
        } else {
            declined.append(Declined(nodes: nodes, level: level, tickets: [waiting]))
        }
    }

    private func earlier(_ a: Waiting?, _ b: Waiting?) -> Waiting? {
        guard let a else { return b }
        guard let b else { return a }
        return min(a, b)
    }

    private mutating func dropGone(_ tickets: TicketMap<Ticket>) {
        func isGone(_ waiting: Waiting) -> Bool { tickets.look(at: waiting.number, waiting.isStill) != true }
        for level in fresh.indices {
            while let head = fresh[level].first, isGone(head) {
                fresh[level].removeFirst()
                count -= 1
            }
            while let head = returned[level].min, isGone(head) {
                returned[level].removeMin()
                count -= 1
            }
        }
        guard !declined.isEmpty else { return }
        for index in declined.indices {
            while let head = declined[index].tickets.min, isGone(head) {
                declined[index].tickets.removeMin()
                count -= 1
            }
        }
        declined.removeAll { $0.tickets.isEmpty }
    }
}
