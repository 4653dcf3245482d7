package import Tickets

/// What a clock measures.
package enum ClockKind: Hashable, Comparable, Sendable {
    /// From the request to the desk's first reply.
    case firstResponse
    /// From a later message of the customer to the next reply.
    case nextResponse
    /// From the request to its solution.
    case resolution
    /// From entering a line to leaving it.
    case line(Name)

    /// Whether it measures what was promised to the customer, and not to the desk itself.
    package var isOfCustomer: Bool {
        if case .line = self { false } else { true }
    }

    package var word: String {
        switch self {
        case .firstResponse: "first-response"
        case .nextResponse: "next-response"
        case .resolution: "resolution"
        case .line(let name): "line:\(name)"
        }
    }
}

/// How long each clock of a kind of ticket may run.
package struct PromiseTargets: Hashable, Sendable {
    /// Milliseconds of business; nil where nothing is promised.
    package var firstResponse: Int64?
    package var nextResponse: Int64?
    package var resolution: Int64?
    package var lines: [LineTarget]

    package struct LineTarget: Hashable, Sendable {
        package var line: Name
        package var milliseconds: Int64

        package init(line: Name, milliseconds: Int64) {
            self.line = line
            self.milliseconds = milliseconds
        }
    }

    package init(
        firstResponse: Int64? = nil, nextResponse: Int64? = nil, resolution: Int64? = nil,
        lines: [LineTarget] = []
    ) {
        self.firstResponse = firstResponse
        self.nextResponse = nextResponse
        self.resolution = resolution
        self.lines = lines
    }

    package func milliseconds(_ kind: ClockKind) -> Int64? {
        switch kind {
        case .firstResponse: firstResponse
        case .nextResponse: nextResponse
        case .resolution: resolution
        case .line(let name): lines.first { $0.line == name }?.milliseconds
        }
    }
}

/// What a desk promises: the first rule that fits a ticket says how long its clocks may run, and in which hours.
package struct PromisePolicy: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        package var name: String
        /// What a ticket must have; none stands for any.
        package var channels: [Name]
        package var priorities: [Priority]
        package var groups: [String]
        package var targets: PromiseTargets
        package var hours: BusinessHours

        package init(
            name: String, channels: [Name] = [], priorities: [Priority] = [], groups: [String] = [],
            targets: PromiseTargets, hours: BusinessHours = .always
        ) {
            self.name = name
            self.channels = channels
            self.priorities = priorities
            self.groups = groups
            self.targets = targets
            self.hours = hours
        }

        package func fits(_ channel: Name, _ priority: Priority, _ group: String?) -> Bool {
            (channels.isEmpty || channels.contains(channel))
                && (priorities.isEmpty || priorities.contains(priority))
                && (groups.isEmpty
                    || group.map { group in groups.contains { $0.isSameText(as: group) } } == true)
        }
    }

    package var rules: [Rule]
    /// Milliseconds of business before a clock is due at which somebody is warned, the longest first.
    package var warnings: [Int64]

    /// A day for an answer and for a solution, at any hour; a warning a quarter of an hour before.
    package static let standard = PromisePolicy(rules: [
        Rule(
            name: "standard",
            targets: PromiseTargets(
                firstResponse: CivilDay.milliseconds, nextResponse: CivilDay.milliseconds,
                resolution: CivilDay.milliseconds))
    ])

    package init(rules: [Rule], warnings: [Int64] = [900_000]) {
        self.rules = rules
        self.warnings = warnings.sorted { $0 > $1 }
    }

    /// The rule of a ticket; nil when nothing is promised for it.
    package func rule(channel: Name, priority: Priority, group: String?) -> Rule? {
        rules.first { $0.fits(channel, priority, group) }
    }
}
