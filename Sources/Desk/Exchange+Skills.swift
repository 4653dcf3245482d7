import HeapModule
import Tickets

/// Who may have a ticket that asks for skills.
extension Exchange {
    /// What the skills of a node are on the floor.
    mutating func talent(of node: Name) -> Int {
        if desk.settings.expertise.isEmpty { return 0 }
        let skills = desk.settings.skills(of: node)
        if let index = floor.talents.firstIndex(of: skills) { return index }
        floor.talents.append(skills)
        return floor.talents.count - 1
    }

    /// The settings are others: what the nodes know may be, too, and who of them is first.
    mutating func learnTalents() {
        floor.talents = [[]]
        // In any order but the same each time: talents are numbered as they come.
        for id in floor.nodes.values.sorted() {
            guard let name = floor.sessions[id]?.node?.name else { continue }
            let talent = talent(of: name)
            floor.sessions[id]?.node?.talent = talent
        }
        for line in desk.settings.lines {
            guard var idle = floor.ready[line.name] else { continue }
            idle.regroup { id in
                guard let node = floor.sessions[id]?.node else { return (0, 0) }
                return (node.talent, rank(of: id, node, on: line))
            }
            floor.ready[line.name] = idle
        }
    }

    /// What a ticket asks of whoever takes it at this moment; nil: nothing.
    func demandsNow(of ticket: borrowing Ticket) -> Demands? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.skillsIgnored) { return nil }
        #endif
        guard !desk.demands.isEmpty, let demands = desk.demands[ticket.number] else { return nil }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.preferredForever) { return demands }
        #endif
        if demands.preferred.isEmpty || now < preferredUntil(ticket) { return demands }
        return demands.required.isEmpty ? nil : demands.relaxed
    }

    /// Until when a ticket is kept for those with the skills that it prefers.
    func preferredUntil(_ ticket: borrowing Ticket) -> Moment {
        let line = ticket.line
        #if PLANTED_BUGS
            if PlantedBug.isActive(.relaxedEarly) { return ticket.since }
        #endif
        return ticket.since.advanced(
            byMilliseconds: desk.settings.line(line)?.preferredForMilliseconds ?? 0)
    }

    /// Looks again when a ticket that was put into its line asks for less.
    mutating func timeRelaxation(of ticket: borrowing Ticket, _ demands: Demands?) {
        guard demands?.preferred.isEmpty == false else { return }
        set(
            Timer(
                at: preferredUntil(ticket),
                subject: .relaxation(ticket.number, assignments: ticket.assignments)))
    }

    /// A ticket is for all with the skills that it requires now. What is kept for its owner stays so: when it is not any
    /// more, it is put into its line as it is then.
    mutating func relax(_ number: TicketNumber, _ assignments: UInt32) {
        guard let ticket = desk.tickets[number], ticket.place == .waiting, ticket.assignments == assignments,
            preferredUntil(ticket) <= now, !isReserved(ticket)
        else { return }
        let (place, demands) = (waiting(ticket), demandsNow(of: ticket))
        floor.rooms[ticket.line]?.addAgain(ticket, place, asking: demands)
    }

    /// Whether a ticket waits for its owner and nobody else.
    func isReserved(_ ticket: borrowing Ticket) -> Bool {
        guard ticket.isForOwner, let owner = ticket.owner, let kept = floor.reserved[owner] else {
            return false
        }
        let number = ticket.number
        return kept.unordered.contains { $0.number == number }
    }

    /// How many of the nodes that are connected and serve a ticket's line have what it requires, and names that match.
    func takers(of ticket: borrowing Ticket, where matches: (Name) -> Bool) -> Int {
        guard let required = desk.demands.isEmpty ? nil : desk.demands[ticket.number]?.relaxed else {
            return nodes(on: ticket.line, where: matches)
        }
        let settings = desk.settings
        return nodes(on: ticket.line) {
            matches($0) && required.firstLacking(in: settings.skills(of: $0)) == nil
        }
    }
}
