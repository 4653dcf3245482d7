package import Promises
package import Tickets

/// Business hours with every day of some years worked out, for who asks a million times.
///
/// Says exactly what the hours say: of a long time it counts the first two days and the last two one by one, as the
/// hours do, and what lies between by the sum of the days before each. A wall clock that jumps at midnight moves no
/// day further than that.
package final class BusinessCalendar: BusinessTime, Sendable {
    private struct Span {
        var opens: Moment
        var closes: Moment
    }

    private let hours: BusinessHours
    /// The hours' zone without the changes that are far from these years.
    private let zone: ZoneOffsets
    private let first: Int
    /// Of each day, in order, and at the end of all: the index of its first span, and the milliseconds before it.
    private let starts: [(span: Int, before: Int64)]
    private let spans: [Span]

    /// No desk's log is longer than a century; one that seems to be is damaged.
    private static let daysMax = 36_525

    /// Made for the years that are asked about; beyond them, the hours answer.
    package init(_ hours: BusinessHours, _ years: ClosedRange<Moment>) {
        self.hours = hours
        zone = hours.zone.near(years)
        let one = hours.zone.day(at: years.lowerBound).number
        let days = one...max(one, hours.zone.day(at: years.upperBound).number)
        first = days.lowerBound
        var (starts, spans, sum) = ([(span: Int, before: Int64)](), [Span](), Int64(0))
        if !hours.isAlways, days.count <= Self.daysMax {
            starts.reserveCapacity(days.count + 1)
            for day in days {
                starts.append((spans.count, sum))
                for span in hours.spans(of: CivilDay(number: day)) {
                    spans.append(Span(opens: span.opens, closes: span.closes))
                    sum += span.closes.milliseconds(since: span.opens)
                }
            }
            starts.append((spans.count, sum))
        }
        self.starts = starts
        self.spans = spans
    }

    package func milliseconds(from start: Moment, to end: Moment) -> Int64 {
        guard start < end else { return 0 }
        if hours.isAlways { return end.milliseconds(since: start) }
        let one = zone.day(at: start).number &- first
        let last = zone.day(at: end).number &- first
        guard one >= 0, last >= one, last < starts.count - 1 else {
            return hours.milliseconds(from: start, to: end)
        }
        if last - one < 5 { return open(one...last, start, end) }
        let between = starts[last - 1].before - starts[one + 2].before
        return open(one...one + 1, start, end) + between + open(last - 1...last, start, end)
    }

    /// How much of a time the spans of some days are.
    private func open(_ days: ClosedRange<Int>, _ start: Moment, _ end: Moment) -> Int64 {
        var sum: Int64 = 0
        for index in starts[days.lowerBound].span..<starts[days.upperBound + 1].span {
            let (from, to) = (max(spans[index].opens, start), min(spans[index].closes, end))
            if from < to { sum += to.milliseconds(since: from) }
        }
        return sum
    }
}

extension ZoneOffsets {
    /// The same for moments of a time and of a week around it.
    fileprivate func near(_ time: ClosedRange<Moment>) -> ZoneOffsets {
        let week = 7 * CivilDay.milliseconds
        let start = time.lowerBound.advanced(byMilliseconds: -week)
        let end = time.upperBound.advanced(byMilliseconds: week)
        return ZoneOffsets(
            name: name, firstOffset: offset(at: start),
            changes: changes.filter { start < $0.at && $0.at <= end })
    }
}
