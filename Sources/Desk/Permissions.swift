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
    /// To set something on a ticket that one holds, and on any.
    case amend, amendFreely
    /// To keep a draft of a reply.
    case draft
    /// To change who owns a ticket without holding it, and to take one from its holder.
    case assign, takeOver
    /// To make a ticket out of another, or end one that one holds in another.
    case divide, merge
    /// Tickets with all that is in them, notes too.
    case readTickets
    /// Figures and the list of nodes; no ticket text is in either.
    case readFigures
    /// To tell all customers who asked for something that it is there.
    case improve
    /// To change what the desk is.
    case configure
    /// What the desk is, and was.
    case readConfiguration

    /// What a command needs. A new command does not compile until it says so here.
    package init(_ action: Action) {
        switch action {
        case .submit(let submission):
            switch submission.origin?.cause {
            case nil, .follows: self = .submit
            case .split, .child: self = .divide
            }
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
        case .amend(_, nil, .draft): self = .draft
        case .amend(_, nil, .owner): self = .assign
        case .amend(_, nil, _): self = .amendFreely
        case .amend: self = .amend
        case .takeOver: self = .takeOver
        case .merge(_, nil, _): self = .amendFreely
        case .merge: self = .merge
        case .improve: self = .improve
        case .configure: self = .configure
        }
    }
}

/// Who may ask for what. One table; what is not in it is refused.
package enum Permissions {
    /// The roles that have a right. A new right does not compile until it stands here, and a new role has none.
    private static func roles(with right: Right) -> Roles {
        switch right {
        case .connect: [.client, .colleague, .agent, .lead, .node, .coordinator, .admin]
        case .work: [.node]
        case .submit, .followUp: [.client, .agent, .lead, .admin]
        // By number, or without a claim: for people. A node gets its claims granted.
        case .claim: [.agent, .lead, .admin]
        case .freeNote: [.colleague, .agent, .lead, .admin]
        case .note, .reply, .escalate, .handBack, .resolve, .pend, .release, .decline, .amend:
            [.agent, .lead, .node, .admin]
        case .amendFreely, .draft, .divide: [.agent, .lead, .admin]
        case .merge: [.agent, .lead, .node, .admin]
        case .assign, .takeOver: [.lead, .admin]
        // As those who may set what their customers asked for. Not for a node: what it sends nobody has read.
        case .improve: [.agent, .lead, .admin]
        // Not for a channel or a node: notes are among what is read, and a node has its grants.
        case .readTickets: [.colleague, .agent, .lead, .admin]
        case .readFigures: [.agent, .lead, .coordinator, .admin]
        case .configure: [.admin]
        case .readConfiguration: [.agent, .lead, .coordinator, .admin]
        }
    }

    package static func allows(_ role: Role, _ right: Right) -> Bool {
        roles(with: right).contains(Roles(role))
    }

    /// Whether a role may send this command.
    package static func allows(_ role: Role, _ action: Action) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.colleagueMayAmend), role == .colleague, case .amend = action {
                return true
            }
        #endif
        return allows(role, Right(action))
    }

    /// A set of roles in two bytes.
    private struct Roles: OptionSet {
        let rawValue: UInt16

        init(rawValue: UInt16) {
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
        static let lead = Roles(.lead)
        static let colleague = Roles(.colleague)
    }
}
