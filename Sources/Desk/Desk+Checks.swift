import Tickets

extension Desk {
    /// The ticket, if it can still be changed.
    func find(_ number: TicketNumber) throws(Refusal) -> Ticket {
        if let ticket = tickets[number] { return ticket }
        guard number.rawValue > 0, number <= lastTicket else {
            throw Refusal(.unknownTicket, "there is no ticket \(number); the last one is \(lastTicket)")
        }
        let destination = destination(of: number)
        guard destination == number else {
            throw Refusal(.merged, "ticket \(number) was merged into ticket \(destination); use that one")
        }
        throw Refusal(.closed, "ticket \(number) is closed for good; submit a new one that follows it")
    }

    /// The ticket, if `holder` has it under `token` now. The fence that every change under a claim passes.
    func held(_ number: TicketNumber, _ token: Token, _ holder: Holder) throws(Refusal) -> Ticket {
        let ticket = try find(number)
        guard let claim = claims[number] else {
            throw Refusal(
                .staleToken,
                "your claim of ticket \(number) under token \(token) is over; the ticket is \(ticket.place.word) "
                    + "under token \(ticket.token)", token: ticket.token)
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.tokenUnchecked), claim.holder == holder { return ticket }
        #endif
        #if PLANTED_BUGS
            if PlantedBug.isActive(.takenOverIsHeldStill), claim.holder.incarnation == 0 { return ticket }
        #endif
        guard claim.token == token else {
            throw Refusal(
                .staleToken,
                "token \(token) of ticket \(number) is not current: \(claim.holder.displayName) holds it under "
                    + "token \(claim.token)", holder: claim.holder, token: claim.token)
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.holderUnchecked) { return ticket }
        #endif
        guard claim.holder == holder else {
            throw Refusal(
                .heldByAnother, "ticket \(number) is held by \(claim.holder.displayName)",
                holder: claim.holder)
        }
        return ticket
    }

    /// The guard against answering past the customer's last words, or a colleague's.
    func checkSeen(_ ticket: Ticket, _ seen: UInt32) throws(Refusal) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.seenUnchecked) { return }
        #endif
        guard seen >= ticket.lastMessage, seen <= ticket.entries else {
            throw Refusal(
                .newerMessage,
                "there is entry \(ticket.lastMessage) in ticket \(ticket.number), you have seen \(seen); "
                    + "read it first", entry: ticket.lastMessage)
        }
    }

    /// Escalated tickets go back to their owner, who answers the customer, unless the line may answer itself.
    func checkAnswerable(_ ticket: Ticket) throws(Refusal) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.frameUnchecked) { return }
        #endif
        guard ticket.frames.isEmpty || settings.line(ticket.line)?.answersEscalated == true else {
            throw Refusal(
                .handBackFirst,
                "ticket \(ticket.number) was escalated; hand it back to its owner, who answers")
        }
    }

    /// What an entry is for; each kind leaves room for those after it, so that no ticket gets stuck.
    enum EntryPurpose {
        /// A message or a note.
        case adding
        /// A reply that does not end the claim, or an escalation.
        case working
        /// A hand-back or the last answer: at most one for each frame, and one.
        case finishing
    }

    /// The number of the ticket's next entry.
    func nextEntry(of ticket: Ticket, _ purpose: EntryPurpose) throws(Refusal) -> UInt32 {
        let room =
            switch purpose {
            case .adding: 0
            case .working: settings.limits.entriesReserved - settings.limits.framesMax - 1
            case .finishing: settings.limits.entriesReserved
            }
        guard Int(ticket.entries) < settings.limits.entriesMax + room else {
            throw Refusal(
                .conversationFull,
                "ticket \(ticket.number) has \(ticket.entries) entries; solve it and open another")
        }
        return ticket.entries + 1
    }

    func check(required text: String, _ what: String) throws(Refusal) {
        guard !text.isBlank else { throw Refusal(.textRequired, "\(what) must not be empty") }
        try check(text: text, what)
    }

    func check(text: String, _ what: String) throws(Refusal) {
        try check(text, what, settings.limits.textBytesMax)
    }

    func check(line text: String, _ what: String) throws(Refusal) {
        try check(text, what, settings.limits.lineBytesMax)
    }

    private func check(_ text: String, _ what: String, _ most: Int) throws(Refusal) {
        let count = text.utf8.count
        guard count <= most else {
            throw Refusal(.textTooLong, "\(what) has \(count) bytes; at most \(most) are taken")
        }
    }
}

extension String {
    /// Whether there is nothing but white space; on bytes, because Swift's characters combine.
    var isBlank: Bool {
        utf8.allSatisfy { $0 == 0x20 || (0x09...0x0d).contains($0) }
    }
}
