/// Reads what a node saw from its log at level debug: lines such as
///
///     2026-11-22T04:05:06.123Z debug node: took a ticket ticket=5 token=1
///     2026-11-22T04:05:06.151Z debug node: settled: hand-back ms=28 ticket=5 token=1
///
/// A time of the log is cut off at milliseconds, so that what it stands for lies in the millisecond after it.
package struct NodeLog: Sendable {
    package private(set) var grants: [NodeGrant] = []
    package private(set) var endings: [NodeEnding] = []
    /// Claims that were over for the node, and it said so.
    package private(set) var leasesLost = 0
    private var taken: [UInt64: [UInt64: Int64]] = [:]
    private let node: String
    private let offset: Int64

    /// `offset` is what to add to the log's times, in microseconds, to get the recorders' clock.
    package init(of node: String, text: String, offset: Int64) {
        self.node = node
        self.offset = offset
        for line in text.split(separator: "\n") { take(line) }
    }

    private mutating func take(_ line: Substring) {
        if line.contains(" node: lease lost:") { leasesLost += 1 }
        let isGrant = line.contains(" node: took a ticket")
        let mark = " node: settled: "
        guard isGrant || line.contains(mark), let time = Self.microseconds(line.prefix(24)),
            let ticket = Self.value("ticket", line), let token = Self.value("token", line)
        else { return }
        let begin = time + offset
        let end = begin + 1_000
        guard !isGrant else {
            grants.append(NodeGrant(node: node, ticket: ticket, token: token, heard: end))
            taken[ticket, default: [:]][token] = begin
            return
        }
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "settled:"), index + 1 < words.count,
            let ending = Self.ending(words[index + 1])
        else { return }
        endings.append(
            NodeEnding(
                node: node, ticket: ticket, token: token, ending: ending,
                invoked: taken[ticket]?[token] ?? .min, answered: end))
    }

    private static func ending(_ word: Substring) -> Ending? {
        switch word {
        case "resolve": .resolved
        case "escalate": .escalated
        case "hand-back": .handedBack
        case "pend": .pended
        case "release", "decline": .putBack
        default: nil
        }
    }

    private static func value(_ key: String, _ line: Substring) -> UInt64? {
        for word in line.split(separator: " ") where word.hasPrefix("\(key)=") {
            return UInt64(word.dropFirst(key.count + 1))
        }
        return nil
    }

    /// Microseconds since 1970 of `2026-11-22T04:05:06.123Z`.
    static func microseconds(_ text: Substring) -> Int64? {
        let digits = text.split { !("0"..."9").contains($0) }.compactMap { Int64($0) }
        guard digits.count == 7, text.utf8.count == 24 else { return nil }
        let seconds =
            days(digits[0], digits[1], digits[2]) * 86_400 + digits[3] * 3_600 + digits[4] * 60 + digits[5]
        return (seconds * 1_000 + digits[6]) * 1_000
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar, by years that begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
