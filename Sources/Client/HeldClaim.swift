package import Tickets
import Wire

/// A claim as its holder knows it.
package struct HeldClaim: Hashable, Sendable {
    package var ticket: TicketNumber
    package var token: Token

    package init(ticket: TicketNumber, token: Token) {
        self.ticket = ticket
        self.token = token
    }
}

extension ProtoHeld {
    init(_ claim: HeldClaim) {
        self.init()
        ticket = claim.ticket.rawValue
        token = claim.token.rawValue
    }
}
