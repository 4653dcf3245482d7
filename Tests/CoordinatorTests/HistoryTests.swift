import Coordinator
import Testing

@Suite struct HistoryTests {
    @Test func `rates are differences over the window`() throws {
        var history = History()
        for second in 0...120 as ClosedRange<UInt64> {
            // Ten a second in the first minute, twenty in the second.
            let submitted = second <= 60 ? second * 10 : 600 + (second - 60) * 20
            history.add(
                History.Counts(submitted: submitted, solved: second, escalated: 0), [:],
                at: Int64(second) * 1_000)
        }
        let minute = try #require(history.rates(seconds: 60, at: 120_000))
        #expect(minute.submitted == 20 && minute.measuredSeconds == 60)
        #expect(history.rates(seconds: 600, at: 120_000)?.measuredSeconds == 120, "no longer than it is read")
        #expect(minute.solved == 1)
        #expect(minute.escalated == 0)
        #expect(history.rates(seconds: 120, at: 120_000)?.submitted == 15)
        // Nothing was read in the last hour.
        #expect(history.rates(seconds: 60, at: 4_000_000) == nil)
    }

    @Test func `one reading gives no rate`() {
        var history = History()
        #expect(history.rates(seconds: 60, at: 0) == nil)
        history.add(History.Counts(submitted: 9, solved: 0, escalated: 0), [:], at: 0)
        #expect(history.rates(seconds: 60, at: 0) == nil)
    }

    @Test func `an hour of seconds and a day of tens are kept, no more`() {
        var history = History()
        let twoDays: Int64 = 172_800
        for second in 0..<twoDays {
            let line = History.Line(
                waiting: UInt64(second), oldestMilliseconds: 0, claimed: 0, freeSeats: 0)
            history.add(
                History.Counts(submitted: UInt64(second), solved: 0, escalated: 0), ["line-one": line],
                at: second * 1_000)
        }
        let now = (twoDays - 1) * 1_000
        let hour = history.line("line-one", seconds: 3_599, countMax: .max, at: now)
        #expect(hour.count == 3_600)
        #expect(hour.map(\.line.waiting) == (172_800 - 3_600..<172_800).map { UInt64($0) })
        let day = history.line("line-one", seconds: 86_400, countMax: .max, at: now)
        #expect(day.count == 8_640)
        let week = history.line("line-one", seconds: 604_800, countMax: .max, at: now)
        #expect(week.count == 8_640)
        let points = history.line("line-one", seconds: 86_400, countMax: 60, at: now)
        #expect(points.count <= 60)
        #expect(points.last?.ageMilliseconds == day.last?.ageMilliseconds)
        #expect(history.rates(seconds: 86_400, at: now)?.submitted == 1)
    }

    @Test func `lines beyond the bound are not followed`() {
        var history = History()
        let line = History.Line(waiting: 1, oldestMilliseconds: 0, claimed: 0, freeSeats: 0)
        for number in 0..<100 {
            history.add(
                History.Counts(submitted: 0, solved: 0, escalated: 0), ["line-\(number)": line], at: 1_000)
        }
        let followed = (0..<100).filter {
            !history.line("line-\($0)", seconds: 60, countMax: 1, at: 1_000).isEmpty
        }
        #expect(followed == Array(0..<History.linesMax))
    }
}
