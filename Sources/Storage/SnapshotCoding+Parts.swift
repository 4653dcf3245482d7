import Desk
import SwiftProtobuf
import Tickets

extension SnapshotCoding {
    static func head(_ parts: DeskParts) -> StoredSnapshot {
        var stored = StoredSnapshot()
        stored.position = parts.position.rawValue
        stored.momentMs = parts.lastMoment.milliseconds
        stored.lastTicket = parts.lastTicket.rawValue
        stored.lastOutbox = parts.lastOutbox
        stored.census = self.stored(parts.census)
        return stored
    }

    /// Merges a piece into the parts.
    static func take(_ piece: StoredSnapshot, into parts: inout DeskParts) throws(DecodingFlaw) {
        if piece.hasCensus {
            parts.position = Position(piece.position)
            parts.lastMoment = Moment(milliseconds: piece.momentMs)
            parts.lastTicket = TicketNumber(piece.lastTicket)
            parts.lastOutbox = piece.lastOutbox
            parts.census = try census(piece.census)
        }
        for stored in piece.tickets { parts.tickets.append(try ticket(stored)) }
        for stored in piece.claims {
            let claim = Claim(
                token: Token(stored.token), holder: try RecordCoding.holder(stored.holder),
                leaseMilliseconds: stored.leaseMs, at: Moment(milliseconds: stored.atMs))
            parts.claims.append((TicketNumber(stored.ticket), claim))
        }
        for stored in piece.answers {
            let stamp = CommandStamp(
                id: CommandID(high: stored.commandHigh, low: stored.commandLow),
                fingerprint: stored.fingerprint)
            let answer = Answer(
                ticket: TicketNumber(stored.ticket), token: Token(stored.token),
                position: Position(stored.position))
            parts.answers.append((stamp, answer))
        }
        for stored in piece.solved {
            parts.solved.append(
                SolvedTicket(number: TicketNumber(stored.ticket), assignments: stored.assignments))
        }
    }

    static func stored(_ ticket: Ticket) -> StoredTicket {
        var stored = StoredTicket()
        stored.number = ticket.number.rawValue
        stored.line = ticket.line.text
        stored.priority = UInt32(ticket.priority.rawValue)
        stored.status = UInt32(ticket.status.rawValue)
        stored.place = UInt32(ticket.place.rawValue)
        stored.forOwner = ticket.isForOwner
        stored.sinceMs = ticket.since.milliseconds
        stored.token = ticket.token.rawValue
        stored.owner = ticket.owner?.text ?? ""
        if let wakes = ticket.wakes { stored.wakesMs = wakes.milliseconds }
        stored.failures = ticket.failures
        stored.assignments = ticket.assignments
        stored.escalations = ticket.escalations
        stored.entries = ticket.entries
        stored.lastMessage = ticket.lastMessage
        stored.revision = ticket.revision
        stored.frames = ticket.frames.map(\.text)
        stored.declined = ticket.declined.map(\.text)
        return stored
    }

    static func stored(_ number: TicketNumber, _ claim: Claim) -> StoredClaim {
        var stored = StoredClaim()
        stored.ticket = number.rawValue
        stored.token = claim.token.rawValue
        stored.holder = RecordCoding.stored(claim.holder)
        stored.leaseMs = claim.leaseMilliseconds
        stored.atMs = claim.at.milliseconds
        return stored
    }

    static func stored(_ stamp: CommandStamp, _ answer: Answer) -> StoredKept {
        var stored = StoredKept()
        stored.commandHigh = stamp.id.high
        stored.commandLow = stamp.id.low
        stored.fingerprint = stamp.fingerprint
        stored.ticket = answer.ticket.rawValue
        stored.token = answer.token.rawValue
        stored.position = answer.position.rawValue
        return stored
    }

    static func stored(_ solved: SolvedTicket) -> StoredSolved {
        var stored = StoredSolved()
        stored.ticket = solved.number.rawValue
        stored.assignments = solved.assignments
        return stored
    }

    private static func ticket(_ stored: StoredTicket) throws(DecodingFlaw) -> Ticket {
        guard let priority = UInt8(exactly: stored.priority).flatMap(Priority.init(rawValue:)) else {
            throw DecodingFlaw("priority")
        }
        guard let status = UInt8(exactly: stored.status).flatMap(Status.init(rawValue:)) else {
            throw DecodingFlaw("status")
        }
        guard let place = UInt8(exactly: stored.place).flatMap(Place.init(rawValue:)) else {
            throw DecodingFlaw("place")
        }
        var ticket = Ticket(
            number: TicketNumber(stored.number), line: try RecordCoding.name(stored.line, "line"),
            priority: priority, since: Moment(milliseconds: stored.sinceMs))
        ticket.status = status
        ticket.place = place
        ticket.isForOwner = stored.forOwner
        ticket.token = Token(stored.token)
        ticket.owner = try RecordCoding.optionalName(stored.owner, "owner")
        ticket.wakes = stored.hasWakesMs ? Moment(milliseconds: stored.wakesMs) : nil
        ticket.failures = stored.failures
        ticket.assignments = stored.assignments
        ticket.escalations = stored.escalations
        ticket.entries = stored.entries
        ticket.lastMessage = stored.lastMessage
        ticket.revision = stored.revision
        for name in stored.frames { ticket.frames.append(try RecordCoding.name(name, "frame")) }
        for name in stored.declined { ticket.declined.append(try RecordCoding.name(name, "node")) }
        return ticket
    }

    private static func stored(_ census: Census) -> StoredCensus {
        var stored = StoredCensus()
        stored.submitted = census.submitted
        stored.claims = census.claims
        stored.resolutions = census.resolutions
        stored.escalated = census.escalated
        stored.handedBack = census.handedBack
        stored.replies = census.replies
        stored.expired = census.expired
        stored.parkings = census.parkings
        stored.closed = census.closed
        stored.lines = census.lines.map(\.name.text)
        return stored
    }

    private static func census(_ stored: StoredCensus) throws(DecodingFlaw) -> Census {
        var census = Census()
        census.submitted = stored.submitted
        census.claims = stored.claims
        census.resolutions = stored.resolutions
        census.escalated = stored.escalated
        census.handedBack = stored.handedBack
        census.replies = stored.replies
        census.expired = stored.expired
        census.parkings = stored.parkings
        census.closed = stored.closed
        for name in stored.lines {
            census.lines.append(LineCensus(name: try RecordCoding.name(name, "line")))
        }
        return census
    }
}
