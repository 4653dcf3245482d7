import Promises
package import Tickets

/// The figures of one group of tickets: those that were accepted in the report's time, whatever happened later.
///
/// Each figure is defined here and nowhere else; <doc:Figures> has the same in words.
package struct ReportRow: Hashable, Sendable {
    package let grouping: ReportGrouping
    /// The group's name; `all` for all tickets, `nobody` for those that nobody has claimed, `none` for those that
    /// have nothing of what is grouped by.
    package let key: String
    /// Tickets that were accepted.
    package private(set) var requests = 0
    /// Tickets that the desk has replied to.
    package private(set) var answered = 0
    /// Tickets that are solved at the end of the log, or closed.
    package private(set) var solved = 0
    /// Solved by one claim, never escalated, never opened again.
    package private(set) var firstContact = 0
    /// Tickets that were escalated at least once.
    package private(set) var escalated = 0
    /// How often tickets were escalated.
    package private(set) var escalations = 0
    /// Tickets that were handed back at least once.
    package private(set) var handedBack = 0
    /// How often tickets were handed back.
    package private(set) var handBacks = 0
    /// Tickets that were opened again at least once after they were solved.
    package private(set) var reopened = 0
    /// How often tickets were opened again.
    package private(set) var reopenings = 0
    /// Tickets that are at least the third of their customer about the same thing within 30 days.
    package private(set) var repeats = 0
    /// Tickets that are open and of which a clock runs that was due before the end of the log.
    package private(set) var overdue = 0
    /// Tickets of which some promise was broken.
    package private(set) var breached = 0
    /// Milliseconds for which somebody held them.
    package private(set) var heldMilliseconds: Int64 = 0
    /// How long tickets were expected to wait until somebody takes them, and how long they did.
    package private(set) var estimates = EstimateFigures()
    /// From acceptance to the first reply.
    package private(set) var firstResponse = PromiseFigures()
    /// From each later message that nothing was owed for yet to the next reply.
    package private(set) var nextResponse = PromiseFigures()
    /// From acceptance to the solution.
    package private(set) var resolution = PromiseFigures()
    /// From entering a line to leaving it, of lines that something was promised of; in order of name.
    package private(set) var lines: [LineFigures] = []

    package struct LineFigures: Hashable, Sendable {
        package let line: Name
        package internal(set) var promise = PromiseFigures()
    }

    init(_ grouping: ReportGrouping, _ key: String) {
        self.grouping = grouping
        self.key = key
    }

    mutating func add(_ course: borrowing TicketCourse, _ outcome: borrowing TicketOutcome) {
        // Its request is that of the ticket it ended in; what was broken before is not made good by that.
        if course.isMerged { return addBroken(outcome) }
        requests += 1
        if course.clocks.firstResponse.stopped != nil { answered += 1 }
        if course.isSolved { solved += 1 }
        if course.isFirstContact { firstContact += 1 }
        if course.escalations > 0 { escalated += 1 }
        escalations += Int(course.escalations)
        if course.handBacks > 0 { handedBack += 1 }
        handBacks += Int(course.handBacks)
        if course.reopenings > 0 { reopened += 1 }
        reopenings += Int(course.reopenings)
        if outcome.isRepeat { repeats += 1 }
        if outcome.isOverdue { overdue += 1 }
        if outcome.isBreached { breached += 1 }
        heldMilliseconds &+= course.heldMilliseconds
        if let estimate = outcome.estimate { estimates.add(estimate) }
        firstResponse.add(outcome.firstResponse)
        for next in outcome.nextResponses { nextResponse.add(next) }
        resolution.add(outcome.resolution)
        for (line, clock) in outcome.lines { lines[index(of: line)].promise.add(clock) }
    }

    private mutating func addBroken(_ outcome: borrowing TicketOutcome) {
        if outcome.isBreached { breached += 1 }
        firstResponse.addBroken(outcome.firstResponse)
        for next in outcome.nextResponses { nextResponse.addBroken(next) }
        resolution.addBroken(outcome.resolution)
        for (line, clock) in outcome.lines where clock.outcome == .broken {
            lines[index(of: line)].promise.addBroken(clock)
        }
    }

    /// Adds the figures of other tickets of the group.
    mutating func add(_ other: borrowing ReportRow) {
        requests += other.requests
        answered += other.answered
        solved += other.solved
        firstContact += other.firstContact
        escalated += other.escalated
        escalations += other.escalations
        handedBack += other.handedBack
        handBacks += other.handBacks
        reopened += other.reopened
        reopenings += other.reopenings
        repeats += other.repeats
        overdue += other.overdue
        breached += other.breached
        heldMilliseconds &+= other.heldMilliseconds
        estimates.add(other.estimates)
        firstResponse.add(other.firstResponse)
        nextResponse.add(other.nextResponse)
        resolution.add(other.resolution)
        for figures in other.lines { lines[index(of: figures.line)].promise.add(figures.promise) }
    }

    /// The place of a line, made if there is none.
    private mutating func index(of line: Name) -> Int {
        for index in lines.indices where lines[index].line == line { return index }
        let index = lines.firstIndex { $0.line > line } ?? lines.count
        lines.insert(LineFigures(line: line), at: index)
        return index
    }

    mutating func finish() {
        estimates.finish()
        firstResponse.finish()
        nextResponse.finish()
        resolution.finish()
        for index in lines.indices { lines[index].promise.finish() }
    }
}

