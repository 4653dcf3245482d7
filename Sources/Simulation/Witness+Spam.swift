import Desk
import Tickets

/// Spam is in no line and in nobody's hands, closes like what is solved, and goes back to where it was.
extension Witness {
    mutating func setSpam(_ isOn: Bool, _ number: TicketNumber, _ ticket: inout Case, _ record: Record) {
        findings.expect(.d5, ticket.isSpam != isOn, "\(number) is called spam, or none, twice")
        ticket.isSpam = isOn
        if !isOn { return takeBack(number, &ticket) }
        findings.expect(
            .c3, ticket.stage != .claimed || record.event.token == ticket.token,
            "\(number) is called spam while \(ticket.holder?.displayName.text ?? "nobody") holds it")
        markers.reach(.spam)
        (ticket.stageBefore, ticket.wroteAsSpam) = (ticket.stage, false)
        if ticket.stage == .claimed { endClaim(ticket) }
        forget(number, ticket)
        if ticket.stage != .solved { ticket.solvedAt = record.at }
        ticket.leaveLine(.spam)
    }

    private mutating func takeBack(_ number: TicketNumber, _ ticket: inout Case) {
        guard ticket.stage == .spam else { return }
        markers.reach(.spamTakenBack)
        if ticket.stageBefore == .solved {
            if ticket.wroteAsSpam { expectHearing(in: number, ticket.entries) }
            return ticket.stage = .solved
        }
        ticket.wait(since: ticket.since, forOwner: true)
    }
}
