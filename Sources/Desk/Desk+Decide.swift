import Promises
package import Tickets

/// What the desk makes of a command.
package enum Decision: Sendable {
    /// The command is right; this is what it changes.
    case event(Event)
    /// The command was carried out before; this was the answer.
    case known(Answer)
    case refused(Refusal)
}

/// What a decision depends on besides the desk.
package struct Circumstances: Sendable {
    package var now: Moment
    /// Whether new tickets are admitted; finishing work always is.
    package var intake: Intake
    /// Other nodes that are connected, serve the ticket's line and have not declined it; when there are none, a
    /// person must look.
    package var nodesLeft: Int

    package enum Intake: Sendable {
        case open
        case diskNearlyFull
        case draining
    }

    package init(now: Moment, intake: Intake = .open, nodesLeft: Int = 0) {
        self.now = now
        self.intake = intake
        self.nodesLeft = nodesLeft
    }
}

extension Desk {
    /// Decides a command from an author, as authenticated, who holds claims as `holder`. Changes nothing.
    package func decide(
        _ action: Action, stamp: CommandStamp, author: Author, holder: Holder, in circumstances: Circumstances
    ) -> Decision {
        guard Permissions.allows(author.role, action) else {
            return .refused(
                Refusal(.notAuthorised, "a key of role \(author.role.word) may not do this; use another key"))
        }
        switch answers.look(up: stamp) {
        case .known(let answer): return .known(answer)
        case .conflict:
            return .refused(
                Refusal(.conflictingCommand, "this command id was used for another command; choose a new one")
            )
        case .unknown: break
        }
        do {
            return try conclude(action, holder: holder, in: circumstances)
        } catch {
            return .refused(error)
        }
    }

    private func conclude(
        _ action: Action, holder: Holder, in circumstances: Circumstances
    ) throws(Refusal) -> Decision {
        switch action {
        case .submit(let submission):
            return .event(try submit(submission, circumstances))
        case .followUp(let number, let body):
            return .event(try followUp(number, body))
        case .claim(let number, let lease):
            return try claim(number, holder, lease)
        case .note(let number, let token, let text):
            return .event(try note(number, token, holder, text))
        case .reply(let number, let token, let seen, let text):
            let ticket = try held(number, token, holder)
            let reply = try reply(to: ticket, seen: seen, text: text, .working)
            return .event(.replied(number, token, reply))
        case .resolve(let number, let token, let seen, let text):
            return .event(try resolve(number, token, holder, seen, text))
        case .escalate(let number, let token, let line, let note, let budget):
            return .event(try escalate(number, token, holder, line, note, budget))
        case .handBack(let number, let token, let note):
            return .event(try handBack(number, token, holder, note))
        case .pend(let number, let token, let onHold, let until, let reason):
            _ = try held(number, token, holder)
            try check(line: reason, "the reason")
            return .event(.pended(number, token, onHold: onHold, until: until, reason: reason))
        case .release(let number, let token, let reason, let failed):
            let ticket = try held(number, token, holder)
            try check(line: reason, "the reason")
            return .event(release(ticket, token, failed ? .failed : .released, reason: reason))
        case .decline(let number, let token, let reason):
            return .event(try decline(number, token, holder, reason, circumstances.nodesLeft))
        case .configure(let configuration):
            return .event(try configure(configuration))
        case .amend(let number, let token, let amendment):
            return .event(try amend(number, token, holder, amendment))
        case .takeOver(let number, let lease, let reason):
            return try takeOver(number, holder, lease, reason)
        case .merge(let number, let token, let target):
            return .event(try merge(number, token, holder, into: target))
        case .improve(let topic, let text):
            return .event(try improve(topic, text))
        }
    }

