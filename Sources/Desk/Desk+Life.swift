import DequeModule
package import Tickets

/// What is set on tickets, who takes them from whom, and how they end in one another.
extension Desk {
    // MARK: - Amendments

    func amend(
        _ number: TicketNumber, _ token: Token?, _ holder: Holder, _ amendment: Amendment
    ) throws(Refusal) -> Event {
        if let token { _ = try held(number, token, holder) } else { _ = try find(number) }
        if case .spam(let isOn, _) = amendment { try check(spam: isOn, number, isHeld: token != nil) }
        try check(amendment, of: number, by: holder.displayName)
        return .amended(number, token, amendment, lacking: lacking(of: number, after: amendment))
    }

    private func check(_ amendment: Amendment, of number: TicketNumber, by author: Name) throws(Refusal) {
        switch amendment {
        case .priority: return
        case .owner(_, let reason): return try check(reason: reason, "a new owner")
        case .draft(let text): return try check(draft: text, of: number, by: author)
        case .kind(let kind): if let kind { try check(line: kind, "the kind") }
        case .tag(let tag, _):
            try check(line: tag, "a tag")
            guard !tag.isBlank else { throw Refusal(.textRequired, "a tag must not be empty") }
        case .field(let field):
            try check(line: field.name, "a field's name")
            try check(line: field.value, "a field's value")
            guard !field.name.isBlank else { throw Refusal(.textRequired, "a field needs a name") }
        case .participant: break
        case .spam(_, let reason): try check(line: reason, "the reason")
        case .feedback(let topic): try check(line: topic, "the topic")
        case .link(let other, _): try check(other: other, than: number)
        case .parent(let parent): if let parent { try check(parent: parent, of: number) }
        case .given: throw Refusal(.notAuthorised, "what a ticket came with is said by the desk alone")
        case .offered: throw Refusal(.notAuthorised, "tickets are offered by the desk alone")
        case .status: throw Refusal(.notAuthorised, "by rules tickets are set aside by the desk alone")
        case .accepted:
            guard claims[number]?.offerMilliseconds == nil else { return }
            throw Refusal(.notHeld, "ticket \(number) is not an offer: it was accepted, or need not be")
        }
        let most = settings.limits.amendmentsMax
        guard (dossiers[number]?.amendments ?? 0) < most else {
            throw Refusal(.amendmentBound, "ticket \(number) was changed \(most) times; that is enough")
        }
    }

    func check(reason: String, _ what: String) throws(Refusal) {
        guard !reason.isBlank else { throw Refusal(.textRequired, "\(what) needs a reason") }
        try check(line: reason, "the reason")
    }

    private func check(draft text: String, of number: TicketNumber, by author: Name) throws(Refusal) {
        let (count, most) = (text.utf8.count, settings.limits.draftBytesMax)
        guard count <= most else {
            throw Refusal(.textTooLong, "the draft has \(count) bytes; at most \(most) are kept")
        }
        guard let drafters = dossiers[number]?.drafters, !drafters.contains(author), !text.isEmpty,
            drafters.count >= settings.limits.draftersMax
        else { return }
        throw Refusal(
            .tooManyValues, "\(drafters.count) people have drafts for ticket \(number); one must end first")
    }

    private func check(other: TicketNumber, than number: TicketNumber) throws(Refusal) {
        guard other != number else { throw Refusal(.wouldBeCycle, "that is ticket \(number) itself") }
        guard other.rawValue > 0, other <= lastTicket else {
            throw Refusal(.unknownTicket, "there is no ticket \(other); the last one is \(lastTicket)")
        }
    }

    private func check(parent: TicketNumber, of number: TicketNumber) throws(Refusal) {
        try check(other: parent, than: number)
        try checkOpen(try find(parent))
        #if PLANTED_BUGS
            // Only the next one.
            if PlantedBug.isActive(.partsInCircles), dossiers[parent]?.parent != number { return }
        #endif
        // Parents were checked when they were set, so the way up ends.
        var above = dossiers[parent]?.parent
        while let ticket = above {
            guard ticket != number else {
                throw Refusal(.wouldBeCycle, "ticket \(parent) is a part of ticket \(number) already")
            }
            above = dossiers[ticket]?.parent
        }
    }

