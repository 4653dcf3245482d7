import DequeModule
import HeapModule
import Tickets

/// A ticket's place in a line.
struct Waiting: Hashable, Comparable, Sendable {
    /// See `LinePolicy`: the earliest comes first.
    var key: Moment
    var number: TicketNumber
    /// With the assignments this tells this wait from an earlier or a later one: what a rule set aside and its customer
    /// opened again waits anew without having been assigned.
    var since: Moment
    /// The ticket's assignments when it began this wait.
    var assignments: UInt32
    /// The ticket's when it was put here; at another one it has another place.
    var priority: Priority

    static func < (a: Waiting, b: Waiting) -> Bool { (a.key, a.number) < (b.key, b.number) }

    func isStill(_ ticket: borrowing Ticket) -> Bool {
        ticket.place == .waiting && ticket.assignments == assignments && ticket.priority == priority
            && ticket.since == since
    }
}

/// The tickets that wait in one line, in order.
///
/// New tickets come in the order of time, so within a priority they are a queue: O(1) in and out however many
/// wait. Those that come back to an old place go through a heap. Tickets that not everybody may have are kept
/// apart, by who declined them and by the skills that they ask for, so that nobody ever scans past what they
/// cannot have. A ticket that left by another way (claimed by number) is skipped when its turn comes; its number
/// is looked up in the desk, which is the truth.
struct Room: Sendable {
    /// A ticket may have gone on to another.
    private let line: Name
    private(set) var fresh: [Deque<Waiting>]
    private(set) var returned: [Heap<Waiting>]
    /// In order of first use; a handful, because a few declines park a ticket, and rules ask for few sets of skills.
    private(set) var apart: [Apart] = []
    /// Of a line whose order within a priority is not that of time; nil of others, which it costs nothing.
    private var ranking: Ranking?
    /// Entries in the queues.
    private var queued = 0
    /// Entries in memory; those of tickets that left another way are among them until they are dropped.
    var count: Int { max(queued, ranking?.elderCount ?? 0) }

    /// Tickets of one priority that the same nodes may have.
    struct Apart: Sendable {
        /// Nodes that declined them.
        var declined: [Name]
        /// What they ask for; nil: nothing.
        var demands: Demands?
        var level: Int
        var tickets: Heap<Waiting>

        func isFor(_ node: Name, with skills: [Skill]) -> Bool {
            !declined.contains(node) && demands?.firstLacking(in: skills) == nil
        }
    }

    init(of line: Name, isRanked: Bool = false) {
        self.line = line
        fresh = Priority.allCases.map { _ in [] }
        returned = Priority.allCases.map { _ in Heap() }
        if isRanked { ranking = Ranking() }
    }

    /// Puts a ticket in its place; from another one that it had in this wait it is gone.
    mutating func add(_ ticket: borrowing Ticket, _ waiting: Waiting, asking demands: Demands? = nil) {
        if ranking?.take(waiting) == false { return }
        addAgain(ticket, waiting, asking: demands)
    }

    /// Puts a ticket that keeps its place among those that ask for less, too. Whoever takes either has it.
    ///
    /// A ticket that was moved and is moved back may have its old entry still, and then has two that count; see
    /// ``compact(_:)``.
    mutating func addAgain(_ ticket: borrowing Ticket, _ waiting: Waiting, asking demands: Demands?) {
        queued += 1
        let level = Int(ticket.priority.rawValue) - 1
        if !ticket.declined.isEmpty || demands != nil {
            setApart(waiting, level, declined: ticket.declined.sorted(), demands)
        } else if let last = fresh[level].last, waiting < last {
            returned[level].insert(waiting)
        } else {
            fresh[level].append(waiting)
        }
    }

