/// What was taken out of a plan so that less happens and the same still goes wrong.
package struct PlanEdits: Hashable, Sendable {
    /// Places of the faults that are left among those drawn; nil when all are.
    package var faults: [Int]?
    /// Places of the members who stay away.
    package var absent: [Int] = []
    /// For how many seconds faults happen, if not for as many as were drawn.
    package var serveSeconds: Int64?

    package init() {}
}

/// A plan as one line: `12 faults=3,7 without=2 serve=60`, of which only the seed must be there.
extension Plan: CustomStringConvertible {
    package var description: String {
        var words = [String(seed)]
        if let faults = edits.faults { words.append("faults=" + Self.list(faults)) }
        if !edits.absent.isEmpty { words.append("without=" + Self.list(edits.absent)) }
        if let seconds = edits.serveSeconds { words.append("serve=\(seconds)") }
        return words.joined(separator: " ")
    }

    /// Nil when the line is not one of a plan. What follows a `#` is for people.
    package init?(line: String) {
        let words = line.prefix { $0 != "#" }.split(separator: " ")
        guard let seed = words.first.flatMap({ UInt64($0) }) else { return nil }
        var edits = PlanEdits()
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "=") else { return nil }
            let value = word[word.index(after: sign)...]
            switch word[..<sign] {
            case "faults": edits.faults = Self.numbers(value)
            case "without": edits.absent = Self.numbers(value)
            case "serve": edits.serveSeconds = Int64(value)
            default: return nil
            }
        }
        self.init(seed: seed, edits)
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "none" : numbers.map(String.init).joined(separator: ",")
    }

    private static func numbers(_ text: Substring) -> [Int] {
        text.split(separator: ",").compactMap { Int($0) }
    }
}
