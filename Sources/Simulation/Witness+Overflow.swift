import Desk
import Tickets

/// W1: what nobody takes in time goes on, no earlier and no later, and keeps its place.
extension Witness {
    /// Without a reason it goes on because its time is over, which may be what a step wanted, too.
    mutating func overflow(
        _ number: TicketNumber, _ ticket: inout Case, to line: Name, _ reason: String, _ record: Record
    ) {
        findings.expect(.d5, ticket.stage == .waiting, "\(number) goes on while \(ticket.stage)")
        findings.expect(.w1, record.author == .desk, "\(number) goes on by \(record.author.key)")
        let due = overflow(of: ticket)
        findings.expect(
            .w1, reason.isEmpty ? due.map { $0.at <= record.at && $0.line == line } == true : isStep,
            "\(number) goes on to \(line) at \(record.at), due is \(due as Any), because: \(reason)")
        markers.reach(ticket.declined.isEmpty ? .overflowed : .declinedAndOverflowed)
        forget(number, ticket)
        if reason.isEmpty, settings.lines[ticket.line].overflow?.dropsSkills == true {
            if ticket.asking != .nothing { markers.reach(.skillsDropped) }
            ticket.asking = .nothing
        }
        ticket.line = index(ofLine: line)
        // Back where it came from it is as if it had been handed back.
        if let way = ticket.frames.firstIndex(of: ticket.line) {
            ticket.frames.removeSubrange(way...)
            markers.reach(.movedDownItsStack)
        }
        ticket.overflows += 1
        ticket.declined = []
        ticket.isForOwner = false
        ticket.arrived = record.at
        ticket.waits = record.at
        ticket.alone = nil
    }

    /// Nothing waits that should have gone on.
    mutating func checkOverflow(_ index: Int, _ now: Moment) {
        guard cases[index].stage == .waiting, let due = overflow(of: cases[index]) else { return }
        findings.expect(.w1, due.at > now, "\(index + 1) waits, it should have gone on at \(due.at)")
    }

    private func overflow(of ticket: Case) -> (at: Moment, line: Name)? {
        guard let overflow = settings.lines[ticket.line].overflow else { return nil }
        return (ticket.arrived.advanced(byMilliseconds: overflow.afterMilliseconds), overflow.line)
    }
}
