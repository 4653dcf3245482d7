import Desk
import Tickets

/// What customers are told who asked for an improvement of the product.
extension LogTracker {
    /// Judges what is told to all, before it is followed letter by letter.
    mutating func checkImprovement(_ improvement: Improvement) {
        let (position, letters) = (position, improvement.letters)
        findings.check(
            .r1, zip(letters, letters.dropFirst()).allSatisfy { $0.ticket < $1.ticket },
            "event \(position) tells the customer of a ticket twice, or in another order")
        findings.check(.r1, !letters.isEmpty, "event \(position) tells nobody of an improvement")
    }

    /// Follows one letter: its ticket has one entry more, and is where it was.
    mutating func tell(
        _ improvement: Improvement, _ number: TicketNumber, _ tracked: inout Tracked, _ record: Record
    ) {
        let position = position
        checkStage(record.event, tracked.state)
        findings.check(
            .r1, !tracked.extras.feedback.isEmpty,
            "event \(position): ticket \(number) is told of an improvement that it did not ask for")
        guard let reply = improvement.reply(to: number) else { return }
        findings.check(
            .r1, reply.entry == tracked.state.entries &+ 1,
            "event \(position) makes entry \(reply.entry) of ticket \(number) after \(tracked.state.entries)")
        tracked.add(reply.entry, .reply(reply.text), record)
    }
}
