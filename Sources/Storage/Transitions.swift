import Desk
import Tickets

/// Where a ticket stands, as one value.
enum Stage {
    case absent
    case waiting
    case claimed
    case parked
    case pending
    case onHold
    case solved
    case closed
    case spam

    init(_ state: borrowing TicketState) {
        switch (state.place, state.status) {
        case (_, .closed): self = .closed
        case (.waiting, _): self = .waiting
        case (.spam, _): self = .spam
        case (.claimed, _): self = .claimed
        case (.parked, _): self = .parked
        case (.aside, .pending): self = .pending
        case (.aside, .onHold): self = .onHold
        case (.aside, .new), (.aside, .open), (.aside, .solved): self = .solved
        }
    }
}

/// The one table of legal transitions: from which stages an event may happen.
enum Transitions {
    static func allowed(for event: Event) -> [Stage] {
        switch event {
        case .submitted: [.absent]
        case .followedUp(_, _, _, wakes: false): [.waiting, .claimed, .parked, .spam]
        case .followedUp(_, _, _, wakes: true): [.pending, .onHold, .solved]
        case .claimed: [.waiting, .parked, .pending, .onHold]
        case .noted(_, nil, _, _): [.waiting, .claimed, .parked, .pending, .onHold, .solved, .spam]
        case .noted, .replied, .escalated, .handedBack, .resolved, .pended: [.claimed]
        case .woke: [.pending, .onHold]
        case .overflowed: [.waiting]
        // A ticket that everybody declined is parked from its line.
        case .released(_, _, .declined, _, _, parks: true): [.claimed, .waiting]
        case .released: [.claimed]
        case .closed: [.solved, .spam]
        // In the turn in which it was submitted, by a rule.
        case .amended(_, _, .status, _): [.waiting]
        case .amended(_, nil, _, _): [.waiting, .claimed, .parked, .pending, .onHold, .solved, .spam]
        case .amended, .tookOver: [.claimed]
        case .merged(_, nil, _): [.waiting, .parked, .pending, .onHold, .solved, .spam]
        case .merged: [.claimed]
        // In the turn in which it was submitted.
        case .acknowledged: [.waiting]
        // A closed ticket's customer is told too.
        case .improved: [.waiting, .claimed, .parked, .pending, .onHold, .solved, .closed]
        // Of spam nothing is promised; P2 knows that.
        case .alerted: [.waiting, .claimed, .parked, .onHold, .spam]
        // It is of no ticket.
        case .configured: []
        }
    }
}
