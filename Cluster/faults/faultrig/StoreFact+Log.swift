import Desk
import Faults
import Storage
import StorageSQLite
import Tickets

extension StoreFact {
    /// All of a desk's log.
    ///
    /// - Throws: `StoreError` when it is not there, or not what was written.
    static func read(_ folder: String) throws -> [StoreFact] {
        let reader = try SQLiteStore(folder: folder).openLogReader()
        var facts: [StoreFact] = []
        var position = Position.start
        while true {
            let turns = try reader.turns(after: position, limit: 1_000)
            for turn in turns {
                facts += turn.records.map { StoreFact($0, epoch: turn.epoch) }
            }
            guard let last = turns.last?.records.last else { return facts }
            position = last.position
        }
    }

    init(_ record: Record, epoch: UInt64) {
        self.init(
            position: record.position.rawValue, epoch: epoch, ticket: record.event.ticket?.rawValue ?? 0,
            id: record.command.map { CallID(high: $0.id.high, low: $0.id.low) }, kind: Kind(record.event))
    }
}

extension StoreFact.Kind {
    init(_ event: Event) {
        switch event {
        case .submitted(_, _, let submission): self = .submitted(digest: digest(submission.everyText))
        case .followedUp(_, _, let body, _): self = .followedUp(digest: digest(body))
        case .claimed(_, let token, let holder, _):
            self = .claimed(token: token.rawValue, node: holder.node.text)
        case .noted(_, let token, _, _): self = token.map { .under(token: $0.rawValue) } ?? .other
        case .replied(_, let token, _): self = .under(token: token.rawValue)
        case .escalated(_, let token, _, _, _, _): self = .ended(.escalated, token: token.rawValue)
        case .handedBack(_, let token, _, _, _): self = .ended(.handedBack, token: token.rawValue)
        case .resolved(_, let token, _): self = .ended(.resolved, token: token.rawValue)
        case .pended(_, let token, _, _, _): self = .ended(.pended, token: token.rawValue)
        case .released(_, let token, let cause, _, _, _):
            switch cause {
            case .released, .declined, .failed: self = .ended(.putBack, token: token.rawValue)
            case .expired, .restarted, .left, .missed: self = .lapsed(token: token.rawValue)
            }
        case .amended(_, _, .offered, _): self = .other
        case .amended(_, let token, _, _): self = token.map { .under(token: $0.rawValue) } ?? .other
        case .tookOver(_, let token, let holder, _, _):
            self = .claimed(token: token.rawValue, node: holder.node.text)
        case .woke, .closed, .merged, .configured, .alerted, .acknowledged, .overflowed, .improved:
            self = .other
        }
    }
}
