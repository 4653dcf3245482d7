import Desk
import Figures
package import Tickets

/// Turns events into changes of the view's rows.
///
/// Does not use the desk's own folding: `verify` compares the two. Several changes of one ticket become one.
package struct Projector: Sendable {
    /// States that are remembered between batches, so that most need not be read back.
    private static let statesMax = 65_536

    /// What the rows of tickets that are worked on hold.
    private var states: [TicketNumber: TicketState] = [:]
    /// What the last batch changes, until ``removeProjection()``. Whoever writes it may take it in place, because a copy
    /// of a change counts a dozen references up and down, and changes nothing in it.
    package var projection = Projection()
    private var changeIndexes: [TicketNumber: Int] = [:]
    private var tallyIndexes: [NodeRun: Int] = [:]

    package init() {}

    /// Projects turns that follow those before into ``projection``; records up to `position` are left out.
    ///
    /// `load` reads what is in a ticket's row, nil when there is none; asked once a ticket and batch, and not for
    /// tickets that were worked on lately. After an error, of `load` or of writing the result, a projector is not
    /// used again: what it remembers may not be in the rows.
    package mutating func project(
        _ turns: [StoredTurn], after position: Position,
        load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) {
        for turn in turns {
            // In place: a record has a dozen references, which a copy would count up and down.
            try turn.records.withUnsafeBufferPointer { records throws(StoreError) in
                for index in records.indices where records[index].position > position {
                    try project(records[index], load)
                }
            }
        }
        remember()
    }

    /// To be called when the projection was written. Its memory serves the next one: megabytes, fold after fold.
    package mutating func removeProjection() {
        projection.tickets.removeAll(keepingCapacity: true)
        projection.outbox.removeAll(keepingCapacity: true)
        projection.tallies.removeAll(keepingCapacity: true)
        projection.settings.removeAll()
        changeIndexes.removeAll(keepingCapacity: true)
        tallyIndexes.removeAll(keepingCapacity: true)
    }

    /// The index of a ticket's change; nil for a ticket that nobody submitted, in a damaged log.
    private mutating func find(
        _ number: TicketNumber, _ load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) -> Int? {
        if let index = changeIndexes[number] { return index }
        if let state = states[number] { return append(TicketChange(number: number, state: state)) }
        guard let state = try load(number) else { return nil }
        return append(TicketChange(number: number, state: state))
    }

    private mutating func append(_ change: TicketChange) -> Int {
        let index = projection.tickets.count
        changeIndexes[change.number] = index
        projection.tickets.append(change)
        return index
    }

    private mutating func remember() {
        if states.count > Self.statesMax { states.removeAll(keepingCapacity: true) }
        projection.tickets.withUnsafeBufferPointer { changes in
            for index in changes.indices {
                if changes[index].state.place != .aside {
                    states[changes[index].number] = changes[index].state
                } else if !changes[index].isNew {
                    states[changes[index].number] = nil
                }
            }
        }
    }

    private mutating func project(
        _ record: borrowing Record, _ load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) {
        switch record.event {
        // For figures only; else it is read from the log, and the desk knows where it stands.
        case .configured(let configuration):
            projection.settings.append(SettingsChange(settings: configuration.settings, at: record.at))
        case .submitted(let number, let line, let submission):
            submit(number, line, submission, record)
            if let origin = submission.origin {
                try link(number, Extras.Bond(origin.cause), origin.ticket, load)
            }
        case .closed(let numbers):
            for number in numbers {
                if let index = try find(number, load) { projection.tickets[index].close(record) }
            }
        case .merged(let number, _, let target):
            var participants: [Name] = []
            if let index = try find(number, load) {
                participants = projection.tickets[index].state.extras.value?.participants ?? []
                projection.tickets[index].change(record) {
                    $0.course.follow(record.event, at: record.at)
                    $0.end(in: target)
                }
                projection.tickets[index].hasNewCourse = true
            }
            if let index = try find(target, load) {
                projection.tickets[index].change(record) {
                    $0.link(.mergedFrom, number)
                    #if PLANTED_BUGS
                        if PlantedBug.isActive(.participantsMergedAway) { return }
                    #endif
                    $0.join(participants)
                }
            }
        case .improved(let improvement):
            for letter in improvement.letters {
                guard let reply = improvement.reply(to: letter.ticket),
                    let index = try find(letter.ticket, load)
                else { continue }
                write(reply, in: letter.ticket, record)
                projection.tickets[index].follow(record)
            }
        default:
            guard let number = record.event.ticket, let index = try find(number, load) else { return }
            if case .amended(_, _, let amendment, _) = record.event {
                try relink(number, projection.tickets[index].state, amendment, load)
            }
            tally(record, by: projection.tickets[index].state.holder)
            if let letter = record.event.letter(to: number) { write(letter, in: number, record) }
            projection.tickets[index].follow(record)
        }
    }

    private mutating func write(_ letter: Reply, in number: TicketNumber, _ record: borrowing Record) {
        projection.outbox.append(
            OutboxChange(number: letter.outbox, ticket: number, entry: letter.entry, at: record.at))
    }

    private mutating func submit(
        _ number: TicketNumber, _ line: Name, _ submission: Submission, _ record: borrowing Record
    ) {
        var state = TicketState(line: line, at: record.at)
        state.lastMessage = 1
        state.entries = 1
        state.since = record.at
        var new = TicketChange(number: number, state: state)
        new.opening = TicketChange.Opening(submission: submission, at: record.at)
        new.change(record) { _ in }
        new.add(1, .message(submission.body), record)
        // A number that comes twice is a damaged log, which `verify` reports.
        if let index = changeIndexes[number] { projection.tickets[index] = new } else { _ = append(new) }
    }

    /// Tallies what the holder did, whom only a claim names; a person who does not hold the ticket is run 0 of
    /// their key.
    private mutating func tally(_ record: borrowing Record, by holder: Holder?) {
        switch record.event {
        case .claimed(_, _, let taker, _): count(taker) { $0.claims += 1 }
        case .noted(_, let token, _, _):
            let person = Holder(node: record.author.key, incarnation: 0)
            count(token == nil ? person : holder ?? person) { $0.notes += 1 }
        case .replied: count(holder) { $0.replies += 1 }
        case .escalated: count(holder) { $0.escalated += 1 }
        case .handedBack: count(holder) { $0.handedBack += 1 }
        case .resolved(_, _, let reply):
            count(holder) {
                $0.resolved += 1
                if reply != nil { $0.replies += 1 }
            }
        case .pended: count(holder) { $0.pended += 1 }
        case .released: if record.author.role != .desk { count(holder) { $0.released += 1 } }
        case .tookOver(_, _, let taker, _, _): count(taker) { $0.claims += 1 }
        case .submitted, .followedUp, .woke, .closed, .amended, .merged, .configured, .alerted, .acknowledged,
            .overflowed, .improved:
            break
        }
    }

    /// Links two tickets, each with its own word for it; a link is no event of the other ticket.
    private mutating func link(
        _ number: TicketNumber, _ bond: Extras.Bond, _ other: TicketNumber,
        _ load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) {
        if let index = try find(number, load) { projection.tickets[index].state.link(bond, other) }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.linkOneWay), bond == .related { return }
        #endif
        if let index = try find(other, load) { projection.tickets[index].state.link(bond.inverse, number) }
    }

    private mutating func unlink(
        _ number: TicketNumber, _ bond: Extras.Bond, _ other: TicketNumber,
        _ load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) {
        if let index = try find(number, load) { projection.tickets[index].state.unlink(bond, other) }
        if let index = try find(other, load) { projection.tickets[index].state.unlink(bond.inverse, number) }
    }

    private mutating func relink(
        _ number: TicketNumber, _ state: TicketState, _ amendment: Amendment,
        _ load: (TicketNumber) throws(StoreError) -> TicketState?
    ) throws(StoreError) {
        switch amendment {
        case .link(let other, isOn: true): try link(number, .related, other, load)
        case .link(let other, isOn: false): try unlink(number, .related, other, load)
        case .parent(let parent):
            for link in state.extras.value?.links ?? [] where link.bond == .partOf {
                try unlink(number, .partOf, link.ticket, load)
            }
            if let parent { try link(number, .partOf, parent, load) }
        case .kind, .priority, .tag, .field, .participant, .spam, .owner, .draft, .feedback, .given,
            .offered, .accepted, .status:
            break
        }
    }

    private mutating func count(_ holder: Holder?, _ body: (inout NodeTally) -> Void) {
        guard let holder else { return }
        let run = NodeRun(node: holder.node, incarnation: holder.incarnation)
        let next = projection.tallies.count
        let index = tallyIndexes[run, default: next]
        if index == next {
            tallyIndexes[run] = next
            projection.tallies.append(NodeTally(node: run.node, incarnation: run.incarnation))
        }
        body(&projection.tallies[index])
    }
}

