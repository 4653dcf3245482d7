import Desk
package import Figures
import Synchronization
package import Tickets

/// The view of a ``MemoryStore``: its rows by their keys.
package struct MemoryView: Sendable {
    package var position = Position.start
    package var tickets: [TicketNumber: TicketRow] = [:]
    package var entries: [TicketNumber: [UInt32: EntryRow]] = [:]
    package var outbox: [UInt64: OutboxChange] = [:]
    package var tallies: [NodeRun: NodeTally] = [:]
    package var positions: [TicketNumber: [Position]] = [:]
    /// The moment of the last event.
    package var end = Moment.zero
    package var origins: [TicketNumber: TicketOrigin] = [:]
    /// How tickets went until they were solved last; how the open ones go is in their rows.
    package var courses: [TicketNumber: TicketCourse] = [:]
    package var settings: [SettingsChange] = []
    var isOpen = false

    mutating func apply(_ projection: Projection) {
        for change in projection.tickets {
            if let opening = change.opening {
                tickets[change.number] = TicketRow(change.number, opening, change.state)
                positions[change.number] = change.positions
                origins[change.number] = TicketOrigin(opening.submission)
            } else {
                tickets[change.number]?.assign(change.state)
                positions[change.number, default: []] += change.positions
            }
            if change.hasNewCourse, change.state.isSettled { courses[change.number] = change.state.course }
            for entry in change.entries { entries[change.number, default: [:]][entry.number] = entry }
        }
        for change in projection.outbox { outbox[change.number] = change }
        settings += projection.settings
        for tally in projection.tallies { tallies[tally.run, default: tally.zero].add(tally) }
    }
}

extension NodeTally {
    fileprivate var zero: NodeTally { NodeTally(node: node, incarnation: incarnation) }
}

/// Writes the view of a ``MemoryStore``.
final class MemoryViewWriter: ViewWriter {
    private let store: MemoryStore
    private var projector = Projector()
    private(set) var position: Position
    let notice: String?

    init(_ store: MemoryStore) throws(StoreError) {
        let last = store.log.withLock { $0.chain.position }
        var notice: String?
        let opened = store.view.withLock { view -> Position? in
            guard !view.isOpen else { return nil }
            if view.position > last {
                notice = "the view was ahead of the log; it is built again"
                view = MemoryView()
            }
            view.isOpen = true
            return view.position
        }
        guard let opened else { throw StoreError(.inUse, "the view is open already; close it first") }
        self.store = store
        self.notice = notice
        position = opened
    }

    deinit {
        store.view.withLock { $0.isOpen = false }
    }

    func fold(_ turns: [StoredTurn]) throws(StoreError) {
        guard let last = try turns.lastPosition(following: position) else { return }
        try projector.project(turns, after: position) { number throws(StoreError) in
            store.view.withLock { $0.tickets[number].map { TicketState($0) } }
        }
        store.view.withLock {
            $0.apply(projector.projection)
            $0.position = last
            $0.end = turns.last?.records.last?.at ?? .zero
        }
        projector.removeProjection()
        position = last
    }

    func reset() {
        store.view.withLock {
            $0 = MemoryView()
            $0.isOpen = true
        }
        projector = Projector()
        position = .start
    }
}

extension [StoredTurn] {
    /// The position of the last event; nil when there is none after `position`.
    ///
    /// - Throws: `corrupt` when events between `position` and the first turn are missing.
    package func lastPosition(following position: Position) throws(StoreError) -> Position? {
        guard let first = first?.records.first?.position, let end = last?.records.last?.position,
            end > position
        else { return nil }
        guard first <= position.next else {
            throw StoreError(.corrupt, "event \(first) cannot follow event \(position) in the view")
        }
        return end
    }
}
