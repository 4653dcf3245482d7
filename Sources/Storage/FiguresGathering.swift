package import Desk
package import Figures
package import Tickets

/// Puts the figures of a view's tickets together, from what is kept of them in any order.
package struct FiguresGathering {
    private var origins: [TicketOrigin?]
    private var courses: [TicketCourse?]
    private var promises = PolicyHistory()

    /// For the tickets 1 to `count`.
    package init(count: Int) {
        origins = Array(repeating: nil, count: count)
        courses = Array(repeating: nil, count: count)
    }

    package mutating func set(_ origin: TicketOrigin, of number: TicketNumber) throws(StoreError) {
        origins[try index(of: number)] = origin
    }

    /// A later one replaces the earlier.
    package mutating func set(_ course: TicketCourse, of number: TicketNumber) throws(StoreError) {
        courses[try index(of: number)] = course
    }

    /// The desk is another from a moment on; they come in order.
    package mutating func add(_ settings: DeskSettings, at moment: Moment) {
        promises.add(settings, at: moment)
    }

    /// Ends at a number that nobody submitted, as a fold of the log does.
    ///
    /// - Throws: `corrupt` when a ticket was submitted, and how it went is missing.
    package consuming func fold(upTo position: Position, at end: Moment) throws(StoreError) -> FiguresFold {
        var tickets: [TicketFigures] = []
        tickets.reserveCapacity(origins.count)
        for index in origins.indices {
            guard let origin = origins[index] else { break }
            guard let course = courses[index] else {
                throw StoreError(.corrupt, "the figures of ticket \(index + 1) are not in the view")
            }
            tickets.append(TicketFigures(origin: origin, course: course))
        }
        let strays = origins.dropFirst(tickets.count).count { $0 != nil }
        return FiguresFold(tickets: tickets, strays: strays, promises: promises, position: position, end: end)
    }

    private func index(of number: TicketNumber) throws(StoreError) -> Int {
        guard number.rawValue >= 1, number.rawValue <= UInt64(origins.count) else {
            throw StoreError(.corrupt, "ticket \(number) has figures in the view, and no row")
        }
        return Int(number.rawValue) - 1
    }
}
