/// How many arrived in each minute of a measured day.
package struct ArrivalCurve: Sendable {
    /// By minute, from midnight.
    package let minutes: [Double]

    /// Reads `minute,arrivals` lines below a heading, the minute as `07:25`, in order. Lines with `#` are remarks.
    package init(csv text: String, file: String) throws(ScenarioError) {
        var minutes: [Double] = []
        for (index, row) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = index + 1
            guard !row.isEmpty, !row.hasPrefix("#"), !row.hasPrefix("minute") else { continue }
            let cells = row.split(separator: ",")
            guard cells.count == 2, let minute = Self.minute(String(cells[0])), let count = Double(cells[1]),
                count >= 0, count.isFinite
            else {
                throw ScenarioError(file, line: line, "`\(row)` must be a minute and a count, as 07:25,12")
            }
            guard minute == minutes.count else {
                throw ScenarioError(
                    file, line: line, "minute \(cells[0]) is not the one after the line before")
            }
            minutes.append(count)
        }
        guard minutes.contains(where: { $0 > 0 }) else {
            throw ScenarioError(file, line: nil, "the curve has no arrivals")
        }
        self.minutes = minutes
    }

    /// The minute of a time of day such as `07:25`; `24:00` is the end.
    static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour),
            (0...59).contains(minute), hour < 24 || minute == 0
        else { return nil }
        return 60 * hour + minute
    }

    /// A window of the curve pressed into `seconds`; an average minute of the whole curve becomes `perSecond`.
    package func stretches(
        from first: Int, to end: Int, seconds: Double, perSecond: Double
    ) -> [Stretch] {
        let mean = minutes.reduce(0, +) / Double(minutes.count)
        let length = seconds / Double(end - first)
        return minutes[first..<end].map { count in
            let rate = perSecond * count / mean
            return Stretch(seconds: length, from: rate, to: rate)
        }
    }
}
