import Keys
import Tickets
import ZeroMQ

/// Which key is behind each connection that said hello, and what each key may still ask for. Socket thread only.
///
/// The credential comes with every message and is compared every time: a peer may take over the routing id of a
/// connection that has ended.
struct PeerTable {
    enum Admission {
        case admitted
        /// Nobody said hello on the connection with this key.
        case unknown
        /// The key asked for more than its share; there is something again after so many milliseconds.
        case slowDown(milliseconds: Int64)
    }

    private struct Known {
        var credential: String
        /// Of ``allowances``.
        var account: Int
        let traffic: Traffic
    }

    private let costPerSecond: Int
    private var known: [Peer: Known] = [:]
    /// One for each credential that was seen: there are no more than keys were ever listed.
    private var allowances: [Allowance] = []
    private var accounts: [String: Int] = [:]

    init(costPerSecond: Int) {
        self.costPerSecond = costPerSecond
    }

    /// Connections that are remembered.
    var count: Int { known.count }

    /// Takes what a frame costs from the share of the connection's key.
    mutating func admit(
        _ peer: Peer, _ credential: String, cost: Int, byteCount: Int, at now: Moment
    ) -> Admission {
        guard let entry = known[peer], entry.credential == credential else { return .unknown }
        entry.traffic.hear(byteCount)
        guard let wait = allowances[entry.account].take(cost, at: now) else { return .admitted }
        return .slowDown(milliseconds: wait)
    }

    /// The same without asking for a hello.
    mutating func charge(_ credential: String, cost: Int, at now: Moment) -> Admission {
        guard let wait = allowances[account(of: credential, at: now)].take(cost, at: now) else {
            return .admitted
        }
        return .slowDown(milliseconds: wait)
    }

    /// Whether anybody said hello on the connection and was not forgotten since.
    func isKnown(_ peer: Peer) -> Bool { known[peer] != nil }

    /// The credential with which somebody said hello on the connection.
    func credential(of peer: Peer) -> String? { known[peer]?.credential }

    /// What passes on a connection; nil when nobody said hello on it.
    func traffic(of peer: Peer) -> Traffic? { known[peer]?.traffic }

    /// Remembers who said hello.
    ///
    /// - Returns: What passes on the connection, from its first hello on.
    @discardableResult
    mutating func remember(_ peer: Peer, _ credential: String, at now: Moment) -> Traffic {
        if let entry = known[peer], entry.credential == credential { return entry.traffic }
        let traffic = Traffic()
        known[peer] = Known(
            credential: credential, account: account(of: credential, at: now), traffic: traffic)
        return traffic
    }

    mutating func forget(_ peer: Peer) {
        known[peer] = nil
    }

    /// Forgets the connections of which nobody has a session any more; O(n).
    mutating func sweep(where hasSession: (Peer) -> Bool) {
        known = known.filter { hasSession($0.key) }
    }

    /// The connections that are to be shut out, lowest number first.
    func peers(where isToLeave: (Peer, _ credential: String) -> Bool) -> [Peer] {
        known.filter { isToLeave($0.key, $0.value.credential) }.keys.sorted()
    }

    private mutating func account(of credential: String, at now: Moment) -> Int {
        if let account = accounts[credential] { return account }
        allowances.append(Allowance(perSecond: costPerSecond, at: now))
        accounts[credential] = allowances.count - 1
        return allowances.count - 1
    }
}
