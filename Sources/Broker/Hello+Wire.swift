package import Desk
package import Tickets
package import Wire

extension Held {
    package init(_ proto: ProtoHeld) {
        self.init(ticket: TicketNumber(proto.ticket), token: Token(proto.token))
    }
}

extension Hello {
    package init(_ proto: ProtoNodeHello) throws(Refusal) {
        let presence = Presence(
            name: try Name(wire: proto.name), incarnation: proto.incarnation,
            line: try Name(wire: proto.line),
            seats: Int(proto.seats), shift: proto.shift, isAway: proto.away)
        self.init(presence: presence, held: proto.held.map { Held($0) })
    }
}
