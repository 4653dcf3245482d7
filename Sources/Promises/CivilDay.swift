/// A day of the Gregorian calendar, without a time zone.
package struct CivilDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    package var number: Int

    package init(number: Int) {
        self.number = number
    }

    /// Nil when the calendar has no such day. `month` counts from 1.
    package init?(_ year: Int, _ month: Int, _ day: Int) {
        guard (-9_999...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        // Years begin in March here, so that the leap day is the last of its year.
        let march = month > 2 ? year : year - 1
        let monthOfYear = (month + 9) % 12
        let daysBefore = 365 * march + Self.quotient(march, 4) - Self.quotient(march, 100)
        number =
            daysBefore + Self.quotient(march, 400) + (153 * monthOfYear + 2) / 5 + day - 1
            - Self.daysFromYear0
        guard parts == (year, month, day) else { return nil }
    }

    /// Reads `2026-11-22`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year, month, day)
    }

    package var parts: (year: Int, month: Int, day: Int) {
        let days = number + Self.daysFromYear0
        let era = Self.quotient(days, Self.daysPerEra)
        let dayOfEra = days - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthOfYear = (5 * dayOfYear + 2) / 153
        let month = monthOfYear < 10 ? monthOfYear + 3 : monthOfYear - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthOfYear + 2) / 5 + 1)
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = (number % 7 + 7 + 3) % 7
        return Weekday.allCases[index]
    }

    package func advanced(by days: Int) -> CivilDay { CivilDay(number: number + days) }

    package static func < (a: CivilDay, b: CivilDay) -> Bool { a.number < b.number }

    package var description: String {
        let (year, month, day) = parts
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    }

    /// Days from 0000-03-01 to 1970-01-01.
    private static let daysFromYear0 = 719_468
    /// Days of 400 years, after which the calendar repeats itself.
    private static let daysPerEra = 146_097

    /// Rounded down, also below 0.
    private static func quotient(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
}

package enum Weekday: UInt8, CaseIterable, Sendable {
    case monday = 1, tuesday, wednesday, thursday, friday, saturday, sunday

    /// The word in settings: `monday`.
    package var word: String { "\(self)" }

    package init?(word: String) {
        guard let day = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = day
    }
}
