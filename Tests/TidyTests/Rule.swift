import Foundation

/// What a rule found: `path:line: what, and what to do instead`.
struct Finding: Hashable, CustomStringConvertible, Sendable {
    var path: String
    var line: Int
    var message: String
    var description: String { "\(path):\(line): \(message)" }
}

/// A rule about single lines of Swift.
struct Rule: Sendable {
    var name: String
    /// A line that breaks the rule, and a path at which it does; tried by a test.
    var planted: (path: String, text: String)
    /// The files that it looks at.
    var applies: @Sendable (SourceFile) -> Bool
    /// What is wrong with a line; nil when nothing is.
    var judge: @Sendable (SourceFile, Int) -> String?

    func findings(in file: SourceFile) -> [Finding] {
        guard !file.isGenerated, applies(file) else { return [] }
        return file.lines.indices.compactMap { index in
            judge(file, index).map { Finding(path: file.path, line: index + 1, message: $0) }
        }
    }
}

extension SourceFile {
    func isIn(_ folders: String...) -> Bool { folders.contains { path.hasPrefix($0 + "/") } }

    /// Whether the code of a line has a word: not as part of a longer name.
    func has(_ word: String, _ index: Int) -> Bool { Self.has(word, in: code[index]) }

    /// Whether a text has a word: not as part of a longer one.
    static func has(_ word: String, in line: String) -> Bool {
        var start = line.startIndex
        while let range = line.range(of: word, range: start..<line.endIndex) {
            let before =
                range.lowerBound == line.startIndex ? " " : line[line.index(before: range.lowerBound)]
            let after = range.upperBound == line.endIndex ? " " : line[range.upperBound]
            let opens = word.first.map(isNameCharacter) != true || !Self.isNameCharacter(before)
            let closes = word.last.map(Self.isNameCharacter) != true || !Self.isNameCharacter(after)
            if opens && closes { return true }
            start = range.upperBound
        }
        return false
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
