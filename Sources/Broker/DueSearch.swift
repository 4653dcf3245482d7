import Promises
import Storage
import Tickets
import Wire

/// Finds tickets of which a promise runs out soon, in the view, in order of number.
struct DueSearch {
    /// Rows that one question makes the librarian read: grants wait for their conversations meanwhile.
    private static let rowsMax = 5_000
    private static let rowsPerRead = 500

    let policy: PromisePolicy
    /// What is due by then, or was.
    let end: Moment

    /// One page, which may have fewer tickets than the filter asks for, and more after it.
    func page(_ filter: TicketFilter, _ view: any ViewReader) throws(StoreError) -> ProtoTicketsResult {
        var filter = filter
        let limit = filter.limit
        filter.isOpen = true
        filter.limit = Self.rowsPerRead
        var result = ProtoTicketsResult()
        result.last = filter.after.rawValue
        var left = Self.rowsMax
        while left > 0 {
            let rows = try view.tickets(filter)
            for row in rows {
                guard result.tickets.count < limit else {
                    result.more = true
                    return result
                }
                result.last = row.number.rawValue
                guard let due = row.firstDue(under: policy), due.due < end else { continue }
                result.tickets.append(ProtoTicket(row))
                result.tickets[result.tickets.count - 1].due = ProtoPromiseAlert(due)
            }
            guard rows.count == filter.limit else { return result }
            filter.after = TicketNumber(result.last)
            left -= rows.count
        }
        result.more = true
        return result
    }
}