    /// The first ticket that `node` may have with what it knows, left in place.
    mutating func first(
        for node: Name, with skills: [Skill] = [], in tickets: TicketMap<Ticket>
    ) -> Waiting? {
        dropGone(tickets)
        var best: Waiting?
        for level in fresh.indices {
            best = earlier(best, fresh[level].first)
            best = earlier(best, returned[level].min)
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.declinedForgotten) {
                for group in apart { best = earlier(best, group.tickets.min) }
            }
        #endif
        for group in apart where group.isFor(node, with: skills) {
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

    /// Whether some waiting ticket was declined by somebody, so that nodes differ in what they may have though they know
    /// the same.
    var hasDeclined: Bool { apart.contains { !$0.declined.isEmpty } }

    /// Groups of tickets that not everybody may have; each is looked at for every grant.
    var apartCount: Int { apart.count }

    /// Since when the longest waiting ticket of each priority waits, from low to urgent; nil where none does.
    mutating func oldest(in tickets: TicketMap<Ticket>) -> [Moment?] {
        dropGone(tickets)
        if ranking != nil {
            return fresh.indices.map { level in
                ranking?.oldest(level) { place in
                    tickets.look(at: place.number) { place.isStill($0) && $0.line == line } == true
                }
            }
        }
        // Within a priority the order is that of time, so each queue's oldest is its first.
        return fresh.indices.map { level in
            let groups = apart.filter { $0.level == level }.map(\.tickets.min)
            return ([fresh[level].first, returned[level].min] + groups).compactMap { $0?.since }.min()
        }
    }

    /// Whether an entry is of a ticket that waits no longer, or elsewhere in the line.
    func isGone(_ waiting: Waiting, _ tickets: TicketMap<Ticket>) -> Bool {
        if tickets.look(at: waiting.number, { waiting.isStill($0) && $0.line == line }) != true {
            return true
        }
        return ranking != nil && ranking?.places[waiting.number] != waiting
    }

    /// Forgets all entries of tickets that left another way, and all but one of those that are alike. O(n).
    mutating func compact(_ tickets: TicketMap<Ticket>) {
        let (places, line) = (ranking?.places, line)
        func isGone(_ waiting: Waiting) -> Bool {
            if tickets.look(at: waiting.number, { waiting.isStill($0) && $0.line == line }) != true {
                return true
            }
            return places != nil && places?[waiting.number] != waiting
        }
        for level in fresh.indices {
            var kept: Set<Waiting> = []
            returned[level].removeAll { isGone($0) || !kept.insert($0).inserted }
            // In order, so that what is alike stands together.
            var last: Waiting?
            fresh[level].removeAll { waiting in
                if isGone(waiting) || waiting == last || kept.contains(waiting) { return true }
                last = waiting
                return false
            }
        }
        for index in apart.indices {
            var kept: Set<Waiting> = []
            apart[index].tickets.removeAll { isGone($0) || !kept.insert($0).inserted }
        }
        apart.removeAll { $0.tickets.isEmpty }
        queued = apart.reduce(0) { $0 + $1.tickets.count }
        for level in fresh.indices { queued += fresh[level].count + returned[level].count }
        ranking?.compact(isGone)
    }

    private mutating func setApart(
        _ waiting: Waiting, _ level: Int, declined: [Name], _ demands: Demands?
    ) {
        let isSame = { (group: Apart) in
            group.level == level && group.declined == declined && group.demands == demands
        }
        if let index = apart.firstIndex(where: isSame) {
            apart[index].tickets.insert(waiting)
        } else {
            apart.append(Apart(declined: declined, demands: demands, level: level, tickets: [waiting]))
        }
    }

    private func earlier(_ a: Waiting?, _ b: Waiting?) -> Waiting? {
        guard let a else { return b }
        guard let b else { return a }
        return min(a, b)
    }

    private mutating func dropGone(_ tickets: TicketMap<Ticket>) {
        for level in fresh.indices {
            while let head = fresh[level].first, isGone(head, tickets) {
                fresh[level].removeFirst()
                drop(head)
            }
            while let head = returned[level].min, isGone(head, tickets) {
                returned[level].removeMin()
                drop(head)
            }
        }
        guard !apart.isEmpty else { return }
        for index in apart.indices {
            while let head = apart[index].tickets.min, isGone(head, tickets) {
                apart[index].tickets.removeMin()
                drop(head)
            }
        }
        apart.removeAll { $0.tickets.isEmpty }
    }

    private mutating func drop(_ waiting: Waiting) {
        queued -= 1
        ranking?.forget(waiting)
    }
}
