/// One line of a desk and its policy.
package struct LineSettings: Hashable, Sendable {
    package var name: Name
    /// Where an escalation from here goes when nobody says otherwise; nil on the last line.
    package var next: Name?
    /// How many milliseconds of waiting each priority is worth, from low to urgent.
    ///
    /// Within a line the ticket with the earliest (began to wait − head start) comes first. So an urgent ticket
    /// counts as if it had come that much earlier, everything ages at the same rate, and a ticket can be
    /// overtaken only by those that come within the difference of two head starts after it: no starvation.
    package var headStartMilliseconds: [Int64]
    /// How long a claim of a node holds without a heartbeat.
    package var leaseMilliseconds: Int64
    /// How long a ticket that was handed back waits for its owner before anybody on the line may have it.
    package var ownerWaitMilliseconds: Int64
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

    /// The head start of a priority, in milliseconds.
    package func headStart(_ priority: Priority) -> Int64 {
        headStartMilliseconds[Int(priority.rawValue) - 1]
    }
}

/// What one desk is made of: its lines, the first of which is where new tickets go, and its bounds.
package struct DeskSettings: Sendable {
    package var lines: [LineSettings]
    package var limits: Limits
    /// How often nodes send a heartbeat. A session is given up after three intervals of silence.
    package var heartbeatMilliseconds: Int64
    /// The longest lease that a person may ask for.
    package var personLeaseMillisecondsMax: Int64 = 43_200_000

    package init(
        lines: [LineSettings] = [
            LineSettings(name: "line-one", next: "line-two"), LineSettings(name: "line-two"),
        ],
        limits: Limits = Limits(), heartbeatMilliseconds: Int64 = 5_000
    ) {
        precondition(!lines.isEmpty, "a desk has at least one line")
        self.lines = lines
        self.limits = limits
        self.heartbeatMilliseconds = heartbeatMilliseconds
    }

    /// The settings of a line; a linear search, because a desk has a handful of lines.
    package func line(_ name: Name) -> LineSettings? {
        lines.first { $0.name == name }
    }

    /// The head start of a priority on a line, in milliseconds; 0 on a line that there is not. Asked for each ticket
    /// that begins to wait, and so it copies no settings.
    package func headStart(_ priority: Priority, on line: Name) -> Int64 {
        guard let index = lines.firstIndex(where: { $0.name == line }) else { return 0 }
        return lines[index].headStartMilliseconds[Int(priority.rawValue) - 1]
    }
}
