import Tickets

/// Where tickets go on to that nobody took in time.
///
/// A ticket's time on a line begins when it comes to the line: with its submission, an escalation, a hand-back, an
/// overflow, or when it waits again after it was set aside or taken for spam. To be claimed and put back does not begin
/// it anew, so that no node can keep a ticket from going on. When it goes on it keeps its place: it counts as having waited since it did.
extension Desk {
    /// When and where a waiting ticket goes on; nil when it stays. One that came before its desk kept account of that has
    /// been on its line since it began to wait.
    func overflow(of ticket: borrowing Ticket) -> (at: Moment, line: Name)? {
        let line = ticket.line
        guard hasOverflow, ticket.place == .waiting, let overflow = settings.line(line)?.overflow else {
            return nil
        }
        let arrival = arrivals[ticket.number] ?? ticket.since
        return (arrival.advanced(byMilliseconds: overflow.afterMilliseconds), overflow.line)
    }

    /// A ticket that nobody took in time is about to go on: it asks for less where its line says so.
    mutating func widen(_ number: TicketNumber) {
        guard !demands.isEmpty, let line = tickets.look(at: number, { $0.line }),
            settings.line(line)?.overflow?.dropsSkills == true
        else { return }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.skillsNeverDropped) { return }
        #endif
        demands[number] = nil
    }

    /// Keeps account of when tickets came to their lines; called only where one overflows.
    mutating func followArrivals(_ record: borrowing Record) {
        switch record.event {
        case .submitted(let number, _, _), .escalated(let number, _, _, _, _, _),
            .handedBack(let number, _, _, _, _), .overflowed(let number, _, _), .woke(let number),
            .followedUp(let number, _, _, wakes: true):
            arrivals[number] = record.at
        case .amended(let number, _, .spam(false, _), _):
            if tickets.look(at: number, { $0.place == .waiting }) == true { arrivals[number] = record.at }
        case .closed(let numbers): for number in numbers { arrivals[number] = nil }
        case .merged(let number, _, _): arrivals[number] = nil
        default: break
        }
    }

    /// The desk is another: its lines may overflow now, or no more.
    mutating func adoptOverflow() {
        hasOverflow = configuration?.settings.lines.contains { $0.overflow != nil } ?? false
        if !hasOverflow { arrivals = TicketMap() }
    }
}
