import Promises
import Tickets

extension Event {
    /// The facts of the event in one line: what was set, and the reasons that people gave, but no text of the
    /// conversation. For histories, which only those are shown who may read tickets with their notes; customers and their
    /// channels never.
    package var detail: String {
        switch self {
        case .submitted(_, let line, let submission):
            "to \(line), \(submission.priority.word), over \(submission.channel)"
                + (submission.origin.map { ", \($0.cause.word) \($0.ticket)" } ?? "")
                + (submission.ruling.map { $0.words(submission.priority) } ?? "")
                + (submission.group.map { ", of \($0)" } ?? "")
                + (submission.familiar.map { ", for \($0) first" } ?? "")
                + (submission.expectedWaitMilliseconds.map { ", expected to wait \($0 / 1_000) s" } ?? "")
                + (submission.others == 0 ? "" : ", \(submission.others) others of its customer open")
        case .followedUp(_, let entry, _, let wakes): "entry \(entry)" + (wakes ? ", waits again" : "")
        case .claimed(_, _, let holder, let lease):
            "by \(holder.node)" + (holder.agent.map { " (\($0))" } ?? "") + " for \(lease) ms"
        case .noted(_, _, let entry, _): "entry \(entry)"
        case .replied(_, _, let reply): "entry \(reply.entry), outbox \(reply.outbox)"
        case .escalated(_, _, let line, let entry, _, nil): "to \(line), note is entry \(entry)"
        case .escalated(_, _, let line, let entry, _, let budget?):
            "to \(line), within \(budget / 1_000) s of business, note is entry \(entry)"
        case .handedBack(_, _, let line, let entry, _): "to \(line), note is entry \(entry)"
        case .resolved(_, _, let reply?): "entry \(reply.entry), outbox \(reply.outbox)"
        case .resolved(_, _, nil): "without a reply"
        case .pended(_, _, let onHold, let until, let reason):
            (onHold ? "on hold" : "for the customer") + (until.map { " until \($0.iso8601)" } ?? "")
                + Self.words(reason)
        case .woke: "its time came"
        case .overflowed(_, let line, let reason):
            "to \(line), " + (reason.isEmpty ? "its time on the line was over" : reason)
        case .released(_, _, let cause, let reason, let failures, _):
            "\(cause.word), \(failures) failures" + Self.words(reason)
        case .closed: ""
        case .configured(let configuration):
            "version \(configuration.version)" + Self.words(configuration.reason)
        case .amended(_, _, let amendment, let lacking):
            amendment.detail + (lacking.isEmpty ? "" : ", \(lacking.count) fields lacking")
        case .tookOver(_, _, let holder, let lease, let reason):
            "by \(holder.displayName) for \(lease) ms" + Self.words(reason)
        case .merged(let ticket, _, let target): "\(ticket) into \(target)"
        case .acknowledged(_, let letter, _): "entry \(letter.entry), outbox \(letter.outbox)"
        case .improved(let improvement):
            "\(improvement.topic); \(improvement.letters.count) customers are told"
        case .alerted(_, let alert, let notice):
            "\(alert.clock.kind.word) of \(alert.rule), due \(alert.due.iso8601)"
                + (notice.map { "; the customer is told: entry \($0.entry), outbox \($0.outbox)" } ?? "")
        }
    }

    /// A reason that somebody gave, or nothing.
    private static func words(_ reason: String) -> String { reason.isEmpty ? "" : ": \(reason)" }
}

extension Amendment {
    /// What is there afterwards. Of a draft only how much, because it is its author's until it is sent.
    var detail: String {
        switch self {
        case .kind(let kind): kind.map { "to \($0)" } ?? "to none"
        case .priority(let priority): "to \(priority.word)"
        case .tag(let tag, _): tag
        case .feedback(let topic): topic.isEmpty ? "to none" : topic
        case .field(let field): field.value.isEmpty ? "\(field.name): none" : "\(field.name): \(field.value)"
        case .participant(let name, _): name.text
        case .spam(_, let reason): reason
        case .parent(let parent): parent.map { "of \($0)" } ?? "of none"
        case .link(let ticket, _): "\(ticket)"
        case .owner(let owner, let reason): "to \(owner?.text ?? "whoever is next"): \(reason)"
        case .draft(let text): text.isEmpty ? "thrown away" : "\(text.utf8.count) bytes"
        case .given(let names): "\(names.count) fields given"
        case .offered(let milliseconds): "for \(milliseconds) ms"
        case .accepted: ""
        case .status(let status, let reason): "\(status.word), \(reason)"
        }
    }
}

extension Ruling {
    /// Which rules fired, and another priority that it was sent with.
    fileprivate func words(_ now: Priority) -> String {
        (now == priority ? "" : " (sent as \(priority.word))")
            + (rules.count == 1 ? ", by rule " : ", by rules ") + rules.joined(separator: ", ")
            + (demands.isEmpty ? "" : ", for \(demands.words)")
    }
}

extension Demands {
    /// For people: `english 2, at first claims 1`.
    package var words: String {
        let parts = required.map(\.words) + preferred.map { "at first \($0.words)" }
        return parts.joined(separator: ", ")
    }
}

extension Skill {
    package var words: String { "\(name) \(level)" }
}

extension Origin.Cause {
    /// The word in every output.
    package var word: String {
        switch self {
        case .follows: "follows"
        case .split: "split from"
        case .child: "part of"
        }
    }
}
