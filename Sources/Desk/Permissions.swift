package import Tickets

/// Who may ask for what. One table; what is not in it is refused.
package enum Permissions {
    /// Whether a role may send this command.
    package static func allows(_ role: Role, _ action: Action) -> Bool {
        switch role {
        case .desk, .coordinator: false
        case .client: isIntake(action)
        case .node: !isIntake(action) && !isForPeople(action)
        case .agent: true
        case .admin: true
        }
    }

    /// Whether a role may read tickets. A channel may not: notes are among what is read.
    package static func allowsReading(_ role: Role) -> Bool {
        role == .agent || role == .admin
    }

    /// Whether a role may read figures and the list of nodes; no ticket text is in either.
    package static func allowsFigures(_ role: Role) -> Bool {
        role == .agent || role == .admin || role == .coordinator
    }

    private static func isIntake(_ action: Action) -> Bool {
        switch action {
        case .submit, .followUp: true
        case .claim, .note, .reply, .escalate, .handBack, .resolve, .pend, .release, .decline: false
        }
    }

    /// Claiming by number, and notes without a claim, are for people; a node gets its claims granted.
    private static func isForPeople(_ action: Action) -> Bool {
        switch action {
        case .claim, .note(_, nil, _): true
        case .submit, .followUp, .note, .reply, .escalate, .handBack, .resolve, .pend, .release, .decline:
            false
        }
    }
}
