/// What a check looked at and what it found.
package struct CheckResult: Hashable, Sendable {
    package let check: Check
    /// How often it was evaluated; 0 means that the run proves nothing about it.
    package private(set) var checked = 0
    package private(set) var violations = 0
    /// The first of them in words.
    package private(set) var details: [String] = []

    package init(_ check: Check) {
        self.check = check
    }

    mutating func expect(_ holds: Bool, _ detail: @autoclosure () -> String) {
        checked += 1
        guard !holds else { return }
        violations += 1
        if details.count < 5 { details.append(detail()) }
    }

    /// Joins what another history showed.
    package mutating func add(_ other: CheckResult) {
        precondition(check == other.check, "two checks are not one")
        checked += other.checked
        violations += other.violations
        details += other.details.prefix(max(0, 5 - details.count))
    }
}

/// What must hold between what everybody saw and what is stored. The raw value names it in every output.
package enum Check: String, CaseIterable, Hashable, Sendable {
    case nothingLost = "D1"
    case nothingUnexpected = "D2"
    case refusedLeavesNoTrace = "D3"
    case textUnchanged = "text"
    case oneResultPerID = "I1"
    case oneHolder = "C1"
    case tokensGrow = "C2"
    case noStaleEffect = "C3"
    case oneTicketOneHistory = "linear"
    case realTimeOrder = "order"
    case epochsGrow = "L1"

    package var title: String {
        switch self {
        case .nothingLost: "what was acknowledged is in the log, where the answer said"
        case .nothingUnexpected: "nothing is in the log that nobody wrote"
        case .refusedLeavesNoTrace: "what was refused is not in the log"
        case .textUnchanged: "what went in came out"
        case .oneResultPerID: "a command's id has one effect and one answer"
        case .oneHolder: "a ticket's token was held by one node, the one of the log"
        case .tokensGrow: "the tokens of a ticket grow"
        case .noStaleEffect: "nothing took effect under a token that was over"
        case .oneTicketOneHistory:
            "what was seen of a ticket can have happened in some order, one after the other"
        case .realTimeOrder: "what was answered before something began stands before it in the log"
        case .epochsGrow: "the log's terms grow"
        }
    }
}
