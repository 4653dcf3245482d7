import Client
import SwiftProtobuf
import Tickets
import Wire

/// What else there is of a ticket's customer, beside the ticket: so that nobody asks them twice.
struct ProfileReport: Encodable {
    /// Their other requests: no spam, and none that ended in another.
    var others: Int
    /// Whether they have more than were looked at.
    var mayHaveMore: Bool
    /// Those that are open.
    var open: [UInt64]
    /// Whether the ticket is at least the third about the same thing within 30 days.
    var isRepeat: Bool

    init(of number: UInt64, among found: [ProtoTicket], mayHaveMore: Bool) {
        let counted = CustomerReport.counted(found)
        others = counted.count { $0.number != number }
        self.mayHaveMore = mayHaveMore
        open = CustomerReport.open(counted).filter { $0 != number }
        isRepeat = CustomerReport.repeats(counted).contains(number)
    }

    /// For people; empty when there is nothing to say.
    var lines: [String] {
        var lines: [String] = []
        if isRepeat { lines.append("  comes again: at least the third about the same thing within 30 days") }
        if others > 0 {
            let count = mayHaveMore ? "\(others) or more" : String(others)
            let open = open.isEmpty ? "none open" : "open: \(open.map(String.init).joined(separator: ", "))"
            lines.append("  \(count) other request\(others == 1 ? "" : "s") of this customer, \(open)")
        }
        return lines
    }
}

extension PeopleOptions.Desk {
    /// Looks at the first thousand tickets of a ticket's customer.
    func profile(of ticket: ProtoTicket) throws -> ProfileReport {
        let query = ProtoTicketsQuery.with { ($0.customer, $0.limit) = (ticket.customer, 1_000) }
        guard case .tickets(let page) = try connection.query(.tickets(query)).result else {
            throw Failure(
                .inputOutput, "the broker answered something else than tickets: is it of another version?")
        }
        return ProfileReport(of: ticket.number, among: page.tickets, mayHaveMore: page.more)
    }
}
