import Desk
import SwiftProtobuf
import Tickets

extension RecordCoding {
    static func stored(_ event: Event) -> StoredRecord.OneOf_Event {
        switch event {
        case .submitted(let number, let line, let submission):
            return .submitted(stored(number, line, submission))
        case .followedUp(let number, let entry, let body, let wakes):
            var stored = StoredFollowedUp()
            stored.ticket = number.rawValue
            stored.entry = entry
            stored.body = body
            stored.wakes = wakes
            return .followedUp(stored)
        case .claimed(let number, let token, let holder, let lease):
            var stored = StoredClaimed()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.holder = self.stored(holder)
            stored.leaseMs = lease
            return .claimed(stored)
        case .noted(let number, let token, let entry, let text):
            var stored = StoredNoted()
            stored.ticket = number.rawValue
            stored.token = token?.rawValue ?? 0
            stored.entry = entry
            stored.text = text
            return .noted(stored)
        case .replied(let number, let token, let reply):
            var stored = StoredReplied()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.reply = self.stored(reply)
            return .replied(stored)
        case .escalated(let number, let token, let line, let entry, let note):
            var stored = StoredEscalated()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.toLine = line.text
            stored.entry = entry
            stored.note = note
            return .escalated(stored)
        case .handedBack(let number, let token, let line, let entry, let note):
            var stored = StoredHandedBack()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.toLine = line.text
            stored.entry = entry
            stored.note = note
            return .handedBack(stored)
        case .resolved(let number, let token, let reply):
            var stored = StoredResolved()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            if let reply { stored.reply = self.stored(reply) }
            return .resolved(stored)
        case .pended(let number, let token, let onHold, let until, let reason):
            var stored = StoredPended()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.onHold = onHold
            if let until { stored.untilMs = until.milliseconds }
            stored.reason = reason
            return .pended(stored)
        case .woke(let number):
            var stored = StoredWoke()
            stored.ticket = number.rawValue
            return .woke(stored)
        case .released(let number, let token, let cause, let reason, let failures, let parks):
            var stored = StoredReleased()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.cause = UInt32(cause.rawValue)
            stored.reason = reason
            stored.failures = failures
            stored.parks = parks
            return .released(stored)
        case .closed(let numbers):
            var stored = StoredClosed()
            stored.tickets = numbers.map(\.rawValue)
            return .closed(stored)
        }
    }

    static func event(_ stored: StoredRecord.OneOf_Event) throws(DecodingFlaw) -> Event {
        switch stored {
        case .submitted(let event):
            return .submitted(
                TicketNumber(event.ticket), line: try name(event.line, "line"), try submission(event))
        case .followedUp(let event):
            return .followedUp(
                TicketNumber(event.ticket), entry: event.entry, body: event.body, wakes: event.wakes)
        case .claimed(let event):
            return .claimed(
                TicketNumber(event.ticket), Token(event.token), try holder(event.holder),
                leaseMilliseconds: event.leaseMs)
        case .noted(let event):
            return .noted(
                TicketNumber(event.ticket), event.token == 0 ? nil : Token(event.token), entry: event.entry,
                text: event.text)
        case .replied(let event):
            return .replied(TicketNumber(event.ticket), Token(event.token), reply(event.reply))
        case .escalated(let event):
            return .escalated(
                TicketNumber(event.ticket), Token(event.token), to: try name(event.toLine, "line"),
                entry: event.entry, note: event.note)
        case .handedBack(let event):
            return .handedBack(
                TicketNumber(event.ticket), Token(event.token), to: try name(event.toLine, "line"),
                entry: event.entry, note: event.note)
        case .resolved(let event):
            return .resolved(
                TicketNumber(event.ticket), Token(event.token), event.hasReply ? reply(event.reply) : nil)
        case .pended(let event):
            return .pended(
                TicketNumber(event.ticket), Token(event.token), onHold: event.onHold,
                until: event.hasUntilMs ? Moment(milliseconds: event.untilMs) : nil, reason: event.reason)
        case .woke(let event):
            return .woke(TicketNumber(event.ticket))
        case .released(let event):
            guard let cause = UInt8(exactly: event.cause).flatMap(ReleaseCause.init(rawValue:)) else {
                throw DecodingFlaw("cause")
            }
            return .released(
                TicketNumber(event.ticket), Token(event.token), cause, reason: event.reason,
                failures: event.failures, parks: event.parks)
        case .closed(let event):
            return .closed(event.tickets.map { TicketNumber($0) })
        }
    }

    private static func stored(
        _ number: TicketNumber, _ line: Name, _ submission: Submission
    ) -> StoredSubmitted {
        var stored = StoredSubmitted()
        stored.ticket = number.rawValue
        stored.line = line.text
        stored.channel = submission.channel.text
        stored.customer = submission.customer
        stored.subject = submission.subject
        stored.body = submission.body
        if let kind = submission.kind { stored.kind = kind }
        stored.priority = UInt32(submission.priority.rawValue)
        stored.tags = submission.tags
        stored.fields = submission.fields.map { self.stored($0) }
        return stored
    }

    private static func submission(_ stored: StoredSubmitted) throws(DecodingFlaw) -> Submission {
        guard let priority = UInt8(exactly: stored.priority).flatMap(Priority.init(rawValue:)) else {
            throw DecodingFlaw("priority")
        }
        return Submission(
            channel: try name(stored.channel, "channel"), customer: stored.customer, subject: stored.subject,
            body: stored.body, kind: stored.hasKind ? stored.kind : nil, priority: priority,
            tags: stored.tags, fields: stored.fields.map { Field(name: $0.name, value: $0.value) })
    }

    static func stored(_ field: Field) -> StoredField {
        var stored = StoredField()
        stored.name = field.name
        stored.value = field.value
        return stored
    }

    private static func stored(_ reply: Reply) -> StoredReply {
        var stored = StoredReply()
        stored.entry = reply.entry
        stored.outbox = reply.outbox
        stored.text = reply.text
        return stored
    }

    private static func reply(_ stored: StoredReply) -> Reply {
        Reply(entry: stored.entry, outbox: stored.outbox, text: stored.text)
    }
}
