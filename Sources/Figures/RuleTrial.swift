package import Desk
import Tickets

/// What the rules of some settings would have made of tickets that came in the past.
///
/// Each ticket is asked about as it was sent and when it came, whatever other rules had made of it.
package struct RuleTrial: Sendable {
    package struct RuleCount: Hashable, Sendable {
        package let name: String
        package internal(set) var fired = 0
        /// Tickets of which it was the last rule, because it stops.
        package internal(set) var stopped = 0
    }

    package struct Shift: Hashable, Sendable {
        package let name: String
        package internal(set) var before = 0
        package internal(set) var after = 0
    }

    /// In the order of the settings.
    package private(set) var rules: [RuleCount]
    /// The settings' lines, then those of the past that are no longer there.
    package private(set) var lines: [Shift]
    package private(set) var priorities = Priority.allCases.map { Shift(name: $0.word) }
    package private(set) var tickets = 0
    /// Tickets that would have another line, priority or kind, or other tags.
    package private(set) var changed = 0
    /// Tickets whose customers would be told something by a rule, and those that would be set aside by one, by status.
    package private(set) var told = 0
    package private(set) var aside = [Status.pending, .onHold, .solved].map { Shift(name: $0.word) }
    /// Tickets for which no rule fired.
    package private(set) var untouched = 0
    /// What customers wrote to tickets that were there.
    package private(set) var messages = 0
    private let settings: DeskSettings
    /// Where tickets are that came, as far as rules for messages ask.
    private var standing: [TicketNumber: (priority: Priority, line: Name)] = [:]
    private let hasMessageRules: Bool

    package init(_ settings: DeskSettings) {
        self.settings = settings
        hasMessageRules = settings.rules.contains(where: \.isForMessages)
        rules = settings.rules.map { RuleCount(name: $0.name) }
        lines = settings.lines.map { Shift(name: $0.name.text) }
    }

    /// Names of the rules that fired for nothing.
    package var idle: [String] { rules.filter { $0.fired == 0 }.map(\.name) }

    /// Asks the rules about a ticket, if the record is of one that came.
    package mutating func take(_ record: borrowing Record) {
        if hasMessageRules { takeMessage(record) }
        if case .amended(_, _, .status(let status, _), _) = record.event { count(status, \.before) }
        guard case .submitted(_, let line, let submission) = record.event else { return }
        let routed = settings.route(submission.asSent, at: record.at)
        let after = routed.submission
        tickets += 1
        count(line.text, routed.line.text)
        priorities[Int(submission.priority.rawValue) - 1].before += 1
        priorities[Int(after.priority.rawValue) - 1].after += 1
        let isSame =
            line == routed.line && submission.priority == after.priority && submission.kind == after.kind
            && submission.tags == after.tags
        if !isSame { changed += 1 }
        let isSpam = settings.rule(of: after, \.isSpam) != nil
        if !isSpam, let status = settings.rule(of: after, { $0.status != nil })?.status {
            count(status, \.after)
        }
        if !isSpam, settings.rule(of: after, { !$0.templates.isEmpty }) != nil,
            settings.mayWrite(about: after), after.origin.map({ $0.cause == .follows }) != false
        {
            told += 1
        }
        guard let fired = after.ruling?.rules else {
            untouched += 1
            return
        }
        count(fired)
    }

    /// Asks the rules for messages, as the ticket was then: of a line they know whether it would be another.
    private mutating func takeMessage(_ record: borrowing Record) {
        switch record.event {
        case .submitted(let number, let line, let submission):
            standing[number] = (submission.priority, line)
        case .amended(let number, _, .priority(let priority), _): standing[number]?.priority = priority
        case .followedUp(let number, _, let body, _):
            messages += 1
            guard let (priority, line) = standing[number] else { return }
            let ruling = settings.rule(onMessage: body, priority: priority, line: line, at: record.at)
            if !ruling.rules.isEmpty { count(ruling.rules) }
        case .closed(let numbers): for number in numbers { standing[number] = nil }
        default: break
        }
    }

    private mutating func count(_ fired: [String]) {
        // Both are in the order of the settings.
        var index = 0
        for name in fired {
            while rules[index].name != name { index += 1 }
            rules[index].fired += 1
        }
        if settings.rules[index].stops { rules[index].stopped += 1 }
    }

    private mutating func count(_ status: Status, _ side: WritableKeyPath<Shift, Int>) {
        if let index = aside.firstIndex(where: { $0.name == status.word }) {
            aside[index][keyPath: side] += 1
        }
    }

    private mutating func count(_ before: String, _ after: String) {
        lines[place(of: before)].before += 1
        lines[place(of: after)].after += 1
    }

    private mutating func place(of line: String) -> Int {
        if let place = lines.firstIndex(where: { $0.name == line }) { return place }
        lines.append(Shift(name: line))
        return lines.count - 1
    }
}
