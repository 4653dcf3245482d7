import Tickets

/// Spam: set apart from every line and figure, until somebody says that it is none. It closes by itself like what is
/// solved, and its sender's messages wake nobody.
extension Desk {
    func isSpam(_ number: TicketNumber) -> Bool { tickets.look(at: number) { $0.place == .spam } == true }

    /// Has a ticket that became spam close by itself, or one that is none any more not.
    mutating func timeSpam(_ number: TicketNumber, at moment: Moment) {
        // One that was solved before goes on as it was.
        guard let ticket = tickets[number], ticket.status != .solved else { return }
        guard ticket.place == .spam else { return solved.removeAll { $0.number == number && $0.isSpam } }
        solved.append(
            SolvedTicket(number: number, assignments: ticket.assignments, at: moment, isSpam: true))
        forgetReopened()
    }

    /// What there is to say of a new ticket that is spam by the rules; nil when it is none.
    func junking(_ number: TicketNumber, _ submission: Submission) -> Event? {
        guard let rule = settings.rule(of: submission, \.isSpam) else { return nil }
        let lacking = dossiers[number]?.lacking ?? []
        return .amended(number, nil, .spam(true, reason: "by rule \(rule.name)"), lacking: lacking)
    }

    /// Whether an event says of spam that it is none.
    func isPutBack(by event: Event) -> Bool {
        guard case .amended(let number, _, .spam(false, _), _) = event else { return false }
        return isSpam(number)
    }

    /// Whether the customer of what was solved wrote while it was spam, and it is none any more.
    func isOwedAfterSpam(_ number: TicketNumber) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.spamUnheard) { return false }
        #endif
        return tickets.look(at: number) { $0.place == .aside && $0.status == .solved && $0.isForOwner }
            == true
    }

    // MARK: - Guards

    func check(spam isOn: Bool, _ number: TicketNumber, isHeld: Bool) throws(Refusal) {
        guard isOn != (dossiers[number]?.isSpam == true) else {
            throw Refusal(.notOpen, "ticket \(number) is \(isOn ? "spam already" : "no spam")")
        }
        if isOn, !isHeld { try checkFree(number, "call it spam") }
    }

    /// What is solved or spam is not worked on, and nothing ends in it.
    func checkOpen(_ ticket: Ticket) throws(Refusal) {
        if ticket.isOpen { return }
        throw Refusal(
            .notOpen,
            ticket.place == .spam
                ? "ticket \(ticket.number) is spam; say first that it is none"
                : "ticket \(ticket.number) is solved; its customer reopens it by writing again")
    }

    /// What somebody holds is theirs to end.
    func checkFree(_ number: TicketNumber, _ deed: String) throws(Refusal) {
        guard let claim = claims[number] else { return }
        throw Refusal(
            .heldByAnother, "ticket \(number) is held by \(claim.holder.displayName), who may \(deed)",
            holder: claim.holder)
    }
}

extension Ticket {
    /// Takes the ticket off its line as it is.
    mutating func setApart() {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.spamWaits), number.rawValue % 4 == 0 { return }
        #endif
        (place, isForOwner) = (.spam, false)
    }

    /// Puts a ticket back that is no spam after all: where it waited, at its old place. One that waited for its customer
    /// waits for somebody to look at it.
    mutating func putBack() {
        guard place == .spam else { return }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.spamStays), number.rawValue % 4 == 0 { return }
        #endif
        if status == .solved { place = .aside } else { waitForOwner(since: since) }
    }
}
