package import Tickets

/// The clocks of one ticket, kept by what happens to it. All of it can be computed again from the log.
package struct TicketClocks: Hashable, Sendable {
    package private(set) var firstResponse: PromiseClock
    package private(set) var resolution: PromiseClock
    /// Of the customer's oldest message that is unanswered; nil before the first reply and while none is.
    package private(set) var nextResponse: PromiseClock?
    /// Of messages that were answered before that one, in order.
    package private(set) var answered: [PromiseClock] = []
    /// Within how many milliseconds of business its customer was told that they have a first answer; nil when they were
    /// told no time.
    package private(set) var toldOfAnswer: Int64?
    /// Of the line that the ticket is on, and before it those that it was on, in order.
    package private(set) var lines: [LineClock]

    package struct LineClock: Hashable, Sendable {
        package var line: Name
        package var clock: PromiseClock
        /// How many milliseconds of business whoever escalated gave it; nil: as many as the line is promised to take.
        package var budget: Int64?

        package init(line: Name, clock: PromiseClock, budget: Int64? = nil) {
            self.line = line
            self.clock = clock
            self.budget = budget
        }
    }

    /// Starts the clocks of a ticket that was accepted at a moment, on a line.
    package init(line: Name, at moment: Moment) {
        firstResponse = PromiseClock(started: moment)
        resolution = PromiseClock(started: moment)
        lines = [LineClock(line: line, clock: PromiseClock(started: moment))]
    }

    /// Clocks as they were kept.
    package init(
        firstResponse: PromiseClock, resolution: PromiseClock, nextResponse: PromiseClock?,
        answered: [PromiseClock], lines: [LineClock], toldOfAnswer: Int64?
    ) {
        self.firstResponse = firstResponse
        self.resolution = resolution
        self.nextResponse = nextResponse
        self.answered = answered
        self.lines = lines
        self.toldOfAnswer = toldOfAnswer
    }

    /// The desk answered: the first reply stops the first clock, a later one that of the message it answers.
    package mutating func replied(at moment: Moment) {
        firstResponse.stop(at: moment)
        nextResponse?.stop(at: moment)
    }

    /// The customer was told within how many milliseconds of business they have a first answer.
    package mutating func told(ofAnswerWithin milliseconds: Int64) {
        toldOfAnswer = toldOfAnswer ?? milliseconds
    }

    /// What a clock is judged by, in milliseconds of business: what is promised, but of the first answer no more than the
    /// customer was told, whatever is promised since; and on a line what whoever escalated gave it. Nil: nothing.
    package func target(_ id: ClockID, of targets: borrowing PromiseTargets) -> Int64? {
        let promised = targets.milliseconds(id.kind)
        #if PLANTED_BUGS
            if PlantedBug.isActive(.toldForgotten) { return promised }
        #endif
        if case .line = id.kind { return budget(of: Int(id.ordinal)) ?? promised }
        guard id.kind == .firstResponse, let toldOfAnswer else { return promised }
        return promised.map { min($0, toldOfAnswer) } ?? toldOfAnswer
    }

    private func budget(of ordinal: Int) -> Int64? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.budgetForgotten) { return nil }
        #endif
        return lines.indices.contains(ordinal - 1) ? lines[ordinal - 1].budget : nil
    }

    /// The customer wrote. The desk owes an answer again, and if it waited for this it waits no longer; a second
    /// message before the answer promises nothing new.
    package mutating func customerWrote(at moment: Moment) {
        resumed(at: moment)
        guard firstResponse.stopped != nil, nextResponse?.stopped != nil || nextResponse == nil else {
            return
        }
        if let nextResponse { answered.append(nextResponse) }
        nextResponse = PromiseClock(started: moment)
    }

    /// The desk waits for the customer: every clock stands.
    package mutating func paused(at moment: Moment) {
        change { $0.pause(at: moment) }
    }

    package mutating func resumed(at moment: Moment) {
        change { $0.resume(at: moment) }
    }

    /// The ticket is on another line now, for which it was given so many milliseconds of business, or nil.
    package mutating func moved(to line: Name, at moment: Moment, budget: Int64? = nil) {
        stopLine(at: moment)
        lines.append(LineClock(line: line, clock: PromiseClock(started: moment), budget: budget))
    }

    /// The ticket is solved. With a reply, call ``replied(at:)`` before: a solution without one answers nobody, but no
    /// answer is owed either until the customer writes again.
    package mutating func solved(at moment: Moment) {
        resolution.stop(at: moment)
        firstResponse.pause(at: moment)
        nextResponse?.pause(at: moment)
        stopLine(at: moment)
    }

    /// The customer's message opened a solved ticket again: the promise of a solution goes on, as if it had stood.
    package mutating func reopened(on line: Name, at moment: Moment) {
        resolution.restart(at: moment)
        lines.append(LineClock(line: line, clock: PromiseClock(started: moment)))
    }

    /// Of each message after the first that an answer was owed for, in order.
    package var nextResponses: [PromiseClock] {
        guard let nextResponse else { return [] }
        return answered + [nextResponse]
    }

    /// The clocks that there are, in a fixed order.
    package var all: [(kind: ClockKind, clock: PromiseClock)] { current.map { ($0.id.kind, $0.clock) } }

    /// The same, each with what tells it from those before it.
    package var current: [(id: ClockID, clock: PromiseClock)] {
        var current: [(ClockID, PromiseClock)] = []
        visitCurrent { current.append(($0, $1)) }
        return current
    }

    /// Shows each of ``current`` in turn, without a list of them: this is asked for each event of a ticket.
    func visitCurrent(_ body: (ClockID, PromiseClock) -> Void) {
        body(ClockID(.firstResponse), firstResponse)
        if let nextResponse { body(ClockID(.nextResponse, UInt32(answered.count) + 1), nextResponse) }
        body(ClockID(.resolution), resolution)
        if let last = lines.last { body(ClockID(.line(last.line), UInt32(lines.count)), last.clock) }
    }

    /// When each running clock is due under a rule, the earliest first; those of equal moments in the order of
    /// ``all``.
    package func due(under rule: PromisePolicy.Rule) -> [(kind: ClockKind, at: Moment)] {
        let due = current.enumerated().compactMap {
            index, item -> (index: Int, kind: ClockKind, at: Moment)? in
            guard item.clock.isRunning, let target = target(item.id, of: rule.targets),
                let at = item.clock.due(after: target, rule.hours)
            else { return nil }
            return (index, item.id.kind, at)
        }
        return due.sorted { ($0.at, $0.index) < ($1.at, $1.index) }.map { ($0.kind, $0.at) }
    }

    private mutating func change(_ body: (inout PromiseClock) -> Void) {
        body(&firstResponse)
        body(&resolution)
        if var clock = nextResponse {
            body(&clock)
            nextResponse = clock
        }
        if let last = lines.indices.last { body(&lines[last].clock) }
    }

    private mutating func stopLine(at moment: Moment) {
        if let last = lines.indices.last { lines[last].clock.stop(at: moment) }
    }
}
