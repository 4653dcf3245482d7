import Tickets
import Yams

/// A mapping of a scenario's file as it is read: keys are asked for by name, and one that nobody asked for is an error.
///
/// Read through the nodes rather than through `Decodable`, because only a node knows its line.
struct YAMLSection {
    /// What stands in the file, for messages: "a phase".
    let what: String
    let line: Int?
    private let file: String
    private let entries: [(key: String, line: Int?, value: Node)]
    private var known: [String] = []

    init(_ node: Node, _ what: String, file: String) throws(ScenarioError) {
        guard let mapping = node.mapping else {
            throw ScenarioError(file, line: node.mark?.line, "\(what) must be lines of `key: value`")
        }
        self.what = what
        self.file = file
        line = node.mark?.line
        entries = mapping.map { ($0.key.string ?? "", $0.key.mark?.line, $0.value) }
    }

    func error(_ reason: String, at key: String? = nil) -> ScenarioError {
        let place = entries.first { $0.key == key }?.line
        return ScenarioError(file, line: place ?? line, reason)
    }

    // MARK: - Values

    mutating func node(_ key: String) -> Node? {
        known.append(key)
        guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
        return value.null == nil ? value : nil
    }

    mutating func text(_ key: String) throws(ScenarioError) -> String? {
        try value(key, "a text") { $0.string }
    }

    mutating func flag(_ key: String) throws(ScenarioError) -> Bool {
        try value(key, "true or false") { $0.bool } ?? false
    }

    mutating func whole(_ key: String, in range: ClosedRange<Int>) throws(ScenarioError) -> Int? {
        guard let value = try value(key, "a whole number", { $0.int }) else { return nil }
        guard range.contains(value) else {
            throw error(
                "`\(key)` is \(value): it must be from \(range.lowerBound) to \(range.upperBound)", at: key)
        }
        return value
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>) throws(ScenarioError) -> Double? {
        guard let value = try value(key, "a number", { $0.float }) else { return nil }
        guard range.contains(value) else {
            throw error(
                "`\(key)` is \(value): it must be from \(range.lowerBound) to \(range.upperBound)", at: key)
        }
        return value
    }

    /// A share, from 0 to 1.
    mutating func share(_ key: String) throws(ScenarioError) -> Double? {
        try number(key, in: 0...1)
    }

    mutating func section(_ key: String) throws(ScenarioError) -> YAMLSection? {
        guard let node = node(key) else { return nil }
        return try YAMLSection(node, "`\(key)`", file: file)
    }

    mutating func sections(_ key: String, each what: String) throws(ScenarioError) -> [YAMLSection] {
        guard let node = node(key) else { return [] }
        guard let nodes = node.sequence else {
            throw error("`\(key)` must be a list, each with `- `", at: key)
        }
        var sections: [YAMLSection] = []
        for node in nodes { sections.append(try YAMLSection(node, what, file: file)) }
        return sections
    }

    /// `word: share` lines, in order; the shares need not add up to 1.
    mutating func shares(_ key: String) throws(ScenarioError) -> [(word: String, share: Double)] {
        guard let section = try section(key) else { return [] }
        var shares: [(word: String, share: Double)] = []
        for entry in section.entries {
            guard let share = entry.value.float, share >= 0, share.isFinite else {
                throw ScenarioError(
                    file, line: entry.line, "the share of `\(entry.key)` must be a number from 0")
            }
            shares.append((entry.key, share))
        }
        guard shares.contains(where: { $0.share > 0 }) else {
            throw error("`\(key)` needs at least one share above 0", at: key)
        }
        return shares
    }

    mutating func required<Value>(
        _ key: String, _ read: (inout Self, String) throws(ScenarioError) -> Value?
    ) throws(ScenarioError) -> Value {
        guard let value = try read(&self, key) else { throw error("\(what) needs `\(key)`") }
        return value
    }

    /// Call when everything was asked for.
    func finish() throws(ScenarioError) {
        for entry in entries where !known.contains(entry.key) {
            let hint =
                NearestWord.to(entry.key, among: known).map { "did you mean `\($0)`? Known" } ?? "known"
            throw ScenarioError(
                file, line: entry.line,
                "there is no key `\(entry.key)` in \(what); \(hint) are \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    private mutating func value<Value>(
        _ key: String, _ form: String, _ read: (Node) -> Value?
    ) throws(ScenarioError) -> Value? {
        guard let node = node(key) else { return nil }
        guard let value = read(node) else { throw error("`\(key)` must be \(form)", at: key) }
        return value
    }
}
