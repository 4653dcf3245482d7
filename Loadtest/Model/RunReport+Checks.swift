import Foundation

extension RunReport {
    /// Takes what the log says about what was seen.
    package mutating func take(_ loss: LossCheck, _ order: OrderCheck, _ book: borrowing RunBook) {
        solved = loss.solvedCount
        parked = loss.parkedCount
        lost = loss.acknowledged.violations + loss.resolutions.violations
        doubleClaims = book.witness.report.violations
        overtakes = order.report.violations
        checks += [loss.acknowledged, loss.resolutions]
        // Otherwise the scenario ends with tickets that wait.
        if loss.completion.checked > 0 { checks.append(loss.completion) }
        checks += [book.witness.report, order.report, answers(book), refusalCheck]
    }

    /// Says whether everything holds.
    package mutating func judge() {
        ok = checks.allSatisfy(\.holds)
    }

    /// Every request has one answer.
    private func answers(_ book: borrowing RunBook) -> CheckReport {
        var check = CheckReport("answers", "every request was accepted, or refused with a reason")
        check.checked = book.counts.offered
        let missing = book.counts.offered - book.counts.accepted - book.counts.refused
        check.violations = abs(missing)
        if missing != 0 { check.details = ["\(missing) of \(book.counts.offered) requests have no answer"] }
        for (word, count) in book.nodeRefusals.sorted(by: { $0.key < $1.key }) {
            check.violations += count
            check.details.append("nodes were refused \(count) times: \(word)")
        }
        return check
    }

    private var refusalCheck: CheckReport {
        var check = CheckReport("refusals", "every refusal says after which time to try again")
        for refusal in refusals {
            check.checked += refusal.count
            check.violations += refusal.count - refusal.withTime
            guard refusal.count > refusal.withTime else { continue }
            check.details.append(
                "\(refusal.count - refusal.withTime) of \(refusal.count) \(refusal.word) have none")
        }
        return check
    }
}

extension RunReport {
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension FleetReport {
    /// Adds what one of its nodes did.
    package mutating func add(_ node: NodeReport) {
        nodes += 1
        granted += node.granted
        solved += node.solved
        escalated += node.escalated
        handedBack += node.handedBack
        stale += node.stale
        revoked += node.revoked
    }
}
