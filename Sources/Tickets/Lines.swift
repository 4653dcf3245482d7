/// One line of a desk and its policy.
package struct LineSettings: Hashable, Sendable {
    package var name: Name
    /// Where an escalation from here goes when nobody says otherwise; nil on the last line.
    package var next: Name?
    /// Which of its tickets comes first.
    package var policy = LinePolicy.priority
    /// For how long at most a ticket may be overtaken by those that come after it; nil: as long as the policy has it.
    package var ageingMilliseconds: Int64?
    /// How many milliseconds of waiting each priority is worth, from low to urgent; see ``LinePolicy/priority``.
    package var headStartMilliseconds: [Int64]
    /// How many milliseconds of waiting one of expected effort is worth; see ``LinePolicy/shortestFirst``.
    package var effortFactor: Int64 = 10
    /// Who of those that are free gets a ticket.
    package var selection = Selection.longestIdle
    /// Where its tickets go on to that nobody takes in time; nil: nowhere.
    package var overflow: Overflow?
    /// How long a node has to accept what it is granted; nil: it has accepted it by being there.
    package var offers: Offers?
    /// How long a claim of a node holds without a heartbeat.
    package var leaseMilliseconds: Int64
    /// How long a ticket that was handed back waits for its owner before anybody on the line may have it.
    package var ownerWaitMilliseconds: Int64
    /// For how long after it began to wait a ticket is kept for those with the skills that it prefers.
    package var preferredForMilliseconds: Int64 = 120_000
    /// Whether this line may answer the customer of a ticket that was escalated to it.
    package var answersEscalated: Bool

    package init(
        name: Name, next: Name? = nil,
        headStartMilliseconds: [Int64] = [0, 3_600_000, 14_400_000, 43_200_000],
        leaseMilliseconds: Int64 = 180_000, ownerWaitMilliseconds: Int64 = 120_000,
        answersEscalated: Bool = false
    ) {
        precondition(headStartMilliseconds.count == Priority.allCases.count, "one head start a priority")
        self.name = name
        self.next = next
        self.headStartMilliseconds = headStartMilliseconds
        self.leaseMilliseconds = leaseMilliseconds
        self.ownerWaitMilliseconds = ownerWaitMilliseconds
        self.answersEscalated = answersEscalated
    }

    /// The head start of a priority on a line by priority, in milliseconds: at most its ageing behind the largest.
    package func headStart(_ priority: Priority) -> Int64 {
        let own = headStartMilliseconds[Int(priority.rawValue) - 1]
        guard let ageingMilliseconds else { return own }
        return max(own, (headStartMilliseconds.max() ?? own) - ageingMilliseconds)
    }
}

/// Where a ticket goes on to when it has waited on a line for so long.
package struct Overflow: Hashable, Sendable {
    package var afterMilliseconds: Int64
    package var line: Name
    /// Whether it asks for no skills from then on, so that it does not wait for somebody who is not there.
    package var dropsSkills: Bool

    package init(afterMilliseconds: Int64, to line: Name, dropsSkills: Bool = false) {
        self.afterMilliseconds = afterMilliseconds
        self.line = line
        self.dropsSkills = dropsSkills
    }
}

/// Who of those that are free and may have it gets the ticket whose turn it is; of equals the longest idle.
package enum Selection: UInt8, CaseIterable, Sendable {
    case longestIdle = 0
    /// Who has the most seats free.
    case mostFree = 1
    /// Who was given the least, by how much of a seat each ticket takes. Whoever joins, or was busy for long, begins where
    /// the others are, so that nobody is flooded to make up for it.
    case leastWorked = 2
    /// Who knows best what the ticket asks for.
    case bestSkill = 3
    /// Whose last ticket is the longest ago, however long they have had a free seat since. Whoever joins comes last.
    case roundRobin = 4

    /// The word in settings and outputs.
    package var word: String {
        switch self {
        case .longestIdle: "longest-idle"
        case .mostFree: "most-free"
        case .leastWorked: "least-worked"
        case .bestSkill: "best-skill"
        case .roundRobin: "round-robin"
        }
    }
}

/// Which ticket of a line comes first.
///
/// Each policy gives a ticket one key when it begins to wait: `since + allowance`. The earliest key comes first, of
/// equal ones the lower number. Nothing is computed again while time passes, because all keys age alike: the line is a
/// queue, and what a ticket's allowance is follows from what is known of it, not from who waits with it.
///
/// From that the longest time for which a ticket may be overtaken follows by arithmetic. A ticket that began to wait
/// at `s` with the allowance `a` is overtaken by one of `s'` and `a'` only if `s' + a' < s + a`, that is if
/// `s' - s < a - a'`. With `a'` at least the smallest allowance `m` of the line, nobody overtakes it who begins to
/// wait `a - m` after it or later. So the bound of a priority is the largest allowance of its tickets less `m`: from
/// then on a ticket waits only for those that were there before, which grow fewer with each that is taken.
package enum LinePolicy: UInt8, CaseIterable, Sendable {
    /// The allowance is less the priority's head start, `-h`. The bound is the largest head start less its own, and at
    /// most the line's ageing.
    case priority = 0
    /// The allowance is the time until the earliest of its promises is due, from 0 to the line's ageing; of one that is
    /// promised nothing the ageing. The bound is the ageing; without one there is none.
    case deadline = 1
    /// No allowance: in order of time whatever the priority. The bound is 0.
    case fifo = 2
    /// The allowance is the effort that its kind is expected to take, times a factor, at most the line's ageing; what is
    /// of no such kind counts as the longest. The bound is the largest of these less the smallest.
    case shortestFirst = 3

    /// The word in settings and outputs.
    package var word: String {
        switch self {
        case .priority: "priority"
        case .deadline: "deadline"
        case .fifo: "fifo"
        case .shortestFirst: "shortest-first"
        }
    }

    /// Whether tickets of one priority may stand in another order than they came in, and a ticket's place changes with
    /// what becomes known of it.
    package var isRanked: Bool { self == .deadline || self == .shortestFirst }
}
