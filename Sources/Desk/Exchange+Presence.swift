package import Tickets

/// Somebody who is at a ticket now, so that two do not work on it without knowing.
package struct Onlooker: Hashable, Sendable {
    package var name: Name
    /// Whether they write a reply, rather than read.
    package var isWriting: Bool
    var until: Moment
}

/// Who is looking and who is writing. None of it is stored: it is over in seconds.
extension Exchange {
    /// For how long somebody counts as present after a sign of it.
    static let presenceMilliseconds: Int64 = 25_000

    /// Those who are at a ticket, in order of coming; without one of them, who asks.
    package func onlookers(of number: TicketNumber, besides name: Name? = nil) -> [Onlooker] {
        (floor.onlookers[number] ?? []).filter { $0.until > now && $0.name != name }
    }

    /// Tickets that somebody is at, or was lately: what it takes in memory.
    package var onlookedTickets: Int { floor.onlookers.count }

    /// Takes note that a person looks at a ticket, or writes; a node is not somebody to collide with.
    mutating func look(at number: TicketNumber, by id: SessionID, isWriting: Bool) {
        guard let session = floor.sessions[id], session.node == nil, desk.tickets[number] != nil else {
            return
        }
        let name = session.author.displayName
        let until = now.advanced(byMilliseconds: Self.presenceMilliseconds)
        var present = onlookers(of: number)
        if let index = present.firstIndex(where: { $0.name == name }) {
            present[index].until = until
            present[index].isWriting = present[index].isWriting || isWriting
        } else {
            present.append(Onlooker(name: name, isWriting: isWriting, until: until))
        }
        floor.onlookers[number] = present
        sweepOnlookers()
    }

    /// What somebody does says where they are.
    mutating func notice(_ action: Action, by session: Session) {
        switch action {
        case .amend(let number, _, .draft(let text)) where !text.isEmpty:
            look(at: number, by: session.id, isWriting: true)
        case .amend(let number, _, .draft), .reply(let number, _, _, _), .resolve(let number, _, _, _):
            stopWriting(number, by: session.author.displayName)
        default: break
        }
    }

    /// Who answered or threw their draft away writes no more.
    mutating func stopWriting(_ number: TicketNumber, by name: Name) {
        guard !floor.onlookers.isEmpty,
            let index = floor.onlookers[number]?.firstIndex(where: { $0.name == name })
        else { return }
        floor.onlookers[number]?[index].isWriting = false
    }

    /// Forgets those who left, now and then, so that what was looked at does not add up.
    private mutating func sweepOnlookers() {
        guard floor.onlookers.count > floor.onlookersMax else { return }
        // In any order: each is looked at by itself.
        floor.onlookers = floor.onlookers.filter { $0.value.contains { $0.until > now } }
        floor.onlookersMax = max(Floor.timersAtLeast, 2 * floor.onlookers.count)
    }
}
