import Promises
import Testing
import Tickets

struct BusinessHoursTests {
    // MARK: - As products' own manuals tell it

    @Test func `an hour from Friday half past four ends on Monday half past nine`() throws {
        let hours = try weekdays(9, 17, berlin)
        let friday = try at(2026, 3, 13, 16, 30, berlin)
        let due = try at(2026, 3, 16, 9, 30, berlin)
        #expect(hours.moment(after: hour, from: friday) == due)
        #expect(hours.milliseconds(from: friday, to: due) == hour)
    }

    @Test func `sixteen hours are two working days of eight`() throws {
        let hours = try weekdays(9, 17)
        let monday = try at(2026, 3, 9, 9)
        let due = try at(2026, 3, 10, 17)
        #expect(hours.moment(after: 16 * hour, from: monday) == due)
    }

    @Test func `an hour that ends at closing time ends then, not in the morning`() throws {
        let hours = try weekdays(9, 17)
        let four = try at(2026, 3, 10, 16)
        let five = try at(2026, 3, 10, 17)
        #expect(hours.moment(after: hour, from: four) == five)
    }

    @Test func `a holiday is no working day`() throws {
        let holiday = try #require(CivilDay(2026, 5, 1))
        let hours = try weekdays(9, 17, holidays: [holiday])
        let thursday = try at(2026, 4, 30, 16)
        let monday = try at(2026, 5, 4, 10)
        #expect(hours.moment(after: 2 * hour, from: thursday) == monday)
        #expect(hours.opening(from: try at(2026, 5, 1, 10)) == (try at(2026, 5, 4, 9)))
    }

    @Test func `a pause at noon does not count`() throws {
        let morning = try #require(BusinessHours.Interval(opens: 9 * 60, closes: 12 * 60))
        let afternoon = try #require(BusinessHours.Interval(opens: 13 * 60, closes: 18 * 60))
        let hours = try BusinessHours(zone: .utc) { _ in [morning, afternoon] }
        let eleven = try at(2026, 3, 10, 11)
        let three = try at(2026, 3, 10, 15)
        #expect(hours.moment(after: 3 * hour, from: eleven) == three)
        #expect(!hours.isOpen(at: try at(2026, 3, 10, 12, 30)))
    }

    // MARK: - Summer time

    @Test func `the night that loses an hour is an hour shorter`() throws {
        // At 02:00 on 2026-03-29 the clock shows 03:00.
        let night = try at(2026, 3, 29, 0, 0, berlin)
        let morning = try at(2026, 3, 29, 8, 0, berlin)
        let wholeDay = try #require(BusinessHours.Interval(opens: 0, closes: 1_440))
        let always = try BusinessHours(zone: berlin) { _ in [wholeDay] }
        #expect(always.milliseconds(from: night, to: morning) == 7 * hour)
    }

    @Test func `the night that has an hour twice is an hour longer`() throws {
        let night = try at(2026, 10, 25, 0, 0, berlin)
        let morning = try at(2026, 10, 25, 8, 0, berlin)
        let wholeDay = try #require(BusinessHours.Interval(opens: 0, closes: 1_440))
        let always = try BusinessHours(zone: berlin) { _ in [wholeDay] }
        #expect(always.milliseconds(from: night, to: morning) == 9 * hour)
    }

    @Test func `opening hours keep to the wall clock`() throws {
        let hours = try weekdays(9, 17, berlin)
        for (friday, monday) in [((3, 27), (3, 30)), ((10, 23), (10, 26))] {
            let start = try at(2026, friday.0, friday.1, 16, 0, berlin)
            let due = try at(2026, monday.0, monday.1, 10, 0, berlin)
            #expect(hours.moment(after: 2 * hour, from: start) == due)
        }
    }

