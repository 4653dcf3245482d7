package import Figures
package import Tickets

/// The part of a ticket's row that events change. What it was submitted with never changes and is not read again.
package struct TicketState: Hashable, Sendable {
    package var line: Name
    package var status = Status.new
    package var place = Place.waiting
    package var owner: Name?
    package var token = Token(0)
    /// Nil while nobody holds it.
    package var holder: Holder?
    package var failures: UInt32 = 0
    package var assignments: UInt32 = 0
    package var escalations: UInt32 = 0
    package var frames: [Name] = []
    package var lastMessage: UInt32 = 0
    package var entries: UInt32 = 0
    package var revision: UInt32 = 0
    package var updated = Moment.zero
    package var since = Moment.zero
    package var wakes: Moment?
    /// What figures count of it.
    package var course: TicketCourse
    /// Number of the holder's last reply; 0 before it, and while nobody holds the ticket.
    package var lastReply: UInt32 = 0
    /// What was set on it; nothing, for most.
    package var extras = Rare<Extras>()

    /// Of a ticket that was accepted at a moment.
    package init(line: Name, at moment: Moment = .zero) {
        self.line = line
        course = TicketCourse(line: line, at: moment)
    }

    /// Whether it is solved or closed. Its course is in a block then, as well as here.
    package var isSettled: Bool { place == .aside && (status == .solved || status == .closed) }

    package init(_ row: TicketRow) {
        line = row.line
        status = row.status
        place = row.place
        owner = row.owner
        token = row.token
        holder = row.holder
        failures = row.failures
        assignments = row.assignments
        escalations = row.escalations
        frames = row.frames
        lastMessage = row.lastMessage
        entries = row.entries
        revision = row.revision
        updated = row.updated
        since = row.since
        wakes = row.wakes
        course = row.course
        lastReply = row.lastReply
        extras = row.extras
    }
}

extension TicketRow {
    /// Assigns what events change.
    package mutating func assign(_ state: TicketState) {
        line = state.line
        status = state.status
        place = state.place
        owner = state.owner
        token = state.token
        holder = state.holder
        failures = state.failures
        assignments = state.assignments
        escalations = state.escalations
        frames = state.frames
        lastMessage = state.lastMessage
        entries = state.entries
        revision = state.revision
        updated = state.updated
        since = state.since
        wakes = state.wakes
        course = state.course
        lastReply = state.lastReply
        extras = state.extras
    }
}