extension TicketChange {
    /// How spam went is not among what is settled before.
    fileprivate mutating func close(_ record: borrowing Record) {
        hasNewCourse = hasNewCourse || !state.isSettled
        change(record) {
            $0.status = .closed
            $0.place = .aside
        }
    }

    /// Follows an event of a ticket that exists.
    fileprivate mutating func follow(_ record: borrowing Record) {
        let at = record.at
        if case .improved(let improvement) = record.event { return tell(improvement, record) }
        state.course.follow(record.event, at: at)
        hasNewCourse = true
        switch record.event {
        case .submitted, .closed, .merged, .configured, .improved:
            preconditionFailure("\(record.event.word) is projected elsewhere")
        case .amended(_, _, let amendment, let lacking):
            let author = record.author.displayName
            let endsClaim = record.event.ticketLetGo != nil
            change(record) {
                if endsClaim { $0.letGo() }
                $0.amend(amendment, lacking: lacking, by: author, at: at)
            }
        case .tookOver(_, let token, let holder, _, _): change(record) { $0.takeOver(token, holder) }
        case .alerted(_, let alert, let notice):
            if let notice { add(notice.entry, .reply(notice.text), record) }
            change(record) { $0.setExtras { $0.alert = alert } }
        case .acknowledged(_, let letter, _):
            add(letter.entry, .reply(letter.text), record)
            change(record) { _ in }
        case .followedUp(_, let entry, let body, let wakes):
            add(entry, .message(body), record)
            change(record) {
                $0.lastMessage = entry
                if wakes { $0.wait(since: at) }
            }
        case .claimed(_, let token, let holder, _): change(record) { $0.claim(token, holder) }
        case .noted(_, _, let entry, let text):
            add(entry, .note(text), record)
            change(record) { _ in }
        case .replied(_, _, let reply):
            add(reply.entry, .reply(reply.text), record)
            let author = record.author.displayName
            change(record) {
                $0.lastReply = reply.entry
                $0.endDraft(by: author)
            }
        case .escalated(_, _, let line, let entry, let note, _):
            add(entry, .note(note), record)
            change(record) {
                $0.escalations &+= 1
                $0.frames.append($0.line)
                $0.line = line
                $0.wait()
            }
        case .handedBack(_, _, let line, let entry, let note):
            add(entry, .note(note), record)
            change(record) {
                _ = $0.frames.popLast()
                $0.line = line
                $0.wait()
            }
        case .resolved(_, _, let reply):
            if let reply { add(reply.entry, .reply(reply.text), record) }
            let author = record.author.displayName
            change(record) {
                $0.frames = []
                $0.goAside(.solved)
                $0.endDraft(by: author)
            }
        case .pended(_, _, let onHold, let until, _):
            change(record) {
                $0.goAside(onHold ? .onHold : .pending)
                $0.wakes = until
            }
        case .woke: change(record) { $0.wait(since: at) }
        case .overflowed(_, let line, _):
            change(record) {
                $0.line = line
                if let way = $0.frames.firstIndex(of: line) { $0.frames.removeSubrange(way...) }
            }
        case .released(_, _, _, _, let failures, let parks):
            change(record) { $0.release(failures: failures, parks: parks) }
        }
    }

