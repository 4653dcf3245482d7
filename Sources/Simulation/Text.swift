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

    private static func padded(_ text: String, _ byteCount: Int) -> String {
        var bytes = Array(text.utf8)
        while bytes.count < byteCount { bytes.append(UInt8(ascii: "a") + UInt8(bytes.count % 26)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
