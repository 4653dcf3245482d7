/// How much of a seat a ticket takes, by its channel. A seat is one person's whole attention: somebody who is on the
/// phone does nothing else, and reads four chats at a time.
package struct SeatCosts: Hashable, Sendable {
    /// Tickets of a channel of which so many fill a seat.
    package struct Share: Hashable, Sendable {
        package var channel: Name
        package var perSeat: Int

        package init(_ channel: Name, perSeat: Int) {
            self.channel = channel
            self.perSeat = perSeat
        }
    }

    /// Those that differ from ``others``.
    package var shares: [Share]
    /// Tickets of any other channel of which so many fill a seat.
    package var others: Int

    /// Points of a seat: each of ``perSeatRange`` divides it, so that nothing is ever rounded.
    package static let seat = 720_720
    package static let perSeatRange = 1...16

    /// Four chats, two tickets or one call.
    package init(shares: [Share] = [Share("chat", perSeat: 4), Share("call", perSeat: 1)], others: Int = 2) {
        self.shares = shares
        self.others = others
    }

    /// Points that a ticket of a channel takes; nil stands for one that is not known.
    package func points(_ channel: Name?) -> Int {
        let perSeat = channel.flatMap { name in shares.first { $0.channel == name }?.perSeat } ?? others
        return Self.seat / max(1, perSeat)
    }
}