    /// What a ticket's kind asks for and nobody has given, as an amendment leaves it.
    private func lacking(of number: TicketNumber, after amendment: Amendment) -> [String] {
        let dossier = dossiers[number] ?? Dossier()
        var after = dossier
        switch amendment {
        case .kind, .field: after.take(amendment, lacking: [], by: Author.desk.key)
        case .priority, .tag, .participant, .spam, .parent, .link, .owner, .draft, .feedback, .given,
            .offered, .accepted, .status:
            return dossier.lacking
        }
        return lacking(kind: after.kind, given: after.given)
    }

    private func lacking(kind: String?, given: [String]) -> [String] {
        guard let kind = settings.life.kind(kind) else { return [] }
        return (kind.fields + kind.checklist).filter { name in
            !given.contains { $0.isSameText(as: name) }
        }
    }

    /// What there is to say of a new ticket, if its desk asks something of some kind: what it came with.
    func examination(of number: TicketNumber, _ submission: Submission) -> [Event] {
        guard !settings.life.kinds.isEmpty else { return [] }
        let given = submission.fields.filter { !$0.value.isEmpty }.map(\.name)
        let lacking = lacking(kind: submission.kind, given: given)
        guard settings.life.kind(submission.kind) != nil else {
            return given.isEmpty ? [] : [.amended(number, nil, .given(given), lacking: [])]
        }
        return [
            .amended(number, nil, .given(given), lacking: []),
            .amended(number, nil, .kind(submission.kind), lacking: lacking),
        ]
    }

    /// Who has a draft of a reply to a ticket, in order of writing.
    package func drafters(of number: TicketNumber) -> [Name] { dossiers[number]?.drafters ?? [] }

    // MARK: - Guards

