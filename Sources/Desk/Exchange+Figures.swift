import HeapModule
package import Tickets

/// How one line stands now.
package struct LineFigures: Hashable, Sendable {
    package var name: Name
    package var waiting: UInt64
    /// For how long the longest waiting ticket has waited; 0 when none waits.
    package var oldestMilliseconds: Int64
    package var claimed: UInt64
    package var freeSeats: Int
    package var nodes: Int
    /// From low to urgent.
    package var waits: [PriorityWait]
    /// For how long a ticket that came now would wait; nil when the desk does not estimate, or cannot tell.
    package var expectedWaitMilliseconds: Int64?
    /// How many thousandths of the answers of the last quarter of an hour came in time; nil when none was promised, or
    /// given.
    package var inTimePerMille: Int64?
}

/// How long tickets of one priority wait on a line, against for how long they may be overtaken there.
package struct PriorityWait: Hashable, Sendable {
    package var priority: Priority
    /// For how long the longest waiting one has waited; 0 when none waits.
    package var oldestMilliseconds: Int64
    /// See ``DeskSettings/overtakingBound(of:on:)``; nil when there is none. What has waited for longer waits for want of
    /// seats only.
    package var boundMilliseconds: Int64?
}

extension Exchange {
    /// How each line stands, in the order of the settings.
    package mutating func lineFigures() -> [LineFigures] {
        let present = presences()
        return desk.settings.lines.map { line in
            let nodes = present.filter { $0.line == line.name }
            let census = desk.census[line.name]
            let (waits, now) = (waits(on: line), now)
            return LineFigures(
                name: line.name, waiting: census.waiting,
                oldestMilliseconds: waits.map(\.oldestMilliseconds).max() ?? 0,
                claimed: census.claimed, freeSeats: nodes.reduce(0) { $0 + freeSeats(of: $1) },
                nodes: nodes.count, waits: waits, expectedWaitMilliseconds: expectedWait(on: line.name),
                inTimePerMille: floor.levels[line.name]?.perMille(at: now))
        }
    }

    /// Sessions of nodes, people and channels.
    package var sessionCount: Int { floor.sessions.count }

    /// What colleagues call who is at the other end of a session; nil when it has not said hello.
    package func displayName(of id: SessionID) -> Name? { floor.sessions[id]?.author.displayName }

    /// The role of a connected session's key; nil when it has not said hello.
    package func author(of id: SessionID) -> Author? { floor.sessions[id]?.author }

    /// The connected node of a name; nil when it is not here.
    package func presence(named name: Name) -> Presence? {
        floor.nodes[name].flatMap { floor.sessions[$0]?.node }
    }

    /// What a node holds, in order of granting.
    package func held(by node: Presence) -> [Held] {
        (desk.holdings[node.name] ?? []).compactMap { number in
            desk.claims[number].map { Held(ticket: number, token: $0.token) }
        }
    }

    private mutating func waits(on line: LineSettings) -> [PriorityWait] {
        var oldest = floor.rooms[line.name]?.oldest(in: desk.tickets) ?? Priority.allCases.map { _ in nil }
        // Those that wait for their owner are few: one heap for each connected owner.
        for owner in floor.reserved.keys.sorted() {
            for waiting in floor.reserved[owner]?.unordered ?? [] {
                guard let ticket = desk.tickets[waiting.number], waiting.isStill(ticket),
                    ticket.line == line.name
                else { continue }
                let level = Int(ticket.priority.rawValue) - 1
                oldest[level] = min(oldest[level] ?? .distantFuture, waiting.since)
            }
        }
        return zip(Priority.allCases, oldest).map { priority, since in
            PriorityWait(
                priority: priority, oldestMilliseconds: since.map { now.milliseconds(since: $0) } ?? 0,
                boundMilliseconds: desk.settings.overtakingBound(of: priority, on: line))
        }
    }
}
