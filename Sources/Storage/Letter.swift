package import Tickets

/// What a channel brings to a customer: the one way in which words leave the desk.
///
/// Made of a ``PublicText``. There is no way to make one of a note, and what the view holds under a letter's number is
/// asked for what it is before it is taken.
package struct Letter: Hashable, Sendable {
    /// In the outbox; with the ticket it makes the ``messageID``.
    package var number: UInt64
    package var ticket: TicketNumber
    package var channel: Name
    package var customer: String
    package var at: Moment
    package var text: PublicText

    package init(_ row: OutboxRow, _ text: PublicText) {
        number = row.number
        ticket = row.ticket
        channel = row.channel
        customer = row.customer
        at = row.at
        self.text = text
    }

    /// What the letter is called where letters have names; the same each time that it is delivered.
    package var messageID: MessageID { MessageID(outbox: number, ticket: ticket) }
}

extension ViewReader {
    /// What customers are to get, in order of number, at most `limit` letters after a number.
    ///
    /// - Throws: `corrupt` when an entry that the outbox names is no reply.
    package func letters(after number: UInt64, limit: Int) throws(StoreError) -> [Letter] {
        var letters: [Letter] = []
        for row in try outbox(after: number, limit: limit) {
            let entry = try entries(of: row.ticket).first { $0.number == row.entry }
            guard case .reply(let text)? = entry?.content else {
                throw StoreError(
                    .corrupt,
                    "outbox \(row.number) names entry \(row.entry) of ticket \(row.ticket), no reply")
            }
            letters.append(Letter(row, text))
        }
        return letters
    }
}

extension EntryRow {
    package init(number: UInt32, author: Name, at: Moment, _ content: EntryText) {
        self.init(number: number, kind: content.kind, author: author, at: at, text: content.text)
    }

    /// What it says, by who may read it.
    package var content: EntryText {
        switch kind {
        case .message: .message(text)
        case .reply: .reply(PublicText(text))
        case .note: .note(NoteText(text))
        }
    }
}
