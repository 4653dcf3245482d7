import Desk
import Yams

/// What is wrong in a file, and where; lines and columns count from 1.
struct FileFinding: Hashable, Encodable {
    var line: Int
    var column: Int
    /// The keys and indexes on the way to it, as `lines.1.next`; empty for the file as a whole.
    var key: String
    var reason: String

    var text: String { "\(line):\(column): " + (key.isEmpty ? "" : "`\(key)`: ") + reason }
}

/// Gathers what is wrong in a file, so that a person sees all of it at once.
final class FileReport {
    private(set) var findings: [FileFinding] = []
    /// Where each key's value stands.
    private var marks: [String: Mark] = [:]

    func note(_ place: String, _ mark: Mark?) {
        marks[place] = mark
    }

    /// Something is wrong at a place; where that is not in the file, at what it is a part of.
    func add(_ place: String, _ reason: String) {
        var known = place
        while marks[known] == nil, !known.isEmpty {
            known = known.lastIndex(of: ".").map { String(known[..<$0]) } ?? ""
        }
        add(at: marks[known], place, reason)
    }

    func add(at mark: Mark?, _ place: String, _ reason: String) {
        findings.append(
            FileFinding(line: mark?.line ?? 1, column: mark?.column ?? 1, key: place, reason: reason))
    }

    func add(_ flaws: [SettingsFlaw]) {
        for flaw in flaws { add(flaw.place, flaw.reason) }
    }

    /// What the parser says of a text that is no YAML.
    func add(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            add(at: mark, "", "this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let words = duplicates.sorted().map { "`\($0)`" }.joined(separator: ", ")
            add(at: context.mark, "", "\(words) is there twice in what begins here; take one out")
        case let other:
            add(at: nil, "", Failure.oneLine("\(other.map { "\($0)" } ?? "\(error)")"))
        }
    }
}
