package import Tickets

/// A ticket as a handler gets it: everything of the grant, as plain values.
package struct Assignment: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var number: UInt32
        package var kind: EntryKind
        package var author: String
        package var at: Moment
        package var text: String

        package init(number: UInt32, kind: EntryKind, author: String, at: Moment, text: String) {
            self.number = number
            self.kind = kind
            self.author = author
            self.at = at
            self.text = text
        }
    }

    package var number: TicketNumber
    package var token: Token
    package var line: String
    package var channel = ""
    package var customer = ""
    package var subject = ""
    /// The kind of request; nil when nobody said.
    package var kind: String?
    package var priority = Priority.normal
    package var tags: [String] = []
    package var fields: [Field] = []
    /// Names of fields that its kind asks for and that nobody gave: without them it goes to no other line.
    package var lacking: [String] = []
    /// The whole conversation, notes too, oldest first.
    package var entries: [Entry] = []
    /// The number of the customer's last message: an answer is to this one.
    package var lastMessage: UInt32 = 0
    /// The lines that it was escalated from and goes back to, innermost last.
    package var frames: [String] = []
    /// Escalations in the ticket's life.
    package var escalations: UInt32 = 0
    /// Who answers to the customer until the end; nil while nobody does.
    package var owner: String?
    /// Claims of it that failed so far.
    package var failures: UInt32 = 0
    /// Within how long it is to be accepted; nil when it need not be.
    package var offerMilliseconds: Int64?

    package init(number: TicketNumber, token: Token, line: String) {
        self.number = number
        self.token = token
        self.line = line
    }

    /// Whether it was escalated to this line, so that it is handed back rather than answered.
    package var isEscalated: Bool { !frames.isEmpty }

    /// Whether another line has handed it back to this one.
    package var isHandedBack: Bool { frames.isEmpty && escalations > 0 }
}
