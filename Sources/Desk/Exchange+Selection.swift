import Tickets

/// Who of those that are free gets a ticket.
extension Exchange {
    /// Those whom a ticket suits better than whoever is first in turn, the best first: who knows its customer, or else
    /// their deputy; then, on such a line, who knows best what it asks for.
    func better(for number: TicketNumber, than first: Presence, on line: LineSettings) -> [SessionID] {
        var better: [SessionID] = []
        #if PLANTED_BUGS
            if PlantedBug.isActive(.familiarPassedOver) { return [] }
        #endif
        if let familiar = desk.familiar(with: number) {
            better = [familiar, desk.settings.life.deputy(of: familiar)].compactMap { name in
                name.flatMap { floor.nodes[$0] }
            }
        }
        guard line.selection == .bestSkill, let demands = desk.demands[number] else { return better }
        let asked = demands.required + demands.preferred
        let able = floor.talents.indices.compactMap { talent in
            floor.ready.look(at: line.name) { $0.first(of: talent) }.flatMap { $0 }
        }
        // Of those who know it equally well the first in turn.
        let best = able.map { (level: level(of: $0.talent, asked), entry: $0) }.sorted {
            $0.level == $1.level ? $0.entry < $1.entry : $0.level > $1.level
        }
        let own = level(of: first.talent, asked)
        return better + best.filter { $0.level > own }.map(\.entry.session)
    }

    /// How well those of a talent know what is asked for, all of it together.
    private func level(of talent: Int, _ asked: [Skill]) -> Int {
        asked.reduce(0) { sum, skill in
            sum + (floor.talents[talent].first { $0.name == skill.name }?.level ?? 0)
        }
    }

    /// Queues a session that has a free seat, as the last of those of its rank.
    mutating func append(_ id: SessionID, on line: LineSettings) {
        guard let node = floor.sessions[id]?.node else { return }
        floor.ready[line.name, default: IdleQueue()].append(
            id, talent: node.talent, rank: rank(of: id, node, on: line))
    }

    /// Puts a session that idles in the place that it has with the seats that it has free now.
    mutating func rerank(_ id: SessionID, on line: LineSettings) {
        guard line.selection == .mostFree, let talent = floor.sessions[id]?.node?.talent,
            floor.ready[line.name]?.remove(id, talent: talent) == true
        else { return }
        append(id, on: line)
    }

    /// See ``IdleQueue/Entry/rank``. Whoever joins, or was busy for long, does not make up for it: see
    /// ``Selection/leastWorked``.
    mutating func rank(of id: SessionID, _ node: Presence, on line: LineSettings) -> Int64 {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.selectionIgnored) { return 0 }
        #endif
        switch line.selection {
        case .longestIdle, .bestSkill: return 0
        case .mostFree: return -Int64(desk.freePoints(of: node))
        case .leastWorked:
            let worked = max(node.worked, floor.worked[line.name] ?? 0)
            floor.sessions[id]?.node?.worked = worked
            return worked
        case .roundRobin:
            // What they were given is the turn in which they were.
            guard node.worked == 0 else { return node.worked }
            let turn = floor.worked[line.name] ?? 0
            floor.sessions[id]?.node?.worked = turn
            return turn
        }
    }

    /// Keeps account of a ticket that a session was granted, on lines where that matters.
    mutating func account(for number: TicketNumber, of id: SessionID, on line: LineSettings) {
        switch line.selection {
        case .longestIdle, .mostFree, .bestSkill: break
        case .leastWorked: floor.sessions[id]?.node?.worked += Int64(desk.points(of: number))
        case .roundRobin:
            let turn = (floor.worked[line.name] ?? 0) + 1
            floor.worked[line.name] = turn
            floor.sessions[id]?.node?.worked = turn
        }
    }
}
