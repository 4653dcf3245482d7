package import Desk
package import Tickets

/// Tickets as a view keeps them, taken apart when they are asked for: of a million, a report holds a few at a time.
package protocol KeptTickets: Sendable {
    var count: Int { get }
    func reader() -> any TicketRollReader<any Error>
}

/// What a view kept, and what the log says after it.
package struct KeptRoll: TicketRoll {
    private let kept: any KeptTickets
    private let keptCount: Int
    /// Those of them that something happened to since, by index.
    private var changed: [Int: TicketFigures] = [:]
    /// Those that came since.
    private var added: [TicketFigures] = []
    /// Made by the first of those that something happened to.
    private var keptReader: (any TicketRollReader<any Error>)?
    /// Why a ticket that something happened to could not be read; whoever reads is told.
    private var flaw: (any Error)?

    package init(_ kept: some KeptTickets) {
        self.kept = kept
        keptCount = kept.count
    }

    /// Nothing was kept.
    package init() { self.init(NoTickets()) }

    package var count: Int { keptCount + added.count }

    package mutating func append(_ ticket: TicketFigures) { added.append(ticket) }

    package mutating func follow(_ event: Event, at moment: Moment, ticket index: Int) {
        guard index < keptCount else {
            return added[index - keptCount].course.follow(event, at: moment)
        }
        if changed[index] == nil {
            if keptReader == nil { keptReader = kept.reader() }
            do {
                changed[index] = try keptReader?.ticket(index)
            } catch {
                flaw = flaw ?? error
            }
        }
        changed[index]?.course.follow(event, at: moment)
    }

    package struct Reader: TicketRollReader {
        private let roll: KeptRoll
        private var kept: any TicketRollReader<any Error>

        init(_ roll: KeptRoll) {
            self.roll = roll
            kept = roll.kept.reader()
        }

        package mutating func ticket(_ index: Int) throws -> TicketFigures {
            if let later = try later(index) { return later }
            return try kept.ticket(index)
        }

        package mutating func sketch(_ index: Int) throws -> TicketSketch {
            if let later = try later(index) { return TicketSketch(later) }
            return try kept.sketch(index)
        }

        /// A ticket of which the log says more than the view; nil for any other.
        private func later(_ index: Int) throws -> TicketFigures? {
            if let flaw = roll.flaw { throw flaw }
            if index >= roll.keptCount { return roll.added[index - roll.keptCount] }
            return roll.changed.isEmpty ? nil : roll.changed[index]
        }
    }

    package func reader() -> Reader { Reader(self) }
}

private struct NoTickets: KeptTickets {
    var count: Int { 0 }

    struct Reader: TicketRollReader {
        func ticket(_ index: Int) throws(any Error) -> TicketFigures {
            preconditionFailure("there is no ticket \(index)")
        }
        func sketch(_ index: Int) throws(any Error) -> TicketSketch {
            preconditionFailure("there is no ticket \(index)")
        }
    }

    func reader() -> any TicketRollReader<any Error> { Reader() }
}

/// What a view kept of a log, and what came after it, for a report.
package typealias KeptFold = CourseFold<KeptRoll>
