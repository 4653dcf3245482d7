package import Randomness
import Tickets

/// Works tickets as a distribution says, for load tests and rehearsals.
///
/// What it does with a ticket depends only on the seed, the ticket's number and the claim's token, so that a
/// run repeats, and a ticket that comes back meets a new draw. Shares are probabilities from 0 to 1, drawn in
/// the order failure, decline, escalation, pending; what is left is answered and solved.
package struct SimulatedHandler: Handler {
    package var serviceTime = ServiceTime.constant(milliseconds: 0)
    package var seed: UInt64 = 1
    /// Tickets that the handler breaks on: released as failed.
    package var failureShare = 0.0
    package var declineShare = 0.0
    /// Tickets that go to the next line. On a ticket that was escalated, or handed back, it does not apply.
    package var escalationShare = 0.0
    /// Tickets that get a question instead of an answer, and wait for the customer.
    package var pendingShare = 0.0
    /// When a pending ticket wakes by itself; nil: only its customer wakes it.
    package var pendingMilliseconds: Int64? = 1_000

    package init(
        serviceTime: ServiceTime = .constant(milliseconds: 0), escalationShare: Double = 0, seed: UInt64 = 1
    ) {
        self.serviceTime = serviceTime
        self.escalationShare = escalationShare
        self.seed = seed
    }

    /// Stands in a hand-back's note before what the customer is to be told. What is before it stays internal.
    package static let answerMark = "Answer for the customer: "

    package func decideAtOnce(_ assignment: Assignment) -> Decision? {
        guard serviceTime.isZero else { return nil }
        var random = generator(for: assignment)
        return decision(on: assignment, &random)
    }

    package func work(_ assignment: Assignment) async throws -> Decision {
        var random = generator(for: assignment)
        let decision = decision(on: assignment, &random)
        let milliseconds = serviceTime.draw(from: &random)
        if milliseconds > 0 { try await Task.sleep(for: .milliseconds(milliseconds)) }
        return decision
    }

    private func generator(for assignment: Assignment) -> SplitMix64 {
        var mixer = SplitMix64(seed: seed ^ assignment.number.rawValue)
        return SplitMix64(seed: mixer.next() ^ assignment.token.rawValue)
    }

    private func decision(on assignment: Assignment, _ random: inout SplitMix64) -> Decision {
        var draw = random.unit()
        func isHit(_ share: Double) -> Bool {
            draw -= share
            return draw < 0
        }
        if isHit(failureShare) { return Decision(.release(reason: "simulated failure", failed: true)) }
        if isHit(declineShare) { return Decision(.decline(reason: "simulated decline")) }
        if assignment.isEscalated { return Decision(.handBack(note: handBackNote(assignment))) }
        if assignment.isHandedBack {
            return Decision(.resolve(reply: answer(in: assignment) ?? reply(to: assignment)))
        }
        if isHit(escalationShare) {
            // Whoever escalates a ticket has gone through the checklist of its kind.
            let fields = assignment.lacking.map { Field(name: $0, value: "yes") }
            return Decision(.escalate(note: escalationNote(assignment), to: nil), fields: fields)
        }
        if isHit(pendingShare) {
            return Decision(
                .pend(
                    reply: question(to: assignment), onHold: false,
                    wakeAfterMilliseconds: pendingMilliseconds, reason: "waits for the customer"))
        }
        return Decision(.resolve(reply: reply(to: assignment)))
    }

    /// The part of the last hand-back's note that is meant for the customer; never the rest of a note.
    private func answer(in assignment: Assignment) -> String? {
        let mark = Self.answerMark.utf8
        for entry in assignment.entries.reversed() where entry.kind == .note {
            let text = entry.text.utf8
            guard let start = text.firstRange(of: mark)?.upperBound, start < text.endIndex else { continue }
            return String(Substring(text[start...]))
        }
        return nil
    }

    // MARK: - Templates

    private func reply(to assignment: Assignment) -> String {
        "Thank you for writing to us. We have taken care of your \(subject(of: assignment)). "
            + "Your ticket is number \(assignment.number)."
    }

    private func question(to assignment: Assignment) -> String {
        "Thank you for writing to us. To go on with your \(subject(of: assignment)) we need a little more: "
            + "which order is it about, and what did you expect to happen?"
    }

    private func escalationNote(_ assignment: Assignment) -> String {
        "Line one cannot settle this \(subject(of: assignment)). Reproduced: no. Account checked: yes."
    }

    private func handBackNote(_ assignment: Assignment) -> String {
        "Checked against the account and settled. \(Self.answerMark)"
            + "Our specialists have looked into your \(subject(of: assignment)) and it is settled now."
    }

    private func subject(of assignment: Assignment) -> String {
        switch assignment.kind {
        case "cancel_order": "cancellation"
        case "change_order", "change_shipping_address": "order"
        case "track_order", "delivery_period", "delivery_options": "delivery"
        case "get_refund", "track_refund", "check_refund_policy": "refund"
        case "payment_issue", "check_payment_methods": "payment"
        case "get_invoice", "check_invoice": "invoice"
        case "complaint", "review": "feedback"
        default: "request"
        }
    }
}
