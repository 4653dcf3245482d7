import Desk
import Promises
import Randomness
import Tickets

/// A claim as whoever works on it sees it.
struct Work: Hashable, Sendable {
    var held: Held
    /// The number of the last message that they have read.
    var seen: UInt32
}

/// Somebody at the desk, for the whole rehearsal.
struct Person: Sendable {
    let name: Name
    let crew: Crew
    let session: SessionID
    /// What decides how long they take, and what they do; nobody else's draws change it.
    var random: SplitMix64
    /// What they work on, in order of granting.
    var works: [Work] = []
    /// Whether they are at the desk.
    var isThere = false
    /// Shifts that have begun and not ended; two where one begins in the minute in which another ends.
    var shifts = 0
    /// Whether they take nothing new and go when they have nothing left.
    var isGoing = false
}

extension Crew {
    /// Its people, with sessions from a number on.
    func roster(from first: UInt64, seed: UInt64) -> [Person] {
        (0..<people).compactMap { index in
            let number = first + UInt64(index)
            var mixer = SplitMix64(seed: seed ^ number)
            return Name("\(name)-\(index + 1)").map {
                Person(
                    name: $0, crew: self, session: SessionID(number),
                    random: SplitMix64(seed: mixer.next()))
            }
        }
    }

    /// When they come and go on some days; not at all on holidays of the desk.
    func shifts(on days: [CivilDay], of hours: BusinessHours) -> [(begins: Moment, ends: Moment)] {
        days.flatMap { day -> [(begins: Moment, ends: Moment)] in
            let isHoliday = hours.exceptions.contains { $0.day == day && $0.intervals.isEmpty }
            return (isHoliday ? [] : week[Int(day.weekday.rawValue) - 1]).map {
                (
                    hours.zone.moment(of: day, minute: $0.opens),
                    hours.zone.moment(of: day, minute: $0.closes)
                )
            }
        }
    }
}
