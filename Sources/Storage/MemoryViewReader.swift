import Desk
import Figures
import Synchronization
import Tickets

/// Reads the view of a ``MemoryStore``.
final class MemoryViewReader: ViewReader {
    private let store: MemoryStore
    /// What is read from while reads must agree; nil otherwise.
    private var frozen: MemoryView?

    init(_ store: MemoryStore) {
        self.store = store
    }

    private var view: MemoryView { frozen ?? store.view.withLock { $0 } }

    var position: Position { view.position }

    func ticket(_ number: TicketNumber) -> TicketRow? {
        view.tickets[number]
    }

    func tickets(_ filter: TicketFilter) -> [TicketRow] {
        let rows = view.tickets.values.filter { filter.matches($0) }.sorted { $0.number < $1.number }
        return Array(rows.prefix(max(0, filter.limit)))
    }

    func entries(of number: TicketNumber) -> [EntryRow] {
        (view.entries[number] ?? [:]).values.sorted { $0.number < $1.number }
    }

    func conversations(of numbers: [TicketNumber]) -> [StoredConversation] {
        let view = view
        return Set(numbers).sorted().compactMap { number in
            view.tickets[number].map { ticket in
                let entries = (view.entries[number] ?? [:]).values.sorted { $0.number < $1.number }
                return StoredConversation(ticket: ticket, entries: entries)
            }
        }
    }

    func positions(of number: TicketNumber, after revision: UInt32, limit: Int) -> [Position] {
        Array((view.positions[number] ?? []).dropFirst(Int(revision)).prefix(max(0, limit)))
    }

    func outbox(after number: UInt64, limit: Int) -> [OutboxRow] {
        let view = view
        let changes = view.outbox.values.filter { $0.number > number }.sorted { $0.number < $1.number }
        return changes.prefix(max(0, limit)).compactMap { change in
            view.tickets[change.ticket].map { ticket in
                OutboxRow(
                    number: change.number, ticket: change.ticket, entry: change.entry,
                    channel: ticket.channel, customer: ticket.customer, at: change.at)
            }
        }
    }

    func tallies() -> [NodeTally] {
        view.tallies.values.sorted { ($0.node, $0.incarnation) < ($1.node, $1.incarnation) }
    }

    func figures() throws(StoreError) -> FiguresFold {
        let view = view
        var gathering = FiguresGathering(count: Int(clamping: view.tickets.keys.max()?.rawValue ?? 0))
        for (number, origin) in view.origins { try gathering.set(origin, of: number) }
        for (number, course) in view.courses { try gathering.set(course, of: number) }
        for row in view.tickets.values where !TicketState(row).isSettled {
            try gathering.set(row.course, of: row.number)
        }
        for change in view.settings { gathering.add(change.settings, at: change.at) }
        return try gathering.fold(upTo: view.position, at: view.end)
    }

    func keptFigures() throws(StoreError) -> KeptFold { try figures().kept }

    func atOnce(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        precondition(frozen == nil, "reads at once cannot be nested")
        frozen = view
        defer { frozen = nil }
        try body()
    }
}

extension TicketFilter {
    /// Whether a row is among those asked for; the limit is not looked at.
    package func matches(_ row: TicketRow) -> Bool {
        guard row.number > after else { return false }
        if let line, row.line != line { return false }
        if let status, row.status != status { return false }
        if isOpen, row.status == .solved || row.status == .closed { return false }
        if let place, row.place != place { return false }
        if let owner, row.owner != owner { return false }
        if let customer, !row.customer.isSameCustomer(as: customer) { return false }
        return true
    }
}
