/// Where a ticket stands for its customer.
package enum Status: UInt8, CaseIterable, Sendable {
    case new = 1
    case open = 2
    /// Waits for the customer.
    case pending = 3
    /// Waits for somebody else.
    case onHold = 4
    case solved = 5
    case closed = 6

    /// The word in every output.
    package var word: String {
        switch self {
        case .new: "new"
        case .open: "open"
        case .pending: "pending"
        case .onHold: "on-hold"
        case .solved: "solved"
        case .closed: "closed"
        }
    }

    /// Whether a ticket may be put there by a rule, as soon as it comes: it is in no line then, and not closed.
    package var isAside: Bool { self == .pending || self == .onHold || self == .solved }
}

/// Where a ticket stands on the desk; separate from its status.
package enum Place: UInt8, CaseIterable, Sendable {
    /// In a line, to be granted.
    case waiting = 1
    case claimed = 2
    /// Set aside after too many failed claims, for a person to look at.
    case parked = 3
    /// In no line: pending, on hold, solved or closed.
    case aside = 4
    /// Spam: in no line and no figure, until somebody says that it is none, or it closes.
    case spam = 5

    /// The word in every output.
    package var word: String {
        switch self {
        case .waiting: "waiting"
        case .claimed: "claimed"
        case .parked: "parked"
        case .aside: "aside"
        case .spam: "spam"
        }
    }
}

/// How urgent a ticket is; see ``LineSettings/headStartMilliseconds`` for what it means in a line.
package enum Priority: UInt8, CaseIterable, Comparable, Sendable {
    case low = 1
    case normal = 2
    case high = 3
    case urgent = 4

    package init?(word: String) {
        guard let match = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = match
    }

    /// The word in every output.
    package var word: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        case .urgent: "urgent"
        }
    }

    package static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }
}