    /// A checklist is worked through before a ticket goes to another line.
    func checkChecklist(_ number: TicketNumber) throws(Refusal) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.checklistIgnored) { return }
        #endif
        let open = openChecklist(of: number)
        guard open.isEmpty else {
            throw Refusal(
                .checklistOpen,
                "before ticket \(number) is escalated, fill in: \(open.joined(separator: ", "))")
        }
    }

    /// What somebody has to fill in before a ticket may be escalated, in the order of its kind.
    package func openChecklist(of number: TicketNumber) -> [String] {
        guard !dossiers.isEmpty, let dossier = dossiers[number], !dossier.lacking.isEmpty,
            let kind = settings.life.kind(dossier.kind)
        else { return [] }
        return kind.checklist.filter { item in dossier.lacking.contains { $0.isSameText(as: item) } }
    }

    /// What its kind lays down for whoever takes a ticket; empty where that is nothing.
    package func script(for number: TicketNumber) -> String {
        guard !dossiers.isEmpty, let kind = dossiers[number]?.kind else { return "" }
        return settings.life.kind(kind)?.script ?? ""
    }

    /// A ticket is solved after its parts.
    func checkChildren(_ number: TicketNumber) throws(Refusal) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.partsIgnored) { return }
        #endif
        guard !dossiers.isEmpty, let children = dossiers[number]?.children, !children.isEmpty else { return }
        let open = children.filter { tickets.look(at: $0) { $0.isOpen } == true }
        guard open.isEmpty else {
            let names = open.prefix(5).map(\.description).joined(separator: ", ")
            throw Refusal(
                .openChildren,
                "ticket \(number) has \(open.count) open parts: \(names); solve them first, or take them off it"
            )
        }
    }

    // MARK: - Taking over

    func takeOver(
        _ number: TicketNumber, _ holder: Holder, _ lease: Int64, _ reason: String
    ) throws(Refusal) -> Decision {
        let ticket = try find(number)
        try check(reason: reason, "taking a ticket over")
        guard let claim = claims[number] else {
            throw Refusal(.notHeld, "nobody holds ticket \(number); claim it")
        }
        if claim.holder == holder {
            return .known(Answer(ticket: number, token: claim.token, position: position))
        }
        return .event(
            .tookOver(
                number, Token(ticket.token.rawValue + 1), holder,
                leaseMilliseconds: bounded(lease: lease), reason: reason))
    }

    /// The lease that a person gets who asks for one.
    func bounded(lease: Int64) -> Int64 { min(max(lease, 1_000), settings.personLeaseMillisecondsMax) }

    // MARK: - Merging

    /// Only a ticket that is there can be merged, only into one that is open, and a merged one is there no more: so
    /// there are no circles, however many merge at once.
    func merge(
        _ number: TicketNumber, _ token: Token?, _ holder: Holder, into target: TicketNumber
    ) throws(Refusal) -> Event {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.mergesInCircles), tickets[number] != nil, tickets[target]?.isOpen == false
            {
                return .merged(number, token, into: target)
            }
        #endif
        let ticket = try find(number)
        guard target != number else { throw Refusal(.wouldBeCycle, "that is ticket \(number) itself") }
        try checkOpen(try find(target))
        if let token { _ = try held(number, token, holder) } else { try checkFree(number, "merge it") }
        try checkChildren(number)
        // What is owed here is owed there: there must be room to say so.
        if ticket.place != .aside, ticket.place != .spam { _ = try nextEntry(of: find(target), .adding) }
        return .merged(ticket.number, token, into: target)
    }

    /// Whether somebody waits for an answer in a ticket that an event ends in another one. One that is pending was answered.
    func isOwed(inWhatEndsBy event: Event) -> Bool {
        guard case .merged(let number, _, _) = event else { return false }
        return tickets.look(at: number) { $0.place != .aside && $0.place != .spam } == true
    }

    /// Where a ticket's customer is heard now: itself, or where it was merged into, and that into …
    package func destination(of number: TicketNumber) -> TicketNumber {
        guard !merges.isEmpty else { return number }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.mergesFollowedOnce) { return merges[number] ?? number }
        #endif
        var number = number
        while let next = merges[number] { number = next }
        return number
    }

    // MARK: - Tickets that come from others

    /// What a submission that names another ticket makes: a message of that ticket, or a new one.
    ///
    /// - Returns: Nil for a new one.
    func followUp(_ submission: Submission, _ origin: Origin) throws(Refusal) -> Event? {
        let number = destination(of: origin.ticket)
        switch origin.cause {
        case .follows:
            guard origin.ticket.rawValue > 0, origin.ticket <= lastTicket else {
                throw Refusal(
                    .unknownTicket, "there is no ticket \(origin.ticket); the last one is \(lastTicket)")
            }
            guard tickets.look(at: number, { _ in true }) == true,
                isHeard(submission.customer, in: number, as: origin.ticket)
            else { return nil }
            return try followUp(number, submission.message(atMost: settings.limits.textBytesMax))
        case .split:
            let ticket = try find(origin.ticket)
            #if PLANTED_BUGS
                if PlantedBug.isActive(.splitIsMessage), ticket.isOpen {
                    return try followUp(ticket.number, submission.body)
                }
            #endif
            _ = ticket
        case .child: try checkOpen(try find(origin.ticket))
        }
        return nil
    }

    /// Whether what somebody writes about a ticket is a message of it: its customer's is, and that of one whose own ticket
    /// ended in it. Anybody else has a ticket of their own, which says what it is about.
    private func isHeard(_ customer: String, in number: TicketNumber, as cited: TicketNumber) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.strangersAreHeard) { return true }
        #endif
        let digest = Customers.digest(customer)
        return tickets.look(at: number) { $0.customer } == digest || mergedCustomers[cited] == digest
    }

    // MARK: - The end

    /// Solved tickets that nobody can reopen any more, oldest first, at most as many as one event closes.
    package func solvedTickets(until moment: Moment) -> [TicketNumber] {
        var chosen: [TicketNumber] = []
        for candidate in solved {
            guard candidate.at <= moment, chosen.count < settings.limits.closedPerEvent else { break }
            if tickets.look(at: candidate.number, candidate.isStill) == true {
                chosen.append(candidate.number)
            }
        }
        return chosen
    }

    /// When the oldest solved ticket was solved; nil when there is none.
    var firstSolved: Moment? {
        solved.first { tickets.look(at: $0.number, $0.isStill) == true }?.at
    }
}
