package import Desk
package import Tickets

/// A desk as it was at some moment of its past, rebuilt from the log's beginning, without any snapshot.
package struct Replay: Sendable {
    /// The last event that is folded.
    package enum End: Hashable, Sendable {
        case position(Position)
        /// The last event of this moment or before it.
        case moment(Moment)

        func isBefore(_ record: borrowing Record) -> Bool {
            switch self {
            case .position(let position): record.position > position
            case .moment(let moment): record.at > moment
            }
        }
    }

    package private(set) var desk: Desk
    /// The conversation of the ticket that was asked for, in order.
    package private(set) var entries: [EntryRow] = []
    /// What the ticket was submitted with; nil before that, and when none was asked for.
    package private(set) var submission: Submission?
    private let number: TicketNumber?

    private static let turnsPerRead = 256

    /// Reads a log until an end, which may be within a turn.
    ///
    /// Traps on a log that contradicts itself, as ``Desk/evolve(_:)`` does; `verify` says where.
    package init(
        _ log: any LogReader, settings: DeskSettings, until end: End, ticket number: TicketNumber? = nil
    ) throws(StoreError) {
        desk = Desk(settings: settings)
        self.number = number
        while true {
            let turns = try log.turns(after: desk.position, limit: Self.turnsPerRead)
            guard !turns.isEmpty else { return }
            for turn in turns {
                for record in turn.records {
                    if end.isBefore(record) { return }
                    follow(record)
                }
            }
        }
    }

    private mutating func follow(_ record: borrowing Record) {
        desk.evolve(record)
        guard let number else { return }
        if case .improved(let improvement) = record.event, let reply = improvement.reply(to: number) {
            return add(reply.entry, .reply(reply.text), record)
        }
        guard record.event.ticket == number else { return }
        if case .submitted(_, _, let submission) = record.event { self.submission = submission }
        guard let (entry, content) = record.event.item else { return }
        add(entry, content, record)
    }

    private mutating func add(_ entry: UInt32, _ content: EntryText, _ record: borrowing Record) {
        entries.append(
            EntryRow(number: entry, author: record.author.displayName, at: record.at, content))
    }
}

extension Event {
    /// What the event adds to the conversation.
    fileprivate var item: (number: UInt32, content: EntryText)? {
        switch self {
        case .submitted(_, _, let submission): (1, .message(submission.body))
        case .followedUp(_, let entry, let body, _): (entry, .message(body))
        case .noted(_, _, let entry, let text): (entry, .note(text))
        case .escalated(_, _, _, let entry, let note, _), .handedBack(_, _, _, let entry, let note):
            (entry, .note(note))
        case .replied(_, _, let reply): (reply.entry, .reply(reply.text))
        case .resolved(_, _, let reply): reply.map { ($0.entry, .reply($0.text)) }
        case .acknowledged(_, let letter, _): (letter.entry, .reply(letter.text))
        case .alerted(_, _, let notice): notice.map { ($0.entry, .reply($0.text)) }
        case .claimed, .pended, .woke, .released, .closed, .configured, .amended, .tookOver,
            .merged, .overflowed, .improved:
            nil
        }
    }
}

extension SnapshotCoding {
    /// The SHA-256 at the end of a snapshot of a desk: two desks that have the same are the same, bit for bit.
    package static func digest(of desk: Desk) throws(StoreError) -> [UInt8] {
        try encode(desk, to: LastBytes()).bytes
    }
}

/// The end of what is written.
private struct LastBytes: SnapshotOutput {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = Array((self.bytes + bytes.suffix(Chain.digestBytes)).suffix(Chain.digestBytes))
    }
}
