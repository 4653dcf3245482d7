package import Tickets

/// Says how much time of business passes.
package protocol BusinessTime {
    /// Milliseconds of business between two moments; 0 if `end` is not later.
    func milliseconds(from start: Moment, to end: Moment) -> Int64
}

/// When a desk is there for its customers: the one function of time that promises, reports and messages share.
package struct BusinessHours: BusinessTime, Hashable, Sendable {
    /// A time of day during which somebody is there, in minutes of the wall clock; 1,440 stands for midnight after.
    package struct Interval: Hashable, Sendable {
        package let opens: Int
        package let closes: Int

        /// Nil unless 0 ≤ opens < closes ≤ 1,440.
        package init?(opens: Int, closes: Int) {
            guard opens >= 0, opens < closes, closes <= 1_440 else { return nil }
            self.opens = opens
            self.closes = closes
        }
    }

    /// A day that is not like others of its weekday.
    package struct Exception: Hashable, Sendable {
        package var day: CivilDay
        /// None on a holiday.
        package var intervals: [Interval]

        package init(day: CivilDay, intervals: [Interval] = []) {
            self.day = day
            self.intervals = intervals
        }
    }

    package enum Flaw: Error, Hashable, Sendable {
        /// Of one day, these two are out of order or overlap.
        case overlap(Interval, Interval)
        case twoExceptions(CivilDay)
        case neverOpen
    }

    package let zone: ZoneOffsets
    /// From Monday on.
    package let week: [[Interval]]
    /// In order of day.
    package let exceptions: [Exception]
    /// Whether somebody is there day and night, every day: then no calendar has to be asked.
    package let isAlways: Bool

    /// Somebody is always there.
    package static let always = BusinessHours(
        checked: .utc, Array(repeating: [Interval(opens: 0, closes: 1_440)].compactMap(\.self), count: 7), [])

    /// - Parameters:
    ///   - zone: Whose wall clock the intervals are read from.
    ///   - exceptions: Days that are not like others, in any order.
    ///   - week: The intervals of a weekday, in order; they may touch.
    /// - Throws: ``Flaw`` when the hours contradict themselves, or the desk never opens in an ordinary week.
    package init(
        zone: ZoneOffsets, exceptions: [Exception] = [], week: (Weekday) -> [Interval]
    ) throws(Flaw) {
        let week = Weekday.allCases.map(week)
        let exceptions = exceptions.sorted { $0.day < $1.day }
        for intervals in week + exceptions.map(\.intervals) {
            for (one, next) in zip(intervals, intervals.dropFirst()) where one.closes > next.opens {
                throw .overlap(one, next)
            }
        }
        for (one, next) in zip(exceptions, exceptions.dropFirst()) where one.day == next.day {
            throw .twoExceptions(one.day)
        }
        guard week.contains(where: { !$0.isEmpty }) else { throw .neverOpen }
        self.init(checked: zone, week, exceptions)
    }

    private init(checked zone: ZoneOffsets, _ week: [[Interval]], _ exceptions: [Exception]) {
        self.zone = zone
        self.week = week
        self.exceptions = exceptions
        isAlways = exceptions.isEmpty && week.allSatisfy { $0 == [Interval(opens: 0, closes: 1_440)] }
    }

    /// Whether somebody is there. At the minute of closing nobody is.
    package func isOpen(at moment: Moment) -> Bool {
        spans(of: zone.day(at: moment)).contains { $0.opens <= moment && moment < $0.closes }
    }

    /// When somebody is there next: `moment` itself while they are; nil when nobody comes within ten years.
    package func opening(from moment: Moment) -> Moment? {
        firstSpan(endingAfter: moment).map { max($0.opens, moment) }
    }

    /// Milliseconds of business between two moments; 0 if `end` is not later.
    package func milliseconds(from start: Moment, to end: Moment) -> Int64 {
        guard start < end else { return 0 }
        if isAlways { return end.milliseconds(since: start) }
        var sum: Int64 = 0
        var day = zone.day(at: start)
        let lastDay = zone.day(at: end)
        while day <= lastDay {
            for span in spans(of: day) {
                let (from, to) = (max(span.opens, start), min(span.closes, end))
                if from < to { sum += to.milliseconds(since: from) }
            }
            day = day.advanced(by: 1)
        }
        return sum
    }

    /// The first moment at which so many milliseconds of business have passed since `start`.
    ///
    /// An hour that ends when the desk closes ends then, not at the next opening. No time at all has passed at `start`
    /// itself. Nil when ten years of business are not enough.
    package func moment(after milliseconds: Int64, from start: Moment) -> Moment? {
        guard milliseconds > 0 else { return start }
        if isAlways { return start.advanced(byMilliseconds: milliseconds) }
        var left = milliseconds
        var day = zone.day(at: start)
        for _ in 0..<Self.daysMax {
            for span in spans(of: day) where span.closes > start {
                let from = max(span.opens, start)
                let length = span.closes.milliseconds(since: from)
                if left <= length { return from.advanced(byMilliseconds: left) }
                left -= length
            }
            day = day.advanced(by: 1)
        }
        return nil
    }

    private static let daysMax = 3_653

    private func firstSpan(endingAfter moment: Moment) -> (opens: Moment, closes: Moment)? {
        var day = zone.day(at: moment)
        for _ in 0..<Self.daysMax {
            if let span = spans(of: day).first(where: { $0.closes > moment }) { return span }
            day = day.advanced(by: 1)
        }
        return nil
    }

    /// The intervals of a day as moments. One that summer time swallows whole is not among them.
    package func spans(of day: CivilDay) -> [(opens: Moment, closes: Moment)] {
        intervals(of: day).compactMap { interval in
            let opens = zone.moment(of: day, minute: interval.opens)
            let closes = zone.moment(of: day, minute: interval.closes)
            return opens < closes ? (opens, closes) : nil
        }
    }

    private func intervals(of day: CivilDay) -> [Interval] {
        var (low, high) = (0, exceptions.count)
        while low < high {
            let middle = (low + high) / 2
            if exceptions[middle].day < day { low = middle + 1 } else { high = middle }
        }
        if low < exceptions.count, exceptions[low].day == day { return exceptions[low].intervals }
        return week[Int(day.weekday.rawValue) - 1]
    }
}
