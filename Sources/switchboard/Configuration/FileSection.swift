import Tickets
import Yams

/// A mapping of a file as it is read. What is asked for and is not as it should be is noted in the report and read as
/// if it were not there; keys that nobody asked for are noted by ``finish()``.
///
/// Through the nodes rather than through `Decodable`, because only a node knows its line and column.
struct FileSection {
    let place: String
    let report: FileReport
    private let entries: [(key: String, mark: Mark?, value: Node)]
    private var known: [String] = []

    /// Nil, and noted, when the node is no mapping.
    init?(_ node: Node, _ place: String, _ report: FileReport) {
        self.place = place
        self.report = report
        report.note(place, node.mark)
        guard let mapping = node.mapping else {
            report.add(at: node.mark, place, "this must be lines of `key: value`")
            return nil
        }
        entries = mapping.map { ($0.key.string ?? "", $0.key.mark, $0.value) }
        for entry in entries { report.note(path(entry.key), entry.value.mark ?? entry.mark) }
    }

    /// The keys in the order of the file.
    var keys: [String] { entries.map(\.key) }

    func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// Something is wrong with a key's value.
    func add(_ key: String, _ reason: String) {
        report.add(path(key), reason)
    }

    // MARK: - Values

    mutating func node(_ key: String) -> Node? {
        known.append(key)
        guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
        return value.null == nil ? value : nil
    }

    mutating func text(_ key: String) -> String? {
        read(key, "a text") { $0.scalar == nil ? nil : $0.string }
    }

    mutating func flag(_ key: String) -> Bool? {
        read(key, "true or false") { $0.bool }
    }

    mutating func whole(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = read(key, "a whole number", { $0.int }) else { return nil }
        if range.contains(value) { return value }
        add(key, "\(value) is not from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    mutating func name(_ key: String) -> Name? {
        guard let text = text(key) else { return nil }
        return name(text, at: key)
    }

    mutating func names(_ key: String) -> [Name] {
        texts(key).compactMap { name($0, at: key) }
    }

    /// Milliseconds of `90s`, `15m`, `24h`, `2d` or `1h30m`.
    mutating func duration(_ key: String) -> Int64? {
        guard let text = text(key) else { return nil }
        if let milliseconds = Span.milliseconds(text) { return milliseconds }
        let hint = Span.suggestion(for: text).map { "; did you mean `\($0)`?" } ?? ""
        add(key, "`\(text)` is no span of time: write it as 90s, 15m, 24h, 2d or 1h30m\(hint)")
        return nil
    }

    /// A list of texts; one text stands for a list of it.
    mutating func texts(_ key: String) -> [String] {
        guard let node = node(key) else { return [] }
        if node.scalar != nil, let text = node.string { return [text] }
        let texts = node.sequence?.map { $0.scalar == nil ? nil : $0.string } ?? [nil]
        guard texts.allSatisfy({ $0 != nil }) else {
            add(key, "this must be a text, or a list of texts in [ ]")
            return []
        }
        return texts.compactMap { $0 }
    }

    mutating func section(_ key: String) -> FileSection? {
        node(key).flatMap { FileSection($0, path(key), report) }
    }

    mutating func sections(_ key: String) -> [FileSection] {
        guard let node = node(key) else { return [] }
        guard let sequence = node.sequence else {
            add(key, "this must be a list, each with `- `")
            return []
        }
        return sequence.enumerated().compactMap { FileSection($1, "\(path(key)).\($0)", report) }
    }

    /// One of some words.
    mutating func choice<Value>(_ key: String, _ choices: [(word: String, value: Value)]) -> Value? {
        text(key).flatMap { choose($0, at: key, choices) }
    }

    /// Some of some words.
    mutating func choices<Value>(_ key: String, _ choices: [(word: String, value: Value)]) -> [Value] {
        texts(key).compactMap { choose($0, at: key, choices) }
    }

    mutating func required<Value>(_ key: String, _ read: (inout Self, String) -> Value?) -> Value? {
        let isThere = entries.contains { $0.key == key && $0.value.null == nil }
        if !isThere { report.add(place, "`\(key)` is missing") }
        return read(&self, key)
    }

    /// Call when everything was asked for.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            let hint =
                NearestWord.to(entry.key, among: known).map { "did you mean `\($0)`? Known" } ?? "known"
            report.add(
                at: entry.mark, path(entry.key),
                "there is no such key; \(hint) are \(known.sorted().joined(separator: ", "))")
        }
    }

    private func choose<Value>(
        _ word: String, at key: String, _ choices: [(word: String, value: Value)]
    ) -> Value? {
        if let choice = choices.first(where: { $0.word == word }) { return choice.value }
        let words = choices.map(\.word)
        let hint = NearestWord.to(word, among: words).map { "did you mean `\($0)`? It" } ?? "it"
        add(key, "there is no `\(word)`; \(hint) is one of \(words.joined(separator: ", "))")
        return nil
    }

    private func name(_ text: String, at key: String) -> Name? {
        if let name = Name(text) { return name }
        add(key, "`\(text)` is no name: it has 1 to \(Name.bytesMax) letters, digits, or any of . _ @ -")
        return nil
    }

    private mutating func read<Value>(_ key: String, _ form: String, _ read: (Node) -> Value?) -> Value? {
        guard let node = node(key) else { return nil }
        if let value = read(node) { return value }
        add(key, "this must be \(form)")
        return nil
    }
}
