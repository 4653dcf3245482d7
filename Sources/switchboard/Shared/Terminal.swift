import Foundation
import Glibc

/// Standard output and standard error.
enum Terminal {
    /// Whether somebody looks at standard error as it comes.
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// A line for people, on standard error.
    static func note(_ line: String) {
        write(line + "\n")
    }

    /// Text as it is, on standard error, in one piece.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(STDERR_FILENO, buffer.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            // Nobody is there to be told.
            guard count > 0 else { return }
            done += count
        }
    }

    /// A line of the result, on standard output, at once.
    static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// The one object of `--json`.
    static func say(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Text of a stranger without what a terminal would obey: control bytes, and marks that turn text around.
    static func harmless(_ text: String, keepsLines: Bool = false) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where keepsLines, 0x09 where keepsLines: result.append(scalar)
            // The pictures of the control characters, ␀ to ␟, and ␡.
            case 0x00...0x1F: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: result.append("\u{2421}")
            case 0x80...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029:
                result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Rows under their headings, each column as wide as its widest value.
    static func table(_ headings: [String], _ rows: [[String]]) -> String {
        let all = [headings] + rows
        let widths = headings.indices.map { index in all.map { $0[index].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
