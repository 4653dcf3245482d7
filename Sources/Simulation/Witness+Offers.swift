import Desk
import Tickets

/// W2: an offer that nobody accepts in time goes to somebody else, and who missed it gets none until they are back.
extension Witness {
    /// Something was done under a ticket's claim: a sign of life for it, which accepts it unless it makes it an offer.
    mutating func work(_ ticket: inout Case, _ amendment: Amendment?, _ record: Record) {
        ticket.renewed = max(ticket.renewed, record.at)
        if case .offered(let milliseconds) = amendment {
            let expected = settings.lines[ticket.line].offers?.milliseconds(nil)
            findings.expect(
                .w2, milliseconds == expected && record.author.role == .desk,
                "an offer of \(milliseconds) ms by \(record.author.displayName)")
            ticket.offer = milliseconds
        } else {
            if ticket.offer != nil { markers.reach(.offerAccepted) }
            ticket.offer = nil
        }
    }

    mutating func judgeMiss(_ number: TicketNumber, _ ticket: Case, _ record: Record) {
        guard let offer = ticket.offer, let holder = ticket.holder else {
            return _ = findings.expect(.w2, false, "\(number) is missed and was not offered")
        }
        let open =
            record.at.milliseconds(since: ticket.renewed) - stalled(from: ticket.renewed, to: record.at)
        findings.expect(.w2, open >= offer, "\(number) is missed after \(open) ms of \(offer)")
        missed[holder.node] = (holder.incarnation, record.at)
    }

    mutating func checkPresence(_ number: TicketNumber, of holder: Holder, _ record: Record) {
        // What it was granted before it said that nobody is there is on disk only now.
        guard let (incarnation, at) = missed[holder.node], incarnation == holder.incarnation, at < record.at
        else { return }
        // What the node said in the millisecond of the miss may have come after it.
        let isBack = returned[holder.node].map { $0 >= at } == true
        findings.expect(.w2, isBack, "\(number) to \(holder.node), which missed an offer")
        missed[holder.node] = nil
        markers.reach(.backAfterAMiss)
    }

    /// The broker heard that somebody is there.
    mutating func seeReturn(of node: Name, _ exchange: Exchange) { returned[node] = exchange.now }
}
