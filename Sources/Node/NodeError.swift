package import Tickets

/// Why a node ended other than by being asked to.
package enum NodeError: Error, Hashable, CustomStringConvertible {
    /// The broker will have nothing more to do with this node.
    case dismissed(node: Name, Refusal)
    /// The key file does not say which broker it belongs to.
    case noServerKey(user: String)

    package var description: String {
        switch self {
        case .dismissed(let node, let refusal):
            "the broker dismissed node \(node) (\(refusal)); it does not come back by itself"
        case .noServerKey(let user):
            "the key file of \(user) has no line `broker:`, so the broker cannot be told from an impostor: "
                + "add the line with the broker's public key"
        }
    }
}
