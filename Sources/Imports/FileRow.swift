import Promises
package import Tickets

/// One row of a table with named columns.
package struct FileRow: Sendable {
    /// Where it begins in its file; the heading is line 1.
    package var line: Int
    private var values: [String: String]

    package init(line: Int, values: [String: String]) {
        self.line = line
        self.values = values
    }

    /// The text of a column; nil when it is empty.
    ///
    /// - Throws: ``ImportFlaw`` when there is no such column.
    func text(_ column: String) throws(ImportFlaw) -> String? {
        guard let value = values[column] else { throw flaw("there is no column `\(column)`") }
        return value.isEmpty ? nil : value
    }

    func required(_ column: String) throws(ImportFlaw) -> String {
        guard let text = try text(column) else { throw flaw("`\(column)` is empty") }
        return text
    }

    func count(_ column: String) throws(ImportFlaw) -> Int {
        let text = try required(column)
        guard let count = Int(text), (0...10_000).contains(count) else {
            throw flaw("`\(column)` is `\(text)`, which is no count")
        }
        return count
    }

    /// A moment such as `2016-02-29T01:16` or `2019-09-04T22:44:46`, taken as UTC; nil when the column is empty.
    func moment(_ column: String) throws(ImportFlaw) -> Moment? {
        guard let text = try text(column) else { return nil }
        guard let moment = Self.moment(text) else {
            throw flaw("`\(column)` is `\(text)`, which is no time; write it as 2016-02-29T01:16")
        }
        return moment
    }

    /// Reads `2016-02-29`, `2016-02-29T01:16` and `2016-02-29T01:16:05`, with a `Z` or without; nil for anything
    /// else.
    package static func moment(_ text: String) -> Moment? {
        let text = text.last == "Z" ? text.dropLast() : text[...]
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let day = CivilDay(String(parts[0])) else { return nil }
        var seconds = 0
        if parts.count == 2 {
            let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
            let numbers = clock.compactMap { $0.utf8.count == 2 ? Int($0) : nil }
            guard (2...3).contains(clock.count), numbers.count == clock.count,
                zip(numbers, [23, 59, 59]).allSatisfy({ (0...$1).contains($0) })
            else { return nil }
            seconds = zip(numbers, [3_600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return Moment(milliseconds: Int64(day.number) * CivilDay.milliseconds + Int64(seconds) * 1_000)
    }

    func flaw(_ reason: String) -> ImportFlaw { ImportFlaw(line: line, reason: reason) }
}

extension Name {
    /// The nearest name to any text: what names do not have becomes a hyphen.
    init(near text: String) {
        let bytes = text.utf8.prefix(Self.bytesMax).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"):
                byte
            default: UInt8(ascii: "-")
            }
        }
        self = Name(String(decoding: bytes, as: UTF8.self)) ?? "nobody"
    }
}
