import Figures
import Promises
import Testing
import Tickets

struct BusinessCalendarTests {
    private static let hour: Int64 = 3_600_000

    /// Summer time from a Sunday in spring to one in autumn.
    private static let summer = ZoneOffsets(
        name: "Test/Summer", firstOffset: hour,
        changes: (0..<40).map { index in
            let day = ZoneOffsets.utc.moment(of: CivilDay(number: 19_808 + 182 * index), minute: 60)
            return ZoneOffsets.Change(at: day, offset: index.isMultiple(of: 2) ? 2 * hour : hour)
        })

    /// A zone whose clock goes back at a minute past midnight: a day comes twice for an hour.
    private static let midnight = ZoneOffsets(
        name: "Test/Midnight", firstOffset: -hour,
        changes: (0..<40).map { index in
            let day = CivilDay(number: 20_000 + 90 * index)
            let offset = index.isMultiple(of: 2) ? -2 * hour : -hour
            let wall = ZoneOffsets.utc.moment(of: day, minute: 1)
            return ZoneOffsets.Change(
                at: wall.advanced(byMilliseconds: index.isMultiple(of: 2) ? hour : 2 * hour), offset: offset)
        })

    @Test(arguments: [summer, midnight])
    func `a calendar says what its hours say, inside its years and outside`(_ zone: ZoneOffsets) throws {
        let day = try #require(BusinessHours.Interval(opens: 0, closes: 1_440))
        let night = try #require(BusinessHours.Interval(opens: 22 * 60, closes: 1_440))
        let morning = try #require(BusinessHours.Interval(opens: 0, closes: 6 * 60))
        let office = try #require(BusinessHours.Interval(opens: 9 * 60, closes: 17 * 60))
        let holidays = [20_011, 20_180, 20_181].map {
            BusinessHours.Exception(day: CivilDay(number: $0))
        }
        let desks = [
            try BusinessHours(zone: zone) { $0 == .sunday ? [] : [office] }, .always,
            try BusinessHours(zone: zone, exceptions: holidays) { _ in [day] },
            try BusinessHours(zone: zone) { $0 == .tuesday ? [] : [morning, night] },
        ]
        let first = zone.moment(of: CivilDay(number: 20_000), minute: 0)
        let years = first...first.advanced(byMilliseconds: 900 * CivilDay.milliseconds)
        var seed: UInt64 = 5
        for hours in desks {
            let calendar = BusinessCalendar(hours, years)
            for _ in 0..<4_000 {
                // From ten days before the years to long after them, near changes of the clock as often as not.
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let start = moment(Int64(seed >> 33), first, zone)
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let end = moment(Int64(seed >> 33), first, zone)
                #expect(
                    calendar.milliseconds(from: start, to: end) == hours.milliseconds(from: start, to: end),
                    "\(start.milliseconds) to \(end.milliseconds)")
            }
        }
    }

    private func moment(_ draw: Int64, _ first: Moment, _ zone: ZoneOffsets) -> Moment {
        if draw.isMultiple(of: 2) {
            let changes = zone.changes.filter { $0.at > first }.prefix(8)
            let change = changes[changes.startIndex + Int(draw / 2 % Int64(changes.count))]
            return change.at.advanced(byMilliseconds: (draw / 64) % (6 * Self.hour) - 3 * Self.hour)
        }
        return first.advanced(byMilliseconds: (draw * 97) % (1_200 * CivilDay.milliseconds) - 240 * Self.hour)
    }
}
