import Storage
import Tickets

/// Takes tickets' rows apart. Total: a damaged row is an error.
enum TicketSQL {
    /// Everything but the trail, in the order that ``row(_:_:)`` reads.
    static let select = "SELECT number, line, status, place, state, opening FROM ticket"

    /// The same, and the trail behind it.
    static let selectWithTrail = "SELECT number, line, status, place, state, opening, trail FROM ticket"
    static let trail: CInt = 6

    /// The part of a filter that columns answer, to follow another condition; its only parameter is the line.
    ///
    /// Status and place are in the text, with the indexes' own conditions, so that the partial indexes are used.
    static func conditions(_ filter: TicketFilter) -> String {
        var conditions = ""
        if filter.line != nil { conditions += " AND line = ?" }
        if let status = filter.status {
            conditions += " AND status = \(status.rawValue)"
            if status == .pending || status == .onHold { conditions += " AND status IN (3, 4)" }
        }
        if let place = filter.place {
            conditions += " AND place = \(place.rawValue)"
            if place != .aside { conditions += " AND place <> 4" }
        }
        return conditions
    }

    static func row(_ stored: HotStatement, _ coding: inout ViewCoding) throws -> TicketRow {
        guard let number = stored.integer(0) else { throw flaw }
        var row = TicketRow()
        row.number = TicketNumber(UInt64(bitPattern: number))
        row.assign(try state(stored, from: 1, &coding))
        try stored.withBlob(5) { try coding.read($0, into: &row) }
        return row
    }

    /// Reads the line, the status, the place and the state, the first of which is in the column `first`.
    static func state(
        _ stored: HotStatement, from first: CInt, _ coding: inout ViewCoding
    ) throws -> TicketState {
        guard let line = stored.text(first).flatMap({ Name($0) }),
            let status = stored.integer(first + 1).flatMap(UInt8.init(exactly:)).flatMap(
                Status.init(rawValue:)),
            let place = stored.integer(first + 2).flatMap(UInt8.init(exactly:)).flatMap(
                Place.init(rawValue:))
        else { throw flaw }
        var state = TicketState(line: line)
        state.status = status
        state.place = place
        try stored.withBlob(first + 3) { try coding.read($0, into: &state) }
        return state
    }

    static let flaw = StoreError(.corrupt, "a ticket's row in the view is damaged")
}
