import Tickets

extension Exchange {
    /// Looks again when a ticket that was put into its line has waited there for long enough.
    mutating func timeOverflow(of ticket: borrowing Ticket) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.overflowForgotten) { return }
        #endif
        guard let overflow = desk.overflow(of: ticket) else { return }
        set(Timer(at: overflow.at, subject: .overflow(ticket.number)))
    }

    /// A ticket goes on to another line, unless somebody has taken it, or it has time yet.
    mutating func goOn(_ number: TicketNumber, into turn: inout Turn) {
        guard let ticket = desk.tickets[number], let overflow = desk.overflow(of: ticket), overflow.at <= now
        else { return }
        commit(.overflowed(number, to: overflow.line, reason: ""), author: .desk, stamp: nil, into: &turn)
    }
}
