import Foundation

/// The project's files, read once, found from where this file is.
struct Project: Sendable {
    let root: URL
    let sources: [SourceFile]
    /// Files of `Sources`, `Tests`, `Loadtest` and `Cluster`, relative to the root.
    let paths: [String]

    static let shared = Project()

    init() {
        // Tests/TidyTests/Project.swift, through symbolic links if the tests are built elsewhere.
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let base = root
        self.root = base
        paths = ["Sources", "Tests", "Loadtest", "Cluster"].flatMap { Self.files(under: $0, of: base) }
            .sorted()
        sources = paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
            guard let text = Self.text(base.appendingPathComponent(path)) else { return nil }
            return SourceFile(path: path, text: text)
        }
    }

    var rootPath: String { root.path }

    /// The text of a file; nil when it is not there or not UTF-8.
    func text(_ path: String) -> String? { Self.text(root.appendingPathComponent(path)) }

    /// The names at the top level, without dot files.
    func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func text(_ url: URL) -> String? {
        // A file that cannot be read has no text; the rule that needs it says so.
        guard let data = FileManager.default.contents(atPath: url.path) else { return nil }
        return String(bytes: data, encoding: .utf8)
    }

    private static func files(under folder: String, of root: URL) -> [String] {
        let start = root.appendingPathComponent(folder).path
        guard let walker = FileManager.default.enumerator(atPath: start) else { return [] }
        return walker.compactMap { item in
            guard let path = item as? String, !path.contains("/.") && !path.hasPrefix(".") else { return nil }
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: start + "/" + path, isDirectory: &isFolder)
            return isFolder.boolValue ? nil : folder + "/" + path
        }
    }
}

/// One Swift file, by lines, with what is code and what is comment told apart.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    /// The lines without comments and without the content of string literals.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var stripper = Stripper()
        code = lines.map { stripper.strip($0) }
    }

    var isGenerated: Bool { path.hasSuffix(".pb.swift") }

    /// Whether the line above, or the lines above that are comments, say something; or the line itself does.
    func hasReason(_ index: Int) -> Bool {
        if lines[index].contains("// ") { return true }
        guard index > 0 else { return false }
        return lines[index - 1].trimmingCharacters(in: .whitespaces).hasPrefix("//")
    }

    /// The comment at a line: on it, and the block right above.
    func comment(_ index: Int) -> String {
        var comment = lines[index].components(separatedBy: "//").dropFirst().joined()
        var above = index - 1
        while above >= 0, lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("//") {
            comment = lines[above] + " " + comment
            above -= 1
        }
        return comment
    }
}

/// Takes comments and string contents out of lines, so that rules look at code only. Knows multi-line strings;
/// what is interpolated counts as string.
private struct Stripper {
    private var isInBlock = false

    mutating func strip(_ line: String) -> String {
        var code = ""
        var characters = Substring(line)
        while let first = characters.first {
            if isInBlock {
                guard let end = characters.range(of: "\"\"\"") else { return code }
                isInBlock = false
                characters = characters[end.upperBound...]
            } else if characters.hasPrefix("\"\"\"") {
                isInBlock = true
                characters = characters.dropFirst(3)
            } else if characters.hasPrefix("//") {
                return code
            } else if first == "\"" {
                code += "\"\""
                characters = Self.afterString(characters.dropFirst())
            } else {
                code.append(first)
                characters = characters.dropFirst()
            }
        }
        return code
    }

    private static func afterString(_ text: Substring) -> Substring {
        var depth = 0
        var rest = text
        while let first = rest.first {
            if depth == 0, first == "\"" { return rest.dropFirst() }
            if rest.hasPrefix("\\(") {
                depth += 1
                rest = rest.dropFirst(2)
            } else if first == "\\" {
                rest = rest.dropFirst(2)
            } else {
                if depth > 0, first == "(" { depth += 1 }
                if depth > 0, first == ")" { depth -= 1 }
                rest = rest.dropFirst()
            }
        }
        return rest
    }
}
