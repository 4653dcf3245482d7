import Desk
import Promises
import Tickets

/// The rules under which the clocks of one ticket ran, from its acceptance until they are judged.
struct TicketRules {
    /// A time in which nothing changed of what is promised.
    struct Span {
        var from: Moment
        var to: Moment
        /// Of the rule in the book; nil when nothing is promised.
        var entry: Int?
        /// The first warning, in milliseconds of business before a clock is due.
        var warning: Int64?
    }

    let book: RuleBook
    /// When clocks that did not stop are judged.
    let end: Moment
    /// Whether the ticket is solved, or ended in another one: an answer that was not given in time is owed no more.
    let isSettled: Bool
    /// Nil until the first was added.
    private var first: Span?
    /// Those after the first, in order: few tickets have more than one.
    private var rest: [Span] = []

    /// - Parameters:
    ///   - ticket: What happened to it.
    ///   - finder: What was promised.
    ///   - logEnd: When the log ends. A ticket that is solved, or was merged, is judged as of then: nobody is late for it
    ///     any more.
    init(_ ticket: borrowing TicketFigures, _ finder: inout RuleFinder, upTo logEnd: Moment) {
        book = finder.book
        isSettled = ticket.course.isSolved || ticket.course.isMerged
        end =
            isSettled
            ? min(ticket.course.clocks.resolution.stopped ?? logEnd, logEnd) : logEnd
        let (channel, group) = (ticket.origin.channel, ticket.origin.group)
        var (from, priority) = (ticket.submitted, Priority?.some(ticket.origin.priority))
        var version = finder.book.version(at: from)
        // What it has when it is no spam any more.
        var latent = ticket.origin.priority
        for change in ticket.course.changes where !isSettled || change.at < end {
            let next: Priority?
            switch change.amendment {
            case .priority(let new):
                latent = new
                next = priority.map { _ in new }
            case .spam(let isOn, _): next = isOn ? nil : latent
            default: continue
            }
            add(&finder, &version, channel, group, priority, &from, until: change.at)
            priority = next
        }
        add(&finder, &version, channel, group, priority, &from, until: end)
    }

    /// In order.
    var spanCount: Int { first == nil ? 0 : rest.count + 1 }

    func span(_ index: Int) -> Span? { index == 0 ? first : rest[index - 1] }

    /// The rule in force in the end; nil when nothing is promised.
    var last: Int? { rest.isEmpty ? first?.entry : rest[rest.count - 1].entry }

    /// Whether something was promised, at some time, of the time on a line.
    var hasLines: Bool {
        if promisesLines(first?.entry) { return true }
        return rest.contains { promisesLines($0.entry) }
    }

    private func promisesLines(_ entry: Int?) -> Bool {
        entry.map { !book.entries[$0].rule.targets.lines.isEmpty } == true
    }

    /// Adds the time of one priority, or of spam, cut where the policy changes.
    private mutating func add(
        _ finder: inout RuleFinder, _ version: inout Int, _ channel: Name, _ group: String?,
        _ priority: Priority?, _ from: inout Moment, until to: Moment
    ) {
        while true {
            let next = book.end(ofVersion: version)
            let isLast = next.map { $0 > to } != false
            var entry: Int?
            if let priority { entry = finder.entry(version, channel, group, priority) }
            let until = isLast ? to : max(from, next ?? to)
            let span = Span(from: from, to: until, entry: entry, warning: book.warning(ofVersion: version))
            if first == nil { first = span } else { rest.append(span) }
            from = until
            if isLast { return }
            version += 1
        }
    }
}

extension PromiseClock {
    /// Whether it ran at some moment of a time, its ends included.
    func ran(from start: Moment, to end: Moment) -> Bool {
        guard started <= end, stopped.map({ $0 >= start }) != false else { return false }
        if pauses.isEmpty { return true }
        return !pauses.contains { $0.from <= start && $0.to.map { $0 > end } != false }
    }
}
