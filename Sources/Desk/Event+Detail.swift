import Tickets

extension Event {
    /// The facts of the event in one line, without any text of a ticket: for histories and logs.
    package var detail: String {
        switch self {
        case .submitted(_, let line, let submission):
            "to \(line), \(submission.priority.word), over \(submission.channel)"
        case .followedUp(_, let entry, _, let wakes): "entry \(entry)" + (wakes ? ", waits again" : "")
        case .claimed(_, _, let holder, let lease):
            "by \(holder.node)" + (holder.agent.map { " (\($0))" } ?? "") + " for \(lease) ms"
        case .noted(_, _, let entry, _): "entry \(entry)"
        case .replied(_, _, let reply): "entry \(reply.entry), outbox \(reply.outbox)"
        case .escalated(_, _, let line, let entry, _): "to \(line), note is entry \(entry)"
        case .handedBack(_, _, let line, let entry, _): "to \(line), note is entry \(entry)"
        case .resolved(_, _, let reply?): "entry \(reply.entry), outbox \(reply.outbox)"
        case .resolved(_, _, nil): "without a reply"
        case .pended(_, _, let onHold, let until, _):
            (onHold ? "on hold" : "for the customer") + (until.map { " until \($0.iso8601)" } ?? "")
        case .woke: "its time came"
        case .released(_, _, let cause, _, let failures, _): "\(cause.word), \(failures) failures"
        case .closed: ""
        }
    }
}
