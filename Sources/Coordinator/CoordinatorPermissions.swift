import Tickets
import Wire

/// Who may report and who may ask. What is not in here is refused.
enum CoordinatorPermissions {
    /// A node's key reports for nodes, the broker's for the broker.
    static func allowsPushing(_ source: String, _ role: Role) -> Bool {
        switch role {
        case .node: source == SourceKind.node.rawValue
        case .desk: source == SourceKind.broker.rawValue
        case .client, .agent, .coordinator, .admin: false
        }
    }

    /// There is no ticket text in figures; still, a channel has no business with them.
    static func allowsFigures(_ role: Role) -> Bool {
        switch role {
        case .node, .desk, .agent, .coordinator, .admin: true
        case .client: false
        }
    }
}

extension ProtoError {
    /// The refusal of a question.
    init(_ refusal: Refusal, query: UInt64) {
        self.init(refusal)
        queryID = query
    }
}
