package import Promises
package import Randomness
package import Tickets

/// People who work on one line at the same hours, and how they work.
package struct Crew: Sendable {
    /// Each of them is a node of this name with a number.
    package var name: Name
    package var line: Name
    package var people: Int
    /// Tickets that one of them works on at a time.
    package var seats: Int
    /// When they are there, on the desk's wall clock, from Monday on; on a holiday of the desk nobody is.
    package var week: [[BusinessHours.Interval]]
    /// How long one works on a ticket under one claim.
    package var handling: ServiceTime
    /// Of a thousand tickets, those that they escalate if their line can.
    package var escalated: Int
    /// Of a thousand tickets, those whose customer they ask something first.
    package var asked: Int

    package init(
        name: Name, line: Name, people: Int, seats: Int, week: [[BusinessHours.Interval]],
        handling: ServiceTime, escalated: Int = 0, asked: Int = 0
    ) {
        self.name = name
        self.line = line
        self.people = people
        self.seats = seats
        self.week = week
        self.handling = handling
        self.escalated = escalated
        self.asked = asked
    }
}
