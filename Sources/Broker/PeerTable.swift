import Keys
import Tickets
import ZeroMQ

/// Which key is behind each connection that said hello. Socket thread only.
///
/// The credential comes with every message and is compared every time: a peer may take over the routing id of a
/// connection that has ended.
struct PeerTable {
    private var known: [Peer: String] = [:]
    /// Connections that are remembered; beyond it all are forgotten, and say hello again.
    private let countMax = 100_000

    /// Whether the connection is the one that said hello with this credential.
    func isCurrent(_ peer: Peer, _ credential: String) -> Bool {
        known[peer] == credential
    }

    /// Whether anybody said hello on the connection and was not forgotten since.
    func isKnown(_ peer: Peer) -> Bool { known[peer] != nil }

    /// Remembers who said hello.
    mutating func remember(_ peer: Peer, _ credential: String) {
        if known.count >= countMax { known.removeAll() }
        known[peer] = credential
    }

    mutating func forget(_ peer: Peer) {
        known[peer] = nil
    }

    /// The connections that are to be shut out, lowest number first.
    func peers(where isToLeave: (Peer, _ credential: String) -> Bool) -> [Peer] {
        known.filter { isToLeave($0.key, $0.value) }.keys.sorted()
    }
}
