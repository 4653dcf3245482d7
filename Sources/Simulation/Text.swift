import Tickets

/// What people write in a run. Texts follow from who wrote them, so that what comes out can be compared with what
/// went in without keeping it.
enum Text {
    /// In each note, and in nothing that a customer may read.
    static let canary = "N0T-FOR-CUSTOMERS"

    /// What a customer wrote with a command; cut or filled up to a number of bytes.
    static func request(_ id: CommandID, _ byteCount: Int) -> String {
        padded("request \(id.low) of sender \(id.high); ", byteCount)
    }

    static func note(_ ticket: TicketNumber, _ token: Token) -> String {
        "\(canary): seen \(ticket) under \(token)"
    }

    static func reply(_ ticket: TicketNumber, _ token: Token) -> String {
        "Dear customer, ticket \(ticket) is done (\(token))."
    }

    /// What customers are told of a delay; written out, so that the desk's filling in is not judged by itself.
    static func delay(of ticket: Int, past due: Moment) -> String {
        let time = due.iso8601
        return "Ticket \(ticket) may take longer than \(time.prefix(10)) \(time.dropFirst(11).prefix(5))."
    }

    /// The subject of a request that is not what was sent first under its id.
    static let changed = "something else"

    /// What a customer is told of a new ticket, and by when they are promised an answer.
    static func receipt(of ticket: Int, due: Moment?) -> String {
        guard let time = due?.iso8601 else { return "Ticket \(ticket) is here." }
        return "Ticket \(ticket) is here: \(time.prefix(10)) \(time.dropFirst(11).prefix(5))."
    }

    /// What the customer of a ticket is told that a rule sets aside.
    static func quiet(_ ticket: Int) -> String { "Ticket \(ticket) needs nothing." }

    /// What those are told who asked for something of the product.
    static func improvement(_ topic: String) -> String { "It is there: \(topic)." }

    private static func padded(_ text: String, _ byteCount: Int) -> String {
        var text = text
        let count = text.utf8.count
        guard count < byteCount else { return text }
        return text.withUTF8 { start in
            String(unsafeUninitializedCapacity: byteCount) { bytes in
                for index in 0..<byteCount {
                    bytes[index] = index < count ? start[index] : UInt8(ascii: "a") + UInt8(index % 26)
                }
                return byteCount
            }
        }
    }
}
