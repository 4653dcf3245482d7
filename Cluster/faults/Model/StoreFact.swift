/// An event of the desk's log, as far as a history can be compared with it.
package struct StoreFact: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// ``digest(_:)`` of what was stored.
        case submitted(digest: UInt64)
        case followedUp(digest: UInt64)
        case claimed(token: UInt64, node: String)
        case ended(Ending, token: UInt64)
        /// The desk took the claim away: its lease was over, its node came back as another or left.
        case lapsed(token: UInt64)
        /// Something done under a token that does not end the claim.
        case under(token: UInt64)
        case other
    }

    package var position: UInt64
    package var epoch: UInt64
    package var ticket: UInt64
    /// Nil for what the desk did by itself.
    package var id: CallID?
    package var kind: Kind

    package init(position: UInt64, epoch: UInt64, ticket: UInt64, id: CallID? = nil, kind: Kind) {
        self.position = position
        self.epoch = epoch
        self.ticket = ticket
        self.id = id
        self.kind = kind
    }
}
