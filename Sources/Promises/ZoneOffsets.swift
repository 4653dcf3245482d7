package import Tickets

/// How far a time zone's wall clock is ahead of UTC, and when that changes.
///
/// Read once by the shell, because time zones are files of the system; the core only looks it up.
package struct ZoneOffsets: Hashable, Sendable {
    /// A change of the wall clock.
    package struct Change: Hashable, Sendable {
        package var at: Moment
        /// Milliseconds east of UTC from then on.
        package var offset: Int64

        package init(at: Moment, offset: Int64) {
            self.at = at
            self.offset = offset
        }
    }

    /// As in the time zone database: `Europe/Berlin`.
    package let name: String
    /// Before the first change, in milliseconds east of UTC.
    package let firstOffset: Int64
    /// In order.
    package let changes: [Change]

    package static let utc = ZoneOffsets(name: "UTC", firstOffset: 0, changes: [])

    /// - Precondition: The changes are in order and at least two days apart: every zone's are, and finding the moment
    ///   of a wall clock's time relies on it.
    package init(name: String, firstOffset: Int64, changes: [Change]) {
        precondition(
            zip(changes, changes.dropFirst()).allSatisfy {
                $1.at.milliseconds(since: $0.at) >= 2 * CivilDay.milliseconds
            }, "the changes of \(name) are out of order or too close")
        self.name = name
        self.firstOffset = firstOffset
        self.changes = changes
    }

    /// Milliseconds east of UTC.
    package func offset(at moment: Moment) -> Int64 {
        offset(afterChanges: changesUntil(moment))
    }

    /// The day that the wall clock shows.
    package func day(at moment: Moment) -> CivilDay {
        let local = moment.advanced(byMilliseconds: offset(at: moment)).milliseconds
        let day = local / CivilDay.milliseconds
        return CivilDay(number: Int(local < day * CivilDay.milliseconds ? day - 1 : day))
    }

    /// The day that the wall clock shows, and the minutes of it that have passed.
    package func wallClock(at moment: Moment) -> (day: CivilDay, minute: Int) {
        let day = day(at: moment)
        let local = moment.advanced(byMilliseconds: offset(at: moment)).milliseconds
        return (day, Int((local - Int64(day.number) * CivilDay.milliseconds) / 60_000))
    }

    /// When the wall clock first shows a time of a day, or a later one.
    ///
    /// So a time that summer time skips is the moment of the change, and of a time that comes twice it is the first:
    /// intervals of the wall clock that touch each other never overlap and never leave a gap.
    package func moment(of day: CivilDay, minute: Int) -> Moment {
        let local = Int64(day.number) * CivilDay.milliseconds + Int64(minute) * 60_000
        // No wall clock is further from UTC than a day.
        var index = changesUntil(Moment(milliseconds: local - CivilDay.milliseconds))
        while index < changes.count {
            let wallClockAtChange = changes[index].at.milliseconds + offset(afterChanges: index)
            if wallClockAtChange > local { break }
            index += 1
        }
        let moment = Moment(milliseconds: local - offset(afterChanges: index))
        return index == 0 ? moment : max(moment, changes[index - 1].at)
    }

    /// How many changes there were until a moment, that moment included.
    private func changesUntil(_ moment: Moment) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func offset(afterChanges count: Int) -> Int64 {
        count == 0 ? firstOffset : changes[count - 1].offset
    }
}

extension CivilDay {
    /// Of a day whose wall clock does not change.
    package static let milliseconds: Int64 = 86_400_000
}
