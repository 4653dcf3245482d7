import Keys
import Tickets
import ZeroMQ

/// Which key is behind each connection. Socket thread only.
///
/// The User-Id comes with every message and is compared every time: a peer may take over the routing id of a
/// connection that has ended.
struct PeerTable {
    struct Key {
        var role: Role
        var name: Name
    }

    private struct Known {
        var userID: String
        var key: Key
    }

    private var known: [Peer: Known] = [:]
    /// Connections that are remembered; beyond it all are forgotten, and say hello again.
    private let countMax = 100_000

    /// The key that the User-Id names; nil when it names none.
    mutating func identify(_ peer: Peer, _ userID: String) -> Key? {
        if let entry = known[peer], entry.userID == userID { return entry.key }
        guard let user = UserID(userID) else { return nil }
        return Key(role: user.role, name: user.name)
    }

    /// Whether the connection is the one that said hello under this User-Id.
    func isCurrent(_ peer: Peer, _ userID: String) -> Bool {
        known[peer]?.userID == userID
    }

    /// Remembers who said hello.
    mutating func remember(_ peer: Peer, _ userID: String, _ key: Key) {
        if known.count >= countMax { known.removeAll() }
        known[peer] = Known(userID: userID, key: key)
    }

    mutating func forget(_ peer: Peer) {
        known[peer] = nil
    }
}
