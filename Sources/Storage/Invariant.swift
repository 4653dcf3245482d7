/// What may never break, as far as a store can show it. The names are those of the list that all checkers share.
package enum Invariant: String, CaseIterable, Sendable {
    case d1 = "D1"
    case d5 = "D5"
    case d6 = "D6"
    case d7 = "D7"
    case c1 = "C1"
    case c2 = "C2"
    case c3 = "C3"
    case c11 = "C11"
    case c12 = "C12"
    case e1 = "E1"
    case e4 = "E4"
    case r1 = "R1"
    case r3 = "R3"
    case n1 = "N1"
    case n2 = "N2"
    case n6 = "N6"
    case i1 = "I1"
    case l2 = "L2"
    case m1 = "M1"
    case m2 = "M2"
    case k1 = "K1"
    case g1 = "G1"
    case j1 = "J1"
    case o1 = "O1"
    case p2 = "P2"
    case p3 = "P3"

    /// What holds, in one line.
    package var title: String {
        switch self {
        case .d1: "each submitted ticket is present once, in one state"
        case .d5: "tickets change only as the table of transitions allows"
        case .d6: "rows and snapshot are what the log folds to"
        case .d7: "the log's chain holds, and each ticket's events are numbered without a gap"
        case .c1: "a ticket has at most one claim at a time"
        case .c2: "tokens of a ticket grow"
        case .c3: "a change under a claim carries its token and comes from its holder"
        case .c11: "no ticket waits and is claimed at once"
        case .c12: "failed claims are counted, and park a ticket at the limit"
        case .e1: "an escalation or hand-back has one note"
        case .e4: "counts and stacks of escalations are those of the log"
        case .r1: "the outbox has each reply once, without a gap, and nothing else"
        case .r3: "there is no reply without a claim"
        case .n1: "ticket numbers are unique"
        case .n2: "ticket numbers have no gap and are in order"
        case .n6: "time never goes back"
        case .i1: "a command has one effect"
        case .l2: "epochs never decrease"
        case .m1: "tickets submitted are the sum of tickets in all states"
        case .m2: "the nodes' tallies and the tickets' figures are those of the log"
        case .k1: "the engine finds its files whole"
        case .g1: "the desk's configurations are numbered without a gap, and each is sound"
        case .j1: "a merged ticket ends in one that goes on, and never in a circle"
        case .o1: "an owner changes only with a reason"
        case .p2: "the desk warns of a promise, or calls it broken, once and when it is due"
        case .p3: "customers hear of a delay once a clock, before the promise is broken, and it is no answer"
        }
    }
}

/// How one invariant fared.
package struct InvariantReport: Hashable, Sendable {
    package var name: String
    package var title: String
    /// How often it was looked at; 0 when there was nothing to look at, or it could not be.
    package var checked = 0
    /// The first of them, with numbers only, no ticket text.
    package var violations: [String] = []
    package var violationCount = 0

    package init(_ invariant: Invariant) {
        name = invariant.rawValue
        title = invariant.title
    }
}

/// What `verify` found.
package struct Verdict: Hashable, Sendable {
    /// Tickets submitted in what was read of the log.
    package var tickets = 0
    /// Events read of the log.
    package var events = 0
    /// Events that the view is behind the log, when it was looked at.
    package var viewLag: UInt64 = 0
    /// What could not be checked, and why; for a person.
    package var notices: [String] = []
    package var invariants: [InvariantReport] = []

    package init() {}

    package var ok: Bool { invariants.allSatisfy { $0.violationCount == 0 } }
}

/// Gathers what checks find.
struct Findings {
    /// Violations of one invariant that are kept in words.
    static let wordsMax = 20

    private(set) var reports = Invariant.allCases.map { InvariantReport($0) }
    /// Violations of all invariants.
    private(set) var violations = 0
    /// The place of each invariant's report, found by its byte: a hash of its name for each check took longer than most
    /// checks.
    private static let indexes: [Int] = {
        var indexes = [Int](repeating: 0, count: 256)
        for (index, invariant) in Invariant.allCases.enumerated() { indexes[ordinal(of: invariant)] = index }
        return indexes
    }()

    /// The byte that an enumeration without payload is.
    private static func ordinal(of invariant: Invariant) -> Int {
        withUnsafeBytes(of: invariant) { Int($0[0]) }
    }

    /// Counts a check.
    ///
    /// - Returns: Whether the invariant holds.
    @discardableResult
    mutating func check(_ invariant: Invariant, _ holds: Bool, _ violation: @autoclosure () -> String) -> Bool
    {
        let index = Self.indexes[Self.ordinal(of: invariant)]
        reports[index].checked += 1
        guard !holds else { return true }
        violations += 1
        reports[index].violationCount += 1
        if reports[index].violations.count < Self.wordsMax { reports[index].violations.append(violation()) }
        return false
    }
}
