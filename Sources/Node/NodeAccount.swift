import SwiftProtobuf
import Wire

/// What a node did, by its own count: to be compared with what the event log says.
///
/// Everything but ``claims`` is counted when the broker's answer says that it happened.
package struct NodeAccount: Hashable, Sendable {
    /// Grants taken.
    package var claims: UInt64 = 0
    package var notes: UInt64 = 0
    /// Replies to customers, those that resolve included.
    package var replies: UInt64 = 0
    package var escalated: UInt64 = 0
    package var handedBack: UInt64 = 0
    package var resolved: UInt64 = 0
    package var pended: UInt64 = 0
    /// Put back by the node itself: released, declined or failed.
    package var released: UInt64 = 0

    // Not in the log: what the node tells of itself.

    /// Commands that the broker refused for good.
    package var refused: UInt64 = 0
    /// Claims that ended without the node.
    package var leasesLost: UInt64 = 0
    /// Handlers that threw.
    package var handlerFailures: UInt64 = 0
    /// Grants of a claim that was held already.
    package var duplicateGrants: UInt64 = 0

    package init() {}
}

extension ProtoNodeTally {
    init(_ account: NodeAccount, node: String, incarnation: UInt64) {
        self.init()
        self.node = node
        self.incarnation = incarnation
        claims = account.claims
        notes = account.notes
        replies = account.replies
        escalated = account.escalated
        handedBack = account.handedBack
        resolved = account.resolved
        pended = account.pended
        released = account.released
    }
}