    @Test func `an interval that the clock skips is not there, and one that it shows twice touches the next`()
        throws
    {
        let skipped = try #require(BusinessHours.Interval(opens: 2 * 60, closes: 3 * 60))
        let hours = try BusinessHours(zone: berlin) { _ in [skipped] }
        let from = try at(2026, 3, 29, 0, 0, berlin)
        #expect(hours.milliseconds(from: from, to: from.advanced(byMilliseconds: 12 * hour)) == 0)
        let first = try #require(BusinessHours.Interval(opens: 0, closes: 150))
        let second = try #require(BusinessHours.Interval(opens: 150, closes: 360))
        let touching = try BusinessHours(zone: berlin) { _ in [first, second] }
        let autumn = try at(2026, 10, 25, 0, 0, berlin)
        #expect(
            touching.milliseconds(from: autumn, to: autumn.advanced(byMilliseconds: 7 * hour)) == 7 * hour)
    }

    // MARK: - Against counting minutes

    /// Minute after minute, over weeks with both changes of the clock.
    @Test(arguments: [(2026, 3, 20), (2026, 10, 16), (2028, 2, 25)])
    func `time of business is the minutes at which the desk is open`(year: Int, month: Int, day: Int) throws {
        let hours = try odd()
        let start = try at(year, month, day, 0, 0, berlin)
        var open: Int64 = 0
        for count in Int64(0)..<(14 * 1_440) {
            let moment = start.advanced(byMilliseconds: count * minute)
            #expect(hours.milliseconds(from: start, to: moment) == open)
            if open > 0, hours.isOpen(at: moment) {
                #expect(hours.moment(after: open, from: start)?.milliseconds ?? .max <= moment.milliseconds)
            }
            if hours.isOpen(at: moment) { open += minute }
        }
        #expect(open > 0)
    }

    @Test func `what is added is what passes`() throws {
        let hours = try odd()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let start = Moment(
                milliseconds: .random(in: 1_700_000_000_000...1_900_000_000_000, using: &generator))
            let span = Int64.random(in: 1...400 * hour, using: &generator)
            let end = try #require(hours.moment(after: span, from: start))
            #expect(hours.milliseconds(from: start, to: end) == span)
            // And not a millisecond before.
            #expect(hours.milliseconds(from: start, to: end.advanced(byMilliseconds: -1)) == span - 1)
        }
    }

    // MARK: - What cannot be

    @Test func `hours that contradict themselves are refused`() throws {
        let one = try #require(BusinessHours.Interval(opens: 60, closes: 120))
        let two = try #require(BusinessHours.Interval(opens: 119, closes: 180))
        let day = try #require(CivilDay(2026, 1, 1))
        #expect(throws: BusinessHours.Flaw.overlap(one, two)) {
            try BusinessHours(zone: .utc) { _ in [one, two] }
        }
        #expect(throws: BusinessHours.Flaw.neverOpen) { try BusinessHours(zone: .utc) { _ in [] } }
        #expect(throws: BusinessHours.Flaw.twoExceptions(day)) {
            let exception = BusinessHours.Exception(day: day)
            return try BusinessHours(zone: .utc, exceptions: [exception, exception]) { _ in [one] }
        }
        for (opens, closes) in [(-1, 5), (5, 5), (6, 5), (0, 1_441)] {
            #expect(BusinessHours.Interval(opens: opens, closes: closes) == nil)
        }
    }

    @Test func `a promise beyond all time is none`() throws {
        let hours = try weekdays(9, 17)
        #expect(hours.moment(after: .max, from: .zero) == nil)
        #expect(hours.moment(after: 0, from: .zero) == .zero)
        #expect(BusinessHours.always.moment(after: hour, from: .zero) == Moment(milliseconds: hour))
    }

    /// Nights, touching intervals, short days, a weekend with a morning, holidays.
    private func odd() throws -> BusinessHours {
        func interval(_ opens: Int, _ closes: Int) throws -> BusinessHours.Interval {
            try #require(BusinessHours.Interval(opens: opens, closes: closes))
        }
        let night = [try interval(0, 150), try interval(150, 190), try interval(1_300, 1_440)]
        let day = [try interval(545, 720), try interval(781, 1_020)]
        let morning = [try interval(600, 659)]
        let exceptions = [
            BusinessHours.Exception(day: try #require(CivilDay(2026, 3, 25))),
            BusinessHours.Exception(day: try #require(CivilDay(2026, 10, 24)), intervals: night),
        ]
        return try BusinessHours(zone: berlin, exceptions: exceptions) { weekday in
            switch weekday {
            case .monday, .sunday: night
            case .saturday: morning
            case .wednesday: []
            default: day
            }
        }
    }
}
