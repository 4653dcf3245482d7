/// Compares what everybody saw with what is stored, and with what can have happened at all.
package struct HistoryChecker {
    private let history: History
    /// In order of position.
    private let facts: [StoreFact]
    private var results: [Check: CheckResult] = [:]
    private var writings: [CallID: [StoreFact]] = [:]
    private var claims: [ClaimKey: StoreFact] = [:]
    private var endings: [ClaimKey: StoreFact] = [:]

    private struct ClaimKey: Hashable {
        var ticket: UInt64
        var token: UInt64
    }

    /// - Returns: A result for every check, in their order.
    package static func check(_ history: History, against facts: [StoreFact]) -> [CheckResult] {
        var checker = HistoryChecker(history, facts)
        checker.readLog()
        checker.checkCalls()
        checker.checkClaims()
        checker.checkTickets()
        checker.checkOrder()
        return Check.allCases.map { checker.results[$0] ?? CheckResult($0) }
    }

    private init(_ history: History, _ facts: [StoreFact]) {
        self.history = history
        self.facts = facts.sorted { $0.position < $1.position }
    }

    private mutating func expect(_ check: Check, _ holds: Bool, _ detail: @autoclosure () -> String) {
        results[check, default: CheckResult(check)].expect(holds, detail())
    }

    // MARK: - The log by itself

    private mutating func readLog() {
        var epoch: UInt64 = 0
        var tickets: [UInt64: TicketModel] = [:]
        for fact in facts {
            expect(
                .epochsGrow, fact.epoch >= epoch,
                "position \(fact.position) is of term \(fact.epoch) after \(epoch)")
            epoch = max(epoch, fact.epoch)
            let key = fact.token.map { ClaimKey(ticket: fact.ticket, token: $0) }
            var ticket = tickets[fact.ticket] ?? TicketModel()
            switch fact.kind {
            case .submitted, .followedUp:
                if let id = fact.id { writings[id, default: []].append(fact) }
            case .claimed(let token, _):
                expect(
                    .tokensGrow, token > ticket.token,
                    "ticket \(fact.ticket) was claimed under \(token) after \(ticket.token)")
                ticket.token = max(token, ticket.token)
                ticket.isHeld = true
                if let key { claims[key] = fact }
            case .ended(_, let token), .lapsed(let token), .under(let token):
                expect(
                    .noStaleEffect, ticket.isHeld && token == ticket.token,
                    "position \(fact.position): ticket \(fact.ticket) changed under \(token), its claim was "
                        + (ticket.isHeld ? "\(ticket.token)" : "over"))
                if case .under = fact.kind { break }
                ticket.isHeld = false
                if case .ended = fact.kind, let key { endings[key] = fact }
            case .other: break
            }
            tickets[fact.ticket] = ticket
        }
    }

    // MARK: - What channels saw

    private mutating func checkCalls() {
        var known: Set<CallID> = []
        for call in history.calls {
            expect(.oneResultPerID, known.insert(call.id).inserted, "\(call.id) was used twice")
            let written = writings[call.id] ?? []
            expect(.oneResultPerID, written.count <= 1, "\(call.id) took effect \(written.count) times")
            for fact in written {
                expect(.textUnchanged, fact.digest == call.digest, "\(call.id): another text is stored")
                if case .followUp(let ticket) = call.deed {
                    expect(
                        .oneResultPerID, fact.ticket == ticket,
                        "\(call.id) was for ticket \(ticket) and is at \(fact.ticket)")
                }
            }
            switch call.outcome {
            case .unknown: break
            case .refused(let word, _):
                expect(
                    .refusedLeavesNoTrace, written.isEmpty, "\(call.id) was refused (\(word)) and is stored")
            case .done(let ticket, let position, _):
                expect(
                    .nothingLost, written.contains { $0.ticket == ticket && $0.position == position },
                    "\(call.id) was acknowledged as ticket \(ticket) at \(position)"
                        + (written.first.map { " and stands at \($0.position)" } ?? " and is gone"))
            }
        }
        for (id, written) in writings {
            expect(
                .nothingUnexpected, known.contains(id), "position \(written[0].position): nobody wrote \(id)")
        }
    }

    // MARK: - What nodes saw

    private mutating func checkClaims() {
        var holders: [ClaimKey: String] = [:]
        for grant in history.grants {
            let key = ClaimKey(ticket: grant.ticket, token: grant.token)
            let fact = claims[key]
            let node: String? = if case .claimed(_, let node) = fact?.kind { node } else { nil }
            expect(
                .oneHolder, node == grant.node && (holders[key] ?? grant.node) == grant.node,
                "ticket \(grant.ticket) under \(grant.token) was \(grant.node)'s, the log says "
                    + "\(node ?? "nobody's"), before it was \(holders[key] ?? "nobody")'s")
            holders[key] = grant.node
        }
        for ending in history.endings {
            let fact = endings[ClaimKey(ticket: ending.ticket, token: ending.token)]
            let stored: Ending? = if case .ended(let stored, _) = fact?.kind { stored } else { nil }
            expect(
                .nothingLost, stored == ending.ending,
                "\(ending.node) was told that ticket \(ending.ticket) under \(ending.token) is "
                    + "\(ending.ending.rawValue), the log says \(stored?.rawValue ?? "nothing")")
        }
    }

    // MARK: - One ticket, one history

    private mutating func checkTickets() {
        for (ticket, operations) in operations().sorted(by: { $0.key < $1.key }) {
            var start = TicketModel()
            start.exists = !operations.contains { $0.deed == .submit }
            let outcome = Linearizer.judge(operations, from: start)
            guard outcome != .undecided else { continue }
            expect(
                .oneTicketOneHistory, outcome == .explained,
                "no order explains what was seen of ticket \(ticket): \(operations.map(\.text).joined(separator: ", "))"
            )
        }
    }

    private func operations() -> [UInt64: [TicketOperation]] {
        var all: [UInt64: [TicketOperation]] = [:]
        for call in history.calls {
            switch (call.deed, call.outcome) {
            case (.submit, .done(let ticket, _, let at)):
                all[ticket, default: []].append(
                    TicketOperation(deed: .submit, invoked: call.invoked, answered: at))
            case (.followUp(let ticket), .done(_, _, let at)):
                all[ticket, default: []].append(
                    TicketOperation(deed: .followUp, invoked: call.invoked, answered: at))
            case (.followUp(let ticket), .unknown):
                all[ticket, default: []].append(
                    TicketOperation(deed: .followUp, invoked: call.invoked, answered: nil))
            case (.submit, .unknown), (.submit, .refused), (.followUp, .refused): break
            }
        }
        for grant in history.grants {
            // Nobody outside knows when the desk began to grant it.
            all[grant.ticket, default: []].append(
                TicketOperation(deed: .claim(grant.token), invoked: .min, answered: grant.heard))
        }
        for ending in history.endings {
            all[ending.ticket, default: []].append(
                TicketOperation(
                    deed: .end(ending.ending, ending.token), invoked: ending.invoked,
                    answered: ending.answered))
        }
        return all
    }

    // MARK: - Order

    /// Sweeps over time: whatever was known when something began has a smaller position.
    private mutating func checkOrder() {
        var ends: [(at: Int64, position: UInt64)] = []
        var begins: [(at: Int64, position: UInt64)] = []
        for call in history.calls {
            guard case .done(_, let position, let at) = call.outcome else { continue }
            ends.append((at, position))
            begins.append((call.invoked, position))
        }
        for grant in history.grants {
            guard let fact = claims[ClaimKey(ticket: grant.ticket, token: grant.token)] else { continue }
            ends.append((grant.heard, fact.position))
        }
        ends.sort { $0.at < $1.at }
        begins.sort { $0.at < $1.at }
        var next = 0
        var last: UInt64 = 0
        for begin in begins {
            while next < ends.count, ends[next].at < begin.at {
                last = max(last, ends[next].position)
                next += 1
            }
            expect(
                .realTimeOrder, begin.position > last,
                "what began after position \(last) was known stands at \(begin.position)")
        }
    }
}

extension StoreFact {
    /// The token that it is about.
    var token: UInt64? {
        switch kind {
        case .claimed(let token, _), .ended(_, let token), .lapsed(let token), .under(let token): token
        case .submitted, .followedUp, .other: nil
        }
    }

    /// Of what was written.
    var digest: UInt64? {
        switch kind {
        case .submitted(let digest), .followedUp(let digest): digest
        case .claimed, .ended, .lapsed, .under, .other: nil
        }
    }
}

extension TicketOperation {
    fileprivate var text: String {
        let what =
            switch deed {
            case .submit: "submitted"
            case .followUp: "followed up"
            case .claim(let token): "claimed under \(token)"
            case .end(let ending, let token): "\(ending.rawValue) under \(token)"
            }
        let begin = invoked == .min ? "?" : String(invoked)
        return "\(what) [\(begin), \(answered.map(String.init) ?? "?")]"
    }
}