    /// How it went with a ticket is as it was, closed or not.
    private mutating func tell(_ improvement: Improvement, _ record: borrowing Record) {
        guard let reply = improvement.reply(to: number) else { return }
        add(reply.entry, .reply(reply.text), record)
        change(record) { _ in }
    }

    fileprivate mutating func add(_ entry: UInt32, _ content: EntryText, _ record: borrowing Record) {
        state.entries = entry
        entries.append(
            EntryRow(number: entry, author: record.author.displayName, at: record.at, content))
    }

    fileprivate mutating func change(_ record: borrowing Record, _ body: (inout TicketState) -> Void) {
        let owner = state.owner
        body(&state)
        state.updated = record.at
        state.revision &+= 1
        positions.append(record.position)
        hasNewOwner = hasNewOwner || owner != state.owner
    }
}

extension TicketState {
    fileprivate mutating func claim(_ token: Token, _ holder: Holder) {
        // A person who takes a parked ticket gives it a new start.
        if place == .parked { failures = 0 }
        place = .claimed
        status = .open
        self.token = token
        self.holder = holder
        owner = owner ?? holder.displayName
        assignments &+= 1
        wakes = nil
    }

    /// Waits in its line, at its old place unless a moment is given.
    fileprivate mutating func wait(since moment: Moment? = nil) {
        place = .waiting
        status = .open
        since = moment ?? since
        letGo()
        wakes = nil
    }

    /// Nobody holds it any more; whoever is next has to read what the holder wrote.
    fileprivate mutating func letGo() {
        holder = nil
        lastMessage = max(lastMessage, lastReply)
        lastReply = 0
    }

    /// Ends the ticket in another one.
    fileprivate mutating func end(in target: TicketNumber) {
        goAside(.closed)
        link(.mergedInto, target)
    }

    fileprivate mutating func goAside(_ status: Status) {
        self.status = status
        place = .aside
        letGo()
    }

    fileprivate mutating func release(failures: UInt32, parks: Bool) {
        self.failures = failures
        if parks {
            place = .parked
            letGo()
        } else {
            wait()
        }
    }
}
