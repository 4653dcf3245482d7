import Keys
import Tickets
import Wire

/// Who may report and who may ask. What is not in here is refused.
enum CoordinatorPermissions {
    /// A node's key reports for the nodes that it speaks for, the broker's for the broker.
    static func allowsPushing(_ metrics: ProtoMetrics, by key: AuthorizedKey) -> Bool {
        switch key.userID.role {
        case .node:
            metrics.source == SourceKind.node.rawValue && (Name(metrics.name).map(key.maySpeak) ?? false)
        case .desk: metrics.source == SourceKind.broker.rawValue
        case .client, .agent, .coordinator, .admin, .lead, .colleague: false
        }
    }

    /// There is no ticket text in figures; still, a channel has no business with them.
    static func allowsFigures(_ role: Role) -> Bool {
        switch role {
        case .node, .desk, .agent, .lead, .coordinator, .admin: true
        case .client, .colleague: false
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
