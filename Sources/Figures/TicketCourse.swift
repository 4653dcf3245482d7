package import Desk
package import Promises
package import Tickets

/// What happened to one ticket, as far as figures count it: the fold of its events.
///
/// The one definition. The log is folded with it, and the view keeps its values: see ``Figures``.
package struct TicketCourse: Hashable, Sendable {
    package private(set) var clocks: TicketClocks
    /// Who claimed it first, and answers to the customer.
    package private(set) var owner: Name?
    package private(set) var claims: UInt32
    package private(set) var escalations: UInt32
    package private(set) var handBacks: UInt32
    /// How often the customer's message opened it again after it was solved.
    package private(set) var reopenings: UInt32
    package private(set) var isSolved: Bool
    package private(set) var isSpam: Bool
    /// Whether it ended in another ticket, under whose number it is worked on.
    package private(set) var isMerged: Bool
    /// Milliseconds for which somebody held it.
    package private(set) var heldMilliseconds: Int64
    /// Since when it is held; nil while nobody holds it, and while whoever it is offered to has not accepted it.
    package private(set) var heldSince: Moment?
    /// When somebody took it first, or accepted it where it was offered; nil while nobody has.
    package private(set) var taken: Moment?
    /// Kinds, tags and priorities that were set since it came, and that it is spam or is not, in order; of kinds, and
    /// of what became of each tag, the last. For most tickets there are none.
    package private(set) var changes: [Change]

    /// What figures tell tickets apart by, when it is set later.
    package struct Change: Hashable, Sendable {
        package let at: Moment
        /// A kind, a priority, a tag or spam without its reason.
        package let amendment: Amendment

        /// Nil for an amendment that changes no figure, or not by when it was made.
        package init?(_ amendment: Amendment, at moment: Moment) {
            switch amendment {
            case .kind, .priority, .tag: (at, self.amendment) = (moment, amendment)
            case .spam(let isOn, _): (at, self.amendment) = (moment, .spam(isOn, reason: ""))
            case .field, .participant, .parent, .link, .owner, .draft, .given, .feedback, .offered, .accepted,
                .status:
                return nil
            }
        }

        /// Whether nothing is left of this one after another. Every priority counts while it lasts, because promises are
        /// judged by it; and so does spam, to which nothing is promised.
        fileprivate func isUndone(by later: Change) -> Bool {
            switch (amendment, later.amendment) {
            case (.kind, .kind): true
            case (.tag(let tag, _), .tag(let other, _)): tag.utf8.elementsEqual(other.utf8)
            default: false
            }
        }
    }

    /// The course of a ticket that was accepted at a moment, on a line.
    package init(line: Name, at moment: Moment) {
        self.init(
            clocks: TicketClocks(line: line, at: moment), owner: nil, claims: 0, escalations: 0, handBacks: 0,
            reopenings: 0, isSolved: false, isSpam: false, isMerged: false, heldMilliseconds: 0,
            heldSince: nil, taken: nil, changes: [])
    }

    /// A course as it was kept.
    package init(
        clocks: TicketClocks, owner: Name?, claims: UInt32, escalations: UInt32, handBacks: UInt32,
        reopenings: UInt32, isSolved: Bool, isSpam: Bool, isMerged: Bool, heldMilliseconds: Int64,
        heldSince: Moment?, taken: Moment?, changes: [Change]
    ) {
        self.clocks = clocks
        self.owner = owner
        self.claims = claims
        self.escalations = escalations
        self.handBacks = handBacks
        self.reopenings = reopenings
        self.isSolved = isSolved
        self.isSpam = isSpam
        self.isMerged = isMerged
        self.heldMilliseconds = heldMilliseconds
        self.heldSince = heldSince
        self.taken = taken
        self.changes = changes
    }

    package mutating func follow(_ event: borrowing Event, at moment: Moment) {
        clocks.follow(event, at: moment)
        if accepts(event) { take(at: moment) }
        switch event {
        case .submitted, .noted, .replied, .woke, .closed, .configured, .alerted, .acknowledged, .overflowed,
            .improved:
            break
        case .followedUp(_, _, _, let wakes):
            guard wakes, isSolved else { return }
            isSolved = false
            reopenings &+= 1
        case .claimed(_, _, let holder, _):
            owner = owner ?? holder.displayName
            take(at: moment)
        case .amended(_, _, .offered, _): giveBack()
        case .escalated:
            escalations &+= 1
            putDown(at: moment)
        case .handedBack:
            handBacks &+= 1
            putDown(at: moment)
        case .resolved:
            putDown(at: moment)
            isSolved = true
        case .pended, .released: putDown(at: moment)
        case .amended(_, _, .owner(let new, _), _): owner = new
        case .amended(_, _, let amendment, _):
            if case .spam(let isOn, _) = amendment { isSpam = isOn }
            // Solved by a rule, which is nobody's first contact.
            if case .status(.solved, _) = amendment { isSolved = true }
            if event.ticketLetGo != nil { putDown(at: moment) }
            guard let change = Change(amendment, at: moment) else { return }
            changes.removeAll { $0.isUndone(by: change) }
            changes.append(change)
        case .tookOver:
            // Who was only offered it never had it.
            if heldSince == nil { take(at: moment) } else { claims &+= 1 }
        case .merged:
            putDown(at: moment)
            isMerged = true
        }
    }

    /// Whether figures count it: spam is in none, and a merged ticket is worked on under another number.
    package var counts: Bool { !isSpam && !isMerged }

    /// Solved by whom it came to first, at once: one claim, nobody else asked, and the customer did not come back.
    package var isFirstContact: Bool {
        isSolved && claims == 1 && escalations == 0 && reopenings == 0
    }

    /// Whether an event accepts what was offered, as whatever its holder does under the token; not that they give it
    /// back. A token is in force while the ticket is held, so one is that of an offer where nobody holds it.
    private func accepts(_ event: borrowing Event) -> Bool {
        guard heldSince == nil, event.token != nil else { return false }
        return switch event {
        case .claimed, .tookOver, .released, .amended(_, _, .offered, _): false
        default: true
        }
    }

    private mutating func take(at moment: Moment) {
        claims &+= 1
        heldSince = moment
        taken = taken ?? moment
    }

    /// What was claimed is only offered: until it is accepted it is as if nobody had claimed it.
    private mutating func giveBack() {
        guard heldSince != nil, claims > 0 else { return }
        claims -= 1
        heldSince = nil
        if claims == 0 { taken = nil }
    }

    private mutating func putDown(at moment: Moment) {
        guard let since = heldSince else { return }
        heldMilliseconds &+= max(0, moment.milliseconds(since: since))
        heldSince = nil
    }
}
