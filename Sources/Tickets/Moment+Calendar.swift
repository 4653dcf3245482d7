extension Moment {
    /// ISO 8601 in UTC with milliseconds, such as `2026-11-22T08:30:00.000Z`. For people; nothing is decided by it.
    package var iso8601: String {
        let (days, milliseconds) = Self.divide(self.milliseconds, by: 86_400_000)
        let (year, month, day) = Self.date(days: days)
        let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000)
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
            + clock.joined(separator: ":") + ".\(Self.padded(rest, 3))Z"
    }

    /// The date of a day since 1970-01-01 in the Gregorian calendar, by eras of 400 years that begin in March, so that
    /// the leap day is the last of its year.
    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    /// Rounds down, so that the rest is never negative.
    private static func divide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
