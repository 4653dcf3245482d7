import Tickets

/// Rules for what customers write to tickets that are there.
extension Desk {
    /// What the rules make of a message that a ticket just got, in their order: its priority, its tags, where it waits.
    func steps(onMessage body: String, to number: TicketNumber, at now: Moment) -> [Event] {
        guard settings.rules.contains(where: \.isForMessages), let ticket = tickets[number] else { return [] }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.messageRuleForgotten), number.rawValue % 8 == 0 { return [] }
        #endif
        let ruling = settings.rule(onMessage: body, priority: ticket.priority, line: ticket.line, at: now)
        let lacking = lacking(of: number)
        var amendments = ruling.tags.map { Amendment.tag($0, isOn: true) }
        if ruling.priority != ticket.priority { amendments.insert(.priority(ruling.priority), at: 0) }
        var events = amendments.map { Event.amended(number, nil, $0, lacking: lacking) }
        if ticket.place == .waiting, ruling.line != ticket.line {
            let rules = ruling.rules.joined(separator: ", ")
            events.append(.overflowed(number, to: ruling.line, reason: "by rule \(rules)"))
        }
        return events
    }
}