/// How one clock of many tickets ran.
package struct PromiseFigures: Hashable, Sendable {
    /// Promises that came to each of ``PromiseOutcome``.
    package private(set) var kept = 0
    package private(set) var warned = 0
    package private(set) var broken = 0
    package private(set) var open = 0
    /// Milliseconds of business of the clocks that have stopped, without the time for which the customer was waited
    /// for; in order after the report was made.
    private var spans: [Int64] = []

    package init() {}

    mutating func add(_ clock: ClockFigures) {
        if let span = clock.span { spans.append(span) }
        switch clock.outcome {
        case .kept?: kept += 1
        case .warned?: warned += 1
        case .broken?: broken += 1
        case .open?: open += 1
        case nil: break
        }
    }

    mutating func addBroken(_ clock: ClockFigures) {
        if clock.outcome == .broken { broken += 1 }
    }

    mutating func add(_ other: borrowing PromiseFigures) {
        kept += other.kept
        warned += other.warned
        broken += other.broken
        open += other.open
        spans += other.spans
    }

    mutating func finish() { spans.sortByDigits() }

    /// The shortest span within which a share of the clocks stopped; nil when none did.
    package func milliseconds(at share: Double) -> Int64? { spans.smallest(share) }
}

/// How the waits of many tickets compare with what was expected of them.
package struct EstimateFigures: Hashable, Sendable {
    /// Tickets of which a wait was expected, and which somebody has taken.
    package private(set) var taken = 0
    /// Those of them that were taken no later than expected.
    package private(set) var inTime = 0
    /// By how many milliseconds each was taken earlier or later than expected; in order after the report was made.
    private var spans: [Int64] = []

    mutating func add(_ estimate: (expected: Int64, actual: Int64)) {
        taken += 1
        // To the second, in which they are told: nobody is late who was told "at once" and waited three milliseconds.
        if estimate.actual / 1_000 <= estimate.expected / 1_000 { inTime += 1 }
        let (difference, isHuge) = estimate.actual.subtractingReportingOverflow(estimate.expected)
        spans.append(isHuge ? .max : Int64(clamping: difference.magnitude))
    }

    mutating func add(_ other: borrowing EstimateFigures) {
        taken += other.taken
        inTime += other.inTime
        spans += other.spans
    }

    mutating func finish() { spans.sortByDigits() }

    /// The smallest difference within which a share of the estimates was; nil when there were none.
    package func milliseconds(at share: Double) -> Int64? { spans.smallest(share) }
}

extension [Int64] {
    /// Of values in order, the smallest that a share of them does not exceed; nil of none.
    fileprivate func smallest(_ share: Double) -> Int64? {
        guard !isEmpty else { return nil }
        let rank = Int((share * Double(count)).rounded(.up))
        return self[Swift.min(Swift.max(rank, 1), count) - 1]
    }
}
