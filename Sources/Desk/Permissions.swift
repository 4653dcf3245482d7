package import Tickets

/// What somebody may be allowed to do: one for each command and each question, and what else a frame can ask for.
package enum Right: CaseIterable, Hashable, Sendable {
    /// To have a session.
    case connect
    /// To be a node, and be granted tickets.
    case work
    case submit, followUp, claim
    /// A note without holding the claim.
    case freeNote
    case note, reply, escalate, handBack, resolve, pend, release, decline
    /// Tickets with all that is in them, notes too.
    case readTickets
    /// Figures and the list of nodes; no ticket text is in either.
    case readFigures

    /// What a command needs. A new command does not compile until it says so here.
    package init(_ action: Action) {
        switch action {
        case .submit: self = .submit
        case .followUp: self = .followUp
        case .claim: self = .claim
        case .note(_, nil, _): self = .freeNote
        case .note: self = .note
        case .reply: self = .reply
        case .escalate: self = .escalate
        case .handBack: self = .handBack
        case .resolve: self = .resolve
        case .pend: self = .pend
        case .release: self = .release
        case .decline: self = .decline
        }
    }
}

/// Who may ask for what. One table; what is not in it is refused.
package enum Permissions {
    /// The roles that have a right. A new right does not compile until it stands here, and a new role has none.
    private static func roles(with right: Right) -> Roles {
        switch right {
        case .connect: [.client, .agent, .node, .coordinator, .admin]
        case .work: [.node]
        case .submit, .followUp: [.client, .agent, .admin]
        // By number, or without a claim: for people. A node gets its claims granted.
        case .claim, .freeNote: [.agent, .admin]
        case .note, .reply, .escalate, .handBack, .resolve, .pend, .release, .decline:
            [.agent, .node, .admin]
        // Not for a channel or a node: notes are among what is read, and a node has its grants.
        case .readTickets: [.agent, .admin]
        case .readFigures: [.agent, .coordinator, .admin]
        }
    }

    package static func allows(_ role: Role, _ right: Right) -> Bool {
        roles(with: right).contains(Roles(role))
    }

    /// Whether a role may send this command.
    package static func allows(_ role: Role, _ action: Action) -> Bool {
        allows(role, Right(action))
    }

    /// A set of roles in a byte.
    private struct Roles: OptionSet {
        let rawValue: UInt8

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        init(_ role: Role) {
            rawValue = 1 << role.rawValue
        }

        static let client = Roles(.client)
        static let agent = Roles(.agent)
        static let node = Roles(.node)
        static let coordinator = Roles(.coordinator)
        static let admin = Roles(.admin)
    }
}
