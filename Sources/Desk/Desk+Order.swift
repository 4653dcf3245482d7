import Promises
package import Tickets

/// The order of tickets that wait in a line; see ``LinePolicy``.
extension Desk {
    /// A ticket's key: the earliest comes first.
    ///
    /// Depends on the ticket, what the desk knows of it, and the settings, not on the time or on who else waits: so a
    /// line that is built again, after a restart or under other settings, is in the order that it was in. Asked for each
    /// ticket that begins to wait, and so it copies no settings.
    package func key(of ticket: borrowing Ticket) -> Moment {
        let key = keyByPolicy(of: ticket)
        return customers == nil ? key : key.advanced(byMilliseconds: lag(of: ticket.number))
    }

    private func keyByPolicy(of ticket: borrowing Ticket) -> Moment {
        let line = ticket.line
        guard let index = settings.lines.firstIndex(where: { $0.name == line }) else { return ticket.since }
        switch settings.lines[index].policy {
        case .priority: return ticket.since.advanced(byMilliseconds: -headStart(ticket.priority, index))
        case .fifo:
            #if PLANTED_BUGS
                if PlantedBug.isActive(.fifoByPriority) {
                    return ticket.since.advanced(byMilliseconds: -headStart(ticket.priority, index))
                }
            #endif
            return ticket.since
        case .deadline: return deadline(of: ticket, ageing: settings.lines[index].ageingMilliseconds)
        case .shortestFirst:
            let allowance = settings.allowance(kind: dossiers[ticket.number]?.kind, index)
            return ticket.since.advanced(byMilliseconds: allowance)
        }
    }

    private func headStart(_ priority: Priority, _ index: Int) -> Int64 {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.ageingIgnored) {
                return settings.lines[index].headStartMilliseconds[Int(priority.rawValue) - 1]
            }
        #endif
        // An ageing is the exception, and looks at all priorities.
        guard settings.lines[index].ageingMilliseconds == nil else {
            return settings.lines[index].headStart(priority)
        }
        return settings.lines[index].headStartMilliseconds[Int(priority.rawValue) - 1]
    }

    /// When the earliest of a ticket's promises is due, but from when it began to wait until its ageing is over.
    private func deadline(of ticket: borrowing Ticket, ageing: Int64?) -> Moment {
        let latest = ageing.map { ticket.since.advanced(byMilliseconds: $0) } ?? .distantFuture
        #if PLANTED_BUGS
            if PlantedBug.isActive(.deadlineIgnored) { return latest }
        #endif
        guard keepsPromises, let promised = promises[ticket.number],
            let rule = settings.promises.rule(
                channel: promised.channel, priority: ticket.priority, group: promised.group),
            let due = promised.clocks.due(under: rule).first?.at
        else { return latest }
        return min(max(due, ticket.since), latest)
    }
}

extension DeskSettings {
    /// Whether a ticket's place on a line depends on more than its priority and its age.
    package func ranks(_ line: Name) -> Bool {
        if fairness != nil { return true }
        guard let index = lines.firstIndex(where: { $0.name == line }) else { return false }
        return lines[index].policy.isRanked
    }

    /// For how long at most a ticket of a priority may be overtaken by those that come after it, in milliseconds; nil
    /// when that has no bound. The derivation is at ``LinePolicy``; of a customer with many tickets the allowance is larger by
    /// at most what ``Fairness`` says.
    package func overtakingBound(of priority: Priority, on line: LineSettings) -> Int64? {
        boundByPolicy(of: priority, on: line).map { $0 + (fairness?.mostMilliseconds ?? 0) }
    }

    private func boundByPolicy(of priority: Priority, on line: LineSettings) -> Int64? {
        switch line.policy {
        case .priority:
            return (Priority.allCases.map { line.headStart($0) }.max() ?? 0) - line.headStart(priority)
        case .fifo: return 0
        case .deadline: return line.ageingMilliseconds
        case .shortestFirst:
            let index = lines.firstIndex { $0.name == line.name } ?? 0
            let smallest = life.kinds.compactMap { kind in
                kind.effortMilliseconds.map { _ in allowance(kind: kind.name, index) }
            }.min()
            // What is of no kind with an effort counts as the longest.
            return allowance(kind: nil, index) - (smallest ?? 0)
        }
    }

    /// What the effort of a kind is worth on a line where the shortest comes first, in milliseconds.
    func allowance(kind: String?, _ index: Int) -> Int64 {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.effortIgnored) { return 0 }
        #endif
        // In any order of kinds; a desk has a handful.
        let effort =
            life.kind(kind)?.effortMilliseconds ?? life.kinds.compactMap(\.effortMilliseconds).max() ?? 0
        return min(effort * lines[index].effortFactor, lines[index].ageingMilliseconds ?? .max)
    }
}
