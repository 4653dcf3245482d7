import Desk
import Storage
import Tickets

/// What admins and leads did to a desk and to others' tickets, as its log has it: a log whose events hang together by
/// digests, so that nothing in it can be changed unseen.
struct DeskAudit {
    struct Act: Encodable {
        var position: UInt64
        var at: String
        var deed: String
        var role: String
        var key: String
        var agent: String?
        /// nil for what is of the whole desk.
        var ticket: UInt64?
        /// What it was changed to, and why.
        var detail: String

        var who: String { (agent.map { "\($0) (\(key))" } ?? key) + ", \(role)" }
    }

    private(set) var acts: [Act] = []
    private let last: Int
    private let deed: Deed?

    /// The words of the events that may be acts.
    enum Deed: String, CaseIterable {
        case configured
        case takenOver = "taken-over"
        case merged
        case improved
        case ownerChanged = "owner-changed"
        case spam
        case notSpam = "not-spam"
        case prioritySet = "priority-set"
    }

    /// Reads all of a log, and keeps the newest acts of it.
    init(_ log: any LogReader, last: Int, deed: Deed?) throws(StoreError) {
        (self.last, self.deed) = (last, deed)
        var position = Position.start
        while true {
            let turns = try log.turns(after: position, limit: 256)
            guard let newest = turns.last?.records.last else { break }
            for turn in turns { for record in turn.records { follow(record) } }
            position = newest.position
        }
        acts.removeFirst(max(0, acts.count - last))
    }

    private mutating func follow(_ record: Record) {
        guard let done = Self.deed(record), deed == nil || deed == done else { return }
        acts.append(
            Act(
                position: record.position.rawValue, at: record.at.iso8601, deed: done.rawValue,
                role: record.author.role.word, key: record.author.key.text, agent: record.author.agent?.text,
                ticket: record.event.ticket?.rawValue, detail: detail(record.event)))
        // Of a long log only the end is wanted.
        if acts.count >= 2 * last + 1_000 { acts.removeFirst(acts.count - last) }
    }

    /// What was changed, without what the ticket's kind asks for besides: that is of whoever works it.
    private func detail(_ event: Event) -> String {
        guard case .amended(let number, let token, let amendment, _) = event else { return event.detail }
        return Event.amended(number, token, amendment, lacking: []).detail
    }

    /// Settings, what somebody does to a ticket that they do not hold, and what they tell many customers at once; nil for
    /// all else.
    static func deed(_ record: Record) -> Deed? {
        // What a broker was started with is somebody's doing, too.
        if case .configured = record.event { return .configured }
        guard record.author.role != .desk else { return nil }
        return switch record.event {
        case .tookOver: .takenOver
        case .merged(_, nil, _): .merged
        case .improved: .improved
        case .amended(_, nil, .owner, _): .ownerChanged
        case .amended(_, nil, .spam(let isOn, _), _): isOn ? .spam : .notSpam
        case .amended(_, nil, .priority, _): .prioritySet
        default: nil
        }
    }
}
