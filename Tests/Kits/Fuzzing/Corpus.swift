/// Bytes that are right, to begin from: lines of a target's name and hexadecimal digits. `#` begins a remark.
package struct Corpus: Sendable {
    package private(set) var samples: [Target: [[UInt8]]] = [:]

    package init() {}

    /// Nil when a line is no target and its bytes.
    package init?(text: String) {
        for line in text.split(whereSeparator: \.isNewline) where line.first != "#" {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let target = Target(rawValue: String(words[0])),
                let bytes = Self.bytes(words[1])
            else { return nil }
            add(bytes, for: target)
        }
    }

    package mutating func add(_ bytes: [UInt8], for target: Target) {
        samples[target, default: []].append(bytes)
    }

    /// The targets and their samples, in order.
    package var all: [(target: Target, bytes: [UInt8])] {
        Target.allCases.flatMap { target in (samples[target] ?? []).map { (target, $0) } }
    }

    package var text: String { all.map { Self.line($0.target, $0.bytes) + "\n" }.joined() }

    package static func line(_ target: Target, _ bytes: [UInt8]) -> String {
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0\(text)" : text
        }
        return "\(target.rawValue) \(digits.joined())"
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let digits = Array(digits.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
