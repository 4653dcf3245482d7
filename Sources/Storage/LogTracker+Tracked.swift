import Desk
import Figures
import Tickets

extension LogTracker.Tracked {
    /// Takes an event at its word.
    mutating func apply(_ record: Record) {
        state.course.follow(record.event, at: record.at)
        if record.event.ticketLetGo != nil {
            // The next holder must have read what this one wrote.
            state.lastMessage = max(state.lastMessage, state.lastReply)
            state.lastReply = 0
        }
        switch record.event {
        case .submitted, .configured: break
        case .closed: (state.status, state.place) = (.closed, .aside)
        case .followedUp(_, let entry, let body, let wakes):
            state.lastMessage = entry
            add(entry, .message(body), record)
            if wakes { wait(from: record.at) }
        case .claimed(_, let token, let holder, _):
            if state.place == .parked { state.failures = 0 }
            state.place = .claimed
            state.status = .open
            state.token = token
            state.holder = holder
            state.assignments &+= 1
            state.wakes = nil
            if state.owner == nil { state.owner = holder.displayName }
        case .noted(_, _, let entry, let text): add(entry, .note(text), record)
        case .replied(_, _, let reply):
            add(reply.entry, .reply(reply.text), record)
            state.lastReply = reply.entry
            endDraft(record)
        case .escalated(_, _, let line, let entry, let note, _):
            add(entry, .note(note), record)
            lineNotes.append(entry)
            state.escalations &+= 1
            state.frames.append(state.line)
            state.line = line
            wait(from: state.since)
        case .handedBack(_, _, let line, let entry, let note):
            add(entry, .note(note), record)
            lineNotes.append(entry)
            if !state.frames.isEmpty { state.frames.removeLast() }
            state.line = line
            wait(from: state.since)
        case .resolved(_, _, let reply):
            if let reply { add(reply.entry, .reply(reply.text), record) }
            state.frames = []
            leaveLine(.solved)
            endDraft(record)
        case .pended(_, _, let onHold, let until, _):
            leaveLine(onHold ? .onHold : .pending)
            state.wakes = until
        case .woke: wait(from: record.at)
        case .overflowed(_, let line, _):
            state.line = line
            if let way = state.frames.firstIndex(of: line) { state.frames.removeSubrange(way...) }
        case .released(_, _, _, _, let failures, let parks):
            state.failures = failures
            wait(from: state.since)
            if parks { state.place = .parked }
        case .amended(_, _, let amendment, let lacking):
            if record.event.ticketLetGo != nil { state.holder = nil }
            amend(amendment, lacking: lacking, record)
        case .tookOver(_, let token, let holder, _, _): takeOver(token, holder)
        case .merged(_, _, let target):
            leaveLine(.closed)
            extras.links.append(Extras.Link(.mergedInto, target))
        case .alerted(_, let alert, let notice):
            extras.alert = alert
            if let notice { add(notice.entry, .reply(notice.text), record) }
        case .acknowledged(_, let letter, _): add(letter.entry, .reply(letter.text), record)
        case .improved: preconditionFailure("an improvement is followed letter by letter")
        }
    }

    /// Counts an event of the ticket.
    mutating func count(_ record: Record) {
        state.revision &+= 1
        state.updated = record.at
        positions = Digest.of(positions, record.position)
    }

    mutating func add(_ entry: UInt32, _ content: EntryText, _ record: Record) {
        state.entries = entry
        let row = EntryRow(number: entry, author: record.author.displayName, at: record.at, content)
        conversation = Digest.of(conversation, row)
    }

    private mutating func wait(from moment: Moment) {
        state.place = .waiting
        state.status = .open
        state.since = moment
        state.holder = nil
        state.wakes = nil
    }

    private mutating func leaveLine(_ status: Status) {
        state.place = .aside
        state.status = status
        state.holder = nil
    }
}

extension Event {
    /// The public answer that the event gives.
    var reply: Reply? {
        switch self {
        case .replied(_, _, let reply): reply
        case .resolved(_, _, let reply): reply
        default: nil
        }
    }

    /// What the event puts into the outbox for a ticket's customer: an answer, or what the desk tells them by itself.
    func letter(to number: TicketNumber) -> Reply? {
        if case .improved(let improvement) = self { return improvement.reply(to: number) }
        return letter
    }

    private var letter: Reply? {
        switch self {
        case .alerted(_, _, let notice): notice
        case .acknowledged(_, let letter, _): letter
        default: reply
        }
    }

    /// The item that the event adds to the conversation.
    var entry: UInt32? {
        switch self {
        case .submitted: 1
        case .followedUp(_, let entry, _, _), .noted(_, _, let entry, _),
            .escalated(_, _, _, let entry, _, _),
            .handedBack(_, _, _, let entry, _):
            entry
        case .replied, .resolved, .alerted, .acknowledged: letter?.entry
        case .claimed, .pended, .woke, .released, .closed, .amended, .tookOver, .merged, .configured,
            .overflowed, .improved:
            nil
        }
    }

    /// Who has the claim that begins with the event.
    var taker: Holder? {
        switch self {
        case .claimed(_, _, let holder, _), .tookOver(_, _, let holder, _, _): holder
        default: nil
        }
    }
}

/// Digests to compare what is too large to keep; of bytes, because Swift compares text by canonical equivalence.
/// They differ from process to process and are never stored.
enum Digest {
    static func of(_ submission: Submission) -> Int {
        of(
            submission.channel, submission.customer, submission.subject, submission.kind, submission.tags,
            submission.fields)
    }

    static func of(_ row: TicketRow) -> Int {
        of(row.channel, row.customer, row.subject, row.kind, row.tags, row.fields)
    }

    static func of(_ channel: Name, _ customer: String) -> Int {
        var hasher = Hasher()
        hasher.combine(channel)
        add(customer, to: &hasher)
        return hasher.finalize()
    }

    static func of(_ before: Int, _ entry: EntryRow) -> Int {
        var hasher = Hasher()
        hasher.combine(before)
        hasher.combine(entry.number)
        hasher.combine(entry.kind)
        hasher.combine(entry.author)
        hasher.combine(entry.at)
        add(entry.text, to: &hasher)
        return hasher.finalize()
    }

    static func of(_ before: Int, _ position: Position) -> Int {
        var hasher = Hasher()
        hasher.combine(before)
        hasher.combine(position)
        return hasher.finalize()
    }

    private static func of(
        _ channel: Name, _ customer: String, _ subject: String, _ kind: String?, _ tags: [String],
        _ fields: [Field]
    ) -> Int {
        var hasher = Hasher()
        hasher.combine(channel)
        add(customer, to: &hasher)
        add(subject, to: &hasher)
        hasher.combine(kind != nil)
        add(kind ?? "", to: &hasher)
        hasher.combine(tags.count)
        for tag in tags { add(tag, to: &hasher) }
        for field in fields {
            add(field.name, to: &hasher)
            add(field.value, to: &hasher)
        }
        return hasher.finalize()
    }

    private static func add(_ text: String, to hasher: inout Hasher) {
        var text = text
        hasher.combine(text.utf8.count)
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
