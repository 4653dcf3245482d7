package import Tickets

/// What a run has seen so far: counts, latencies and what must be compared with the log in the end.
///
/// Times are microseconds of one monotonic clock. A request is known by its number until the desk has given it a
/// ticket's; a node may have the ticket before the customer has the answer, because they are different connections.
package struct RunBook: Sendable {
    private struct Trace {
        /// When the customer wrote; nil until the desk's answer ties the ticket to a request.
        var intended: Int64?
        var granted: Int64?
        var solved: Int64?
        var isEscalated = false
    }

    package private(set) var counts = Counts()
    package var submit = Latencies()
    package var grant = Latencies()
    package var solve = Latencies()
    package var viewLag = Latencies()
    private var lag = ViewLag()
    package private(set) var witness = ClaimWitness()
    package private(set) var refusals: [String: RefusalReport] = [:]
    /// What nodes were refused, other than that their claim was over: there should be none.
    package private(set) var nodeRefusals: [String: Int] = [:]
    /// The ticket that each request became; 0 while it has no answer, or was refused.
    package private(set) var acknowledged: [UInt64] = [0]
    package private(set) var resolved: [UInt64] = []
    private var intended: [Int64] = [0]
    private var traces: [Trace] = []

    package init() {}

    /// Requests that were neither refused nor solved so far.
    package var lifecyclesUnderWay: Int { counts.offered - counts.refused - counts.solved }

    // MARK: - Customers

    /// A customer writes at a moment, whenever the request leaves.
    ///
    /// - Returns: The request's number: 1, 2, 3 …
    package mutating func offer(at moment: Int64) -> UInt64 {
        counts.offered += 1
        intended.append(moment)
        acknowledged.append(0)
        return UInt64(intended.count - 1)
    }

    package mutating func accepted(_ request: UInt64, as ticket: TicketNumber, at now: Int64) {
        counts.accepted += 1
        let moment = intended[Int(request)]
        submit.record(microseconds: now - moment)
        acknowledged[Int(request)] = ticket.rawValue
        let index = index(of: ticket)
        traces[index].intended = moment
        if let granted = traces[index].granted { grant.record(microseconds: granted - moment) }
        if let solved = traces[index].solved { solve.record(microseconds: solved - moment) }
    }

    package mutating func refused(_ refusal: Refusal) {
        counts.refused += 1
        var report =
            refusals[refusal.code.word] ?? RefusalReport(word: refusal.code.word, reason: refusal.reason)
        report.count += 1
        if let milliseconds = refusal.retryAfterMilliseconds {
            report.withTime += 1
            report.retryAfterMsMax = max(report.retryAfterMsMax, milliseconds)
        }
        refusals[refusal.code.word] = report
    }

    // MARK: - The log and its view

    /// An answer said how far the log is.
    package mutating func logReached(_ position: Position, at now: Int64) {
        lag.logReached(position.rawValue, at: now)
    }

    /// The broker said how far the view is.
    ///
    /// - Returns: Microseconds for which the log has had more.
    @discardableResult
    package mutating func viewReached(_ position: Position, at now: Int64) -> Int64 {
        let behind = lag.behind(view: position.rawValue, at: now)
        viewLag.record(microseconds: behind)
        return behind
    }

    // MARK: - Nodes

    /// Only the first grant of a ticket counts as its customer's wait for a seat.
    package mutating func granted(_ ticket: TicketNumber, _ token: Token, to node: Int, at now: Int64) {
        counts.granted += 1
        witness.granted(ticket, token, to: node)
        let index = index(of: ticket)
        guard traces[index].granted == nil else { return }
        traces[index].granted = now
        if let moment = traces[index].intended { grant.record(microseconds: now - moment) }
    }

    /// Whether the ticket may be escalated; false once somebody has tried.
    package mutating func mayEscalate(_ ticket: TicketNumber) -> Bool {
        !traces[index(of: ticket)].isEscalated
    }

    package mutating func willEscalate(_ ticket: TicketNumber) {
        traces[index(of: ticket)].isEscalated = true
    }

    package mutating func ended(_ claim: EndedClaim, at now: Int64) {
        witness.ended(claim.ticket, claim.token, latestWhenSent: claim.latestWhenSent)
        switch claim.deed {
        case .escalate: counts.escalated += 1
        case .handBack: counts.handedBack += 1
        case .resolve:
            counts.solved += 1
            resolved.append(claim.ticket.rawValue)
            let index = index(of: claim.ticket)
            guard traces[index].solved == nil else { return }
            traces[index].solved = now
            if let moment = traces[index].intended { solve.record(microseconds: now - moment) }
        }
    }

    package mutating func nodeRefused(_ refusal: Refusal) {
        nodeRefusals[refusal.code.word, default: 0] += 1
    }

    private mutating func index(of ticket: TicketNumber) -> Int {
        let index = Int(ticket.rawValue)
        while traces.count <= index { traces.append(Trace()) }
        return index
    }
}

/// How a seat ends its work.
package enum Deed: Hashable, Sendable {
    case resolve, escalate, handBack
}

/// A claim that was ended by a change that the desk accepted.
package struct EndedClaim: Hashable, Sendable {
    package var ticket: TicketNumber
    package var token: Token
    package var deed: Deed
    /// The latest claim of the ticket that any node had seen when the change was sent.
    package var latestWhenSent: Token

    package init(ticket: TicketNumber, token: Token, deed: Deed, latestWhenSent: Token) {
        (self.ticket, self.token, self.deed, self.latestWhenSent) = (ticket, token, deed, latestWhenSent)
    }
}
