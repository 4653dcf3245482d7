package import Tickets

/// What a desk does by itself when it warns of a promise, or when the promise is broken.
///
/// All steps that fit an alert are done with it, and nothing happens to the ticket between. An alert is said once, so a
/// step is done once for each clock that it is of.
package struct LadderStep: Hashable, Sendable {
    /// Milliseconds of business before a clock is due, one of the policy's warnings; nil when the promise is broken.
    package var warning: Int64?
    /// Of which clocks; none stands for all.
    package var clocks: [ClockSort]
    /// What is lower is raised to it.
    package var priority: Priority?
    /// Who sees the ticket from then on, and may write notes.
    package var participants: [Name]
    /// Where it goes on to if it waits, at the place that it has; whoever holds a ticket keeps it.
    package var line: Name?

    package init(
        warning: Int64?, clocks: [ClockSort] = [], priority: Priority? = nil, participants: [Name] = [],
        line: Name? = nil
    ) {
        self.warning = warning
        self.clocks = clocks
        self.priority = priority
        self.participants = participants
        self.line = line
    }

    /// Whether it is to be done with an alert.
    package func fits(_ alert: PromiseAlert) -> Bool {
        warning == alert.warning && (clocks.isEmpty || clocks.contains(alert.clock.kind.sort))
    }
}

/// What clocks are of, without the line. Numbers never change, for they are in logs.
package enum ClockSort: UInt8, CaseIterable, Sendable {
    case firstResponse = 1
    case nextResponse = 2
    case resolution = 3
    case line = 4

    /// The word in every output, and in a desk's file.
    package var word: String {
        switch self {
        case .firstResponse: "first-response"
        case .nextResponse: "next-response"
        case .resolution: "resolution"
        case .line: "line"
        }
    }
}

extension ClockKind {
    package var sort: ClockSort {
        switch self {
        case .firstResponse: .firstResponse
        case .nextResponse: .nextResponse
        case .resolution: .resolution
        case .line: .line
        }
    }
}
