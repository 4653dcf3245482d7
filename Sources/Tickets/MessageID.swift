/// What a letter of the desk is called where letters have names, so that an answer says what it answers:
/// `<17.1042@switchboard>`, the number in the outbox and the ticket.
///
/// It follows from the two alone: however often a letter is delivered, it is the same letter.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    package var outbox: UInt64
    package var ticket: TicketNumber

    private static let host = "switchboard"

    package init(outbox: UInt64, ticket: TicketNumber) {
        self.outbox = outbox
        self.ticket = ticket
    }

    package var description: String { "<\(outbox).\(ticket)@\(Self.host)>" }

    /// The letter that an `In-Reply-To` or `References` names, as a mail program wrote it; nil when none of the desk's.
    ///
    /// Brackets and spaces are as programs have them, or leave them out; of several the last is taken, which is the one
    /// that was answered.
    ///
    /// - Parameter header: What stands there; a stranger's text of any length.
    package init?(citedIn header: String) {
        let words = header.utf8.split { Self.separators.contains($0) }
        guard let cited = words.reversed().lazy.compactMap({ Self(word: $0) }).first else { return nil }
        self = cited
    }

    private init?(word: Substring.UTF8View) {
        let sides = word.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard sides.count == 2, sides[1].elementsEqual(Self.host.utf8) else { return nil }
        let numbers = sides[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count == 2, let outbox = Self.number(numbers[0]), let ticket = Self.number(numbers[1])
        else { return nil }
        self.init(outbox: outbox, ticket: TicketNumber(ticket))
    }

    private static let separators = Array(" \t\r\n<>,".utf8)

    /// A number as the desk writes it: nil for 0, and with a sign, zeros before it, or more than fits.
    private static func number(_ digits: Substring.UTF8View) -> UInt64? {
        guard let first = digits.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first) else {
            return nil
        }
        return UInt64(Substring(digits))
    }
}