    /// The event that ends a claim without a result.
    func release(_ ticket: Ticket, _ token: Token, _ cause: ReleaseCause, reason: String) -> Event {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.failuresUncounted) {
                return .released(
                    ticket.number, token, cause, reason: reason, failures: ticket.failures, parks: false)
            }
        #endif
        let failures = ticket.failures + (cause.countsAsFailure ? 1 : 0)
        let parks = cause.countsAsFailure && failures >= settings.limits.failuresMax
        #if PLANTED_BUGS
            if PlantedBug.isActive(.neverParks) {
                return .released(
                    ticket.number, token, cause, reason: reason, failures: failures, parks: false)
            }
        #endif
        return .released(ticket.number, token, cause, reason: reason, failures: failures, parks: parks)
    }

    // MARK: - Intake

    private func submit(
        _ submission: Submission, _ circumstances: Circumstances
    ) throws(Refusal) -> Event {
        if let origin = submission.origin, let event = try followUp(submission, origin) { return event }
        if let event = joining(submission, at: circumstances.now) { return event }
        switch circumstances.intake {
        case .open: break
        case .diskNearlyFull:
            throw Refusal(
                .diskNearlyFull,
                "the broker's disk is nearly full, new tickets wait outside; free some space",
                retryAfterMilliseconds: 30_000)
        case .draining:
            throw Refusal(
                .draining, "the broker is shutting down; send this to it again when it is back",
                retryAfterMilliseconds: 5_000)
        }
        guard census.open < UInt64(settings.limits.openTicketsMax) else {
            throw Refusal(
                .deskFull, "\(census.open) tickets are open, which is this desk's bound; retry later",
                retryAfterMilliseconds: 60_000)
        }
        try check(submission)
        #if PLANTED_BUGS
            if PlantedBug.isActive(.numberSkipped), lastTicket.rawValue % 64 == 63 {
                return .submitted(TicketNumber(lastTicket.rawValue + 2), line: intakeLine, submission)
            }
        #endif
        let number = TicketNumber(lastTicket.rawValue + 1)
        // Nothing is copied where nothing is said about it.
        if settings.rules.isEmpty, settings.groups.isEmpty, customers == nil {
            return .submitted(number, line: intakeLine, submission)
        }
        var submission = submission
        regard(&submission, at: circumstances.now)
        let routed = settings.route(submission, at: circumstances.now)
        return .submitted(number, line: routed.line, routed.submission)
    }

    private func check(_ submission: Submission) throws(Refusal) {
        guard !submission.customer.isBlank else { throw Refusal(.textRequired, "a ticket needs a customer") }
        guard !submission.body.isBlank || !submission.subject.isBlank else {
            throw Refusal(.textRequired, "a ticket needs a subject or a body")
        }
        try check(line: submission.customer, "the customer")
        try check(line: submission.subject, "the subject")
        try check(text: submission.body, "the body")
        if let kind = submission.kind { try check(line: kind, "the kind") }
        let most = settings.limits.tagsMax
        guard submission.tags.count <= most, submission.fields.count <= most else {
            throw Refusal(.tooManyValues, "a ticket has at most \(most) tags and \(most) fields")
        }
        for tag in submission.tags { try check(line: tag, "a tag") }
        for field in submission.fields {
            try check(line: field.name, "a field's name")
            try check(line: field.value, "a field's value")
        }
    }

    func followUp(_ number: TicketNumber, _ body: String) throws(Refusal) -> Event {
        let number = destination(of: number)
        let ticket = try find(number)
        try check(required: body, "the message")
        return .followedUp(
            number, entry: try nextEntry(of: ticket, .adding), body: body, wakes: ticket.place == .aside)
    }

    // MARK: - Claims

    private func claim(_ number: TicketNumber, _ holder: Holder, _ lease: Int64) throws(Refusal) -> Decision {
        let ticket = try find(number)
        #if PLANTED_BUGS
            if PlantedBug.isActive(.claimTakesOver), claims[number] != nil {
                return .event(
                    .claimed(number, Token(ticket.token.rawValue + 1), holder, leaseMilliseconds: lease))
            }
        #endif
        if let claim = claims[number] {
            if claim.holder == holder {
                return .known(Answer(ticket: number, token: claim.token, position: position))
            }
            throw Refusal(
                .heldByAnother, "ticket \(number) is held by \(claim.holder.displayName)",
                holder: claim.holder)
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.solvedIsClaimed), ticket.status == .solved {
                return .event(
                    .claimed(number, Token(ticket.token.rawValue + 1), holder, leaseMilliseconds: lease))
            }
        #endif
        try checkOpen(ticket)
        let token = Token(ticket.token.rawValue + 1)
        return .event(.claimed(number, token, holder, leaseMilliseconds: bounded(lease: lease)))
    }

    private func decline(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ reason: String, _ nodesLeft: Int
    ) throws(Refusal) -> Event {
        let ticket = try held(number, token, holder)
        try check(line: reason, "the reason")
        let parks = nodesLeft == 0 || ticket.declined.count + 1 >= Int(settings.limits.failuresMax)
        return .released(number, token, .declined, reason: reason, failures: ticket.failures, parks: parks)
    }

    // MARK: - Work

    private func note(
        _ number: TicketNumber, _ token: Token?, _ holder: Holder, _ text: String
    ) throws(Refusal) -> Event {
        let ticket: Ticket
        if let token { ticket = try held(number, token, holder) } else { ticket = try find(number) }
        try check(required: text, "the note")
        return .noted(number, token, entry: try nextEntry(of: ticket, .adding), text: NoteText(text))
    }

    private func resolve(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ seen: UInt32, _ text: String?
    ) throws(Refusal) -> Event {
        let ticket = try held(number, token, holder)
        try checkChildren(number)
        guard let text else {
            try checkAnswerable(ticket)
            try checkSeen(ticket, seen)
            return .resolved(number, token, nil)
        }
        return .resolved(number, token, try reply(to: ticket, seen: seen, text: text, .finishing))
    }

    private func escalate(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ line: Name?, _ note: String,
        _ budget: Int64?
    ) throws(Refusal) -> Event {
        let ticket = try held(number, token, holder)
        try check(required: note, "an escalation's note")
        try checkChecklist(number)
        guard let target = line ?? settings.line(ticket.line)?.next else {
            throw Refusal(.noFurtherLine, "\(ticket.line) is the last line; name the line to escalate to")
        }
        guard settings.line(target) != nil, target != ticket.line else {
            throw Refusal(.noSuchLine, "there is no other line \(target) to escalate ticket \(number) to")
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(ticket.frames.contains(target) ? .escalatesBack : .escalationUnbounded) {
                return .escalated(
                    number, token, to: target, entry: try nextEntry(of: ticket, .working),
                    note: NoteText(note))
            }
        #endif
        guard !ticket.frames.contains(target) else {
            throw Refusal(
                .handBackFirst, "ticket \(number) was escalated from \(target); hand it back instead")
        }
        guard ticket.frames.count < settings.limits.framesMax,
            ticket.escalations < UInt32(settings.limits.escalationsMax)
        else {
            throw Refusal(
                .escalationBound, "ticket \(number) was escalated too often; answer or hand it back")
        }
        return .escalated(
            number, token, to: target, entry: try nextEntry(of: ticket, .working), note: NoteText(note),
            budget: try checked(budget: budget, ticket))
    }

    /// A budget is counted in the hours of what is promised for the ticket.
    private func checked(budget: Int64?, _ ticket: Ticket) throws(Refusal) -> Int64? {
        guard let budget else { return nil }
        guard budget > 0, budget <= Self.budgetMax else {
            throw Refusal(.noBudget, "a line is given from a millisecond to a year for a ticket")
        }
        guard keepsPromises, let promised = promises[ticket.number],
            settings.promises.rule(
                channel: promised.channel, priority: ticket.priority, group: promised.group) != nil
        else {
            throw Refusal(
                .noBudget,
                "the desk promises nothing for ticket \(ticket.number), so no clock runs; escalate it without a time"
            )
        }
        return budget
    }

    /// A year, in milliseconds of business.
    package static let budgetMax: Int64 = 366 * 86_400_000

    private func handBack(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ note: String
    ) throws(Refusal) -> Event {
        let ticket = try held(number, token, holder)
        guard let line = ticket.frames.last else {
            throw Refusal(.nothingToHandBack, "ticket \(number) was not escalated; answer it or release it")
        }
        try check(required: note, "a hand-back's note")
        #if PLANTED_BUGS
            if PlantedBug.isActive(.handsBackToTheFirst) {
                return .handedBack(
                    number, token, to: ticket.frames[0], entry: try nextEntry(of: ticket, .finishing),
                    note: NoteText(note))
            }
        #endif
        return .handedBack(
            number, token, to: line, entry: try nextEntry(of: ticket, .finishing), note: NoteText(note))
    }

    private func reply(
        to ticket: Ticket, seen: UInt32, text: String, _ purpose: EntryPurpose
    ) throws(Refusal) -> Reply {
        try checkAnswerable(ticket)
        try check(required: text, "a reply")
        try checkSeen(ticket, seen)
        #if PLANTED_BUGS
            if PlantedBug.isActive(.outboxSkips), lastOutbox % 64 == 63 {
                return Reply(
                    entry: try nextEntry(of: ticket, purpose), outbox: lastOutbox + 2, text: PublicText(text))
            }
        #endif
        return Reply(
            entry: try nextEntry(of: ticket, purpose), outbox: lastOutbox + 1, text: PublicText(text))
    }
}
