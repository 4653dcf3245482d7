import Promises
import Testing
import Tickets

/// A moment by a wall clock, as `at(2026, 3, 27, 16, 30, zone)`.
func at(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, _ zone: ZoneOffsets = .utc
)
    throws -> Moment
{
    zone.moment(of: try #require(CivilDay(year, month, day)), minute: hour * 60 + minute)
}

let minute: Int64 = 60_000
let hour: Int64 = 60 * minute

/// The zone of Berlin from 2000 to 2060: summer time from the last Sunday of March to that of October, 01:00 UTC.
let berlin = ZoneOffsets(
    name: "Europe/Berlin", firstOffset: hour,
    changes: (2000...2060).flatMap { year in
        [(3, 2 * hour), (10, hour)].compactMap { month, offset in
            guard var day = CivilDay(year, month, 31) else { return nil }
            while day.weekday != .sunday { day = day.advanced(by: -1) }
            return ZoneOffsets.Change(at: ZoneOffsets.utc.moment(of: day, minute: 60), offset: offset)
        }
    })

/// Monday to Friday from one hour to another.
func weekdays(
    _ opens: Int, _ closes: Int, _ zone: ZoneOffsets = .utc, holidays: [CivilDay] = []
) throws -> BusinessHours {
    let interval = try #require(BusinessHours.Interval(opens: opens * 60, closes: closes * 60))
    return try BusinessHours(zone: zone, exceptions: holidays.map { BusinessHours.Exception(day: $0) }) {
        [.saturday, .sunday].contains($0) ? [] : [interval]
    }
}
