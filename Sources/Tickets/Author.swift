/// What a key may do; every command is authorised by the role of the key that sent it.
package enum Role: UInt8, CaseIterable, Sendable {
    /// The desk itself: leases that lapse, pendings that wake.
    case desk = 1
    /// A channel that brings customers' requests in.
    case client = 2
    /// A person at a command line or console.
    case agent = 3
    case node = 4
    case coordinator = 5
    case admin = 6
    /// A person who looks after the others: takes tickets over, and says who owns them.
    case lead = 7
    /// Somebody of another department: reads tickets and writes notes.
    case colleague = 8

    package init?(word: String) {
        guard let match = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = match
    }

    /// The word in key files and every output.
    package var word: String {
        switch self {
        case .desk: "desk"
        case .client: "client"
        case .agent: "agent"
        case .node: "node"
        case .coordinator: "coordinator"
        case .admin: "admin"
        case .lead: "lead"
        case .colleague: "colleague"
        }
    }
}

/// Who did something: the key that was authenticated, and the node or person it spoke for.
package struct Author: Hashable, Sendable {
    package var role: Role
    /// The key's name, as the broker's key registry has it.
    package var key: Name
    /// The node that spoke, or nil when none did.
    package var node: Name?
    /// The person or bot, or nil when none was named.
    package var agent: Name?

    package init(role: Role, key: Name, node: Name? = nil, agent: Name? = nil) {
        self.role = role
        self.key = key
        self.node = node
        self.agent = agent
    }

    package static let desk = Author(role: .desk, key: "desk")

    /// The name by which colleagues know the author: the agent, else the node, else the key.
    package var displayName: Name { agent ?? node ?? key }
}

/// Who holds a claim.
package struct Holder: Hashable, Sendable {
    /// The node, or for a person at the command line the name of their key.
    package var node: Name
    /// The run of that node: a restarted node is another incarnation. 0 for people.
    package var incarnation: UInt64
    package var agent: Name?

    package init(node: Name, incarnation: UInt64, agent: Name? = nil) {
        self.node = node
        self.incarnation = incarnation
        self.agent = agent
    }

    /// The name that becomes the ticket's owner.
    package var displayName: Name { agent ?? node }
}
