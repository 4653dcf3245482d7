import Foundation
import Promises
import Testing

struct CivilDayTests {
    /// Days from 1586 to 3886 against the system's own calendar.
    @Test func `days are those of the Gregorian calendar`() throws {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for number in stride(from: -140_000, to: 700_000, by: 97) {
            let day = CivilDay(number: number)
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let theirs = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            #expect(day.parts == (theirs.year, theirs.month, theirs.day) as (Int?, Int?, Int?))
            #expect(Int(day.weekday.rawValue) % 7 + 1 == theirs.weekday)
            #expect(CivilDay(day.parts.year, day.parts.month, day.parts.day) == day)
        }
    }

    @Test(arguments: [(2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0)])
    func `a day that is not in the calendar is none`(year: Int, month: Int, day: Int) {
        #expect(CivilDay(year, month, day) == nil)
    }

    @Test func `text is a day only in one form`() {
        #expect(CivilDay("2024-02-29")?.description == "2024-02-29")
        for text in ["", "2024-2-29", "2023-02-29", "2024-02-29 ", "24-02-29", "+024-02-29", "2024/02/29"] {
            #expect(CivilDay(text) == nil, "\(text)")
        }
    }
}
