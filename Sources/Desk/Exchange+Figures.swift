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
}

extension Exchange {
    /// How each line stands, in the order of the settings.
    package mutating func lineFigures() -> [LineFigures] {
        let present = presences()
        return desk.settings.lines.map { line in
            let nodes = present.filter { $0.line == line.name }
            let census = desk.census[line.name]
            return LineFigures(
                name: line.name, waiting: census.waiting,
                oldestMilliseconds: oldestMilliseconds(on: line.name),
                claimed: census.claimed, freeSeats: nodes.reduce(0) { $0 + freeSeats(of: $1) },
                nodes: nodes.count)
        }
    }

    /// Sessions of nodes, people and channels.
    package var sessionCount: Int { floor.sessions.count }

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

    private mutating func oldestMilliseconds(on line: Name) -> Int64 {
        let common = floor.rooms[line]?.oldestMilliseconds(at: now, in: desk.tickets) ?? 0
        // Those that wait for their owner are few: one heap for each connected owner.
        var reserved: Int64 = 0
        for owner in floor.reserved.keys.sorted() {
            for waiting in floor.reserved[owner]?.unordered ?? [] {
                guard let ticket = desk.tickets[waiting.number], waiting.isStill(ticket), ticket.line == line
                else { continue }
                reserved = max(reserved, now.milliseconds(since: waiting.since))
            }
        }
        return max(common, reserved)
    }
}
