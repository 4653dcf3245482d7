package import Tickets

/// What customers are told who asked for something of the product, when it is there.
///
/// One event for all of them: either everybody is told or nobody. Its letters are no answers: they move no ticket,
/// reopen none and stop no clock, and reach those whose ticket is closed too.
package struct Improvement: Hashable, Sendable {
    /// One customer's: the next entry of one of their tickets.
    package struct Letter: Hashable, Sendable {
        package var ticket: TicketNumber
        package var entry: UInt32

        package init(ticket: TicketNumber, entry: UInt32) {
            self.ticket = ticket
            self.entry = entry
        }
    }

    package var topic: String
    package var text: PublicText
    /// The first letter's number in the outbox; the others' follow.
    package var outbox: UInt64
    /// In order of number, no ticket twice; at least one.
    package var letters: [Letter]

    package init(topic: String, text: PublicText, outbox: UInt64, letters: [Letter]) {
        self.topic = topic
        self.text = text
        self.outbox = outbox
        self.letters = letters
    }

    /// What is written in a ticket; nil where that is nothing. O(log n) in the letters.
    package func reply(to ticket: TicketNumber) -> Reply? {
        var (low, high) = (0, letters.count)
        while low < high {
            let middle = (low + high) / 2
            if letters[middle].ticket < ticket { low = middle + 1 } else { high = middle }
        }
        guard low < letters.count, letters[low].ticket == ticket else { return nil }
        return reply(at: low)
    }

    /// Shows what is written in each ticket, in order.
    package func eachReply(_ body: (TicketNumber, Reply) -> Void) {
        for index in letters.indices { body(letters[index].ticket, reply(at: index)) }
    }

    private func reply(at index: Int) -> Reply {
        Reply(entry: letters[index].entry, outbox: outbox &+ UInt64(index), text: text)
    }
}
