package import Tickets

/// What a handler wants done with a ticket: notes first, in their order, then one outcome that ends the
/// claim.
package struct Decision: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Solves the ticket; with a reply for the customer, or silently.
        case resolve(reply: String?)
        /// Sets it aside until the customer writes (`onHold` false) or somebody else acts, or until the time
        /// is over; with a reply for the customer first, or without.
        case pend(reply: String?, onHold: Bool, wakeAfterMilliseconds: Int64?, reason: String)
        /// Passes it to another line, the next one unless named, with what that line needs to know.
        ///
        /// The budget is how many milliseconds of business that line is given; nil: as its promises say.
        case escalate(note: String, to: Name?, budget: Int64? = nil)
        /// Returns it to its owner, who answers the customer.
        case handBack(note: String)
        /// Puts it back at its place; `failed` counts it as a failed claim, after three of which it is
        /// parked.
        case release(reason: String, failed: Bool)
        /// Puts it back, not to be granted to this node again.
        case decline(reason: String)
    }

    /// What is filled in on the ticket first, such as its kind's checklist.
    package var fields: [Field]
    /// Internal notes that are left before the outcome.
    package var notes: [String]
    package var outcome: Outcome

    package init(_ outcome: Outcome, fields: [Field] = [], notes: [String] = []) {
        self.outcome = outcome
        self.fields = fields
        self.notes = notes
    }
}

extension Decision {
    /// The commands that carry it out under a claim, in order. Each is sent when the one before has
    /// succeeded.
    ///
    /// A wake-up is counted from `wall`, the time now.
    func actions(_ claim: Scope, wall: Moment) -> [Action] {
        let (ticket, token) = (claim.ticket, claim.token)
        var actions = fields.map { Action.amend(ticket, token, .field($0)) }
        actions += notes.map { Action.note(ticket, token, text: $0) }
        switch outcome {
        case .resolve(let reply):
            actions.append(.resolve(ticket, token, seen: claim.seen, text: reply))
        case .pend(let reply, let onHold, let wakeAfter, let reason):
            if let reply { actions.append(.reply(ticket, token, seen: claim.seen, text: reply)) }
            let until = wakeAfter.map { wall.advanced(byMilliseconds: max($0, 0)) }
            actions.append(.pend(ticket, token, onHold: onHold, until: until, reason: reason))
        case .escalate(let note, let line, let budget):
            actions.append(.escalate(ticket, token, to: line, note: note, budget: budget))
        case .handBack(let note):
            actions.append(.handBack(ticket, token, note: note))
        case .release(let reason, let failed):
            actions.append(.release(ticket, token, reason: reason.asReason, failed: failed))
        case .decline(let reason):
            actions.append(.decline(ticket, token, reason: reason.asReason))
        }
        return actions
    }

    /// What a handler's commands are made under.
    struct Scope {
        var ticket: TicketNumber
        var token: Token
        /// The customer's last message that the handler was given.
        var seen: UInt32
    }
}

extension String {
    /// Cut to what a reason may have (1,024 bytes), at the edge of a character.
    var asReason: String {
        let bytesMax = 1_000
        guard utf8.count > bytesMax else { return self }
        var cut = ""
        var bytes = 0
        for scalar in unicodeScalars {
            bytes += String(scalar).utf8.count
            if bytes > bytesMax { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut + "…"
    }
}
