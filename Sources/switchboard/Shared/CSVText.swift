/// A table as text: a heading and rows, as RFC 4180 has them and spreadsheets write them.
///
/// Values are separated by commas, tabs or semicolons, whichever comes first in the heading. Spaces before a value are
/// left out, and so are empty lines. A quote inside a value that does not begin with one is a part of it.
struct CSVText {
    struct Row {
        /// The line of the file where it begins; the first is 1.
        var line: Int
        var values: [String]
    }

    /// What cannot be read, so that nobody knows what the rest of the file means.
    struct Flaw: Error, CustomStringConvertible {
        var line: Int
        var reason: String

        var description: String { "line \(line): \(reason)" }
    }

    private(set) var heading: [String] = []
    private(set) var rows: [Row] = []

    init(_ text: String) throws(Flaw) {
        var scanner = Scanner(text)
        heading = try scanner.next()?.values ?? []
        while let row = try scanner.next() { rows.append(row) }
    }

    /// Reads a file.
    ///
    /// - Throws: ``Failure`` with the line that is wrong.
    init(path: String) throws {
        do {
            try self.init(TextFile.read(path))
        } catch let flaw as Flaw {
            throw Failure(.usage, "\(path), \(flaw)")
        }
    }

    /// Why a row does not fit its heading; nil when it does. Values at its end may be left out.
    func misfit(_ row: Row) -> String? {
        // What spreadsheets write behind the last column.
        guard let last = row.values.lastIndex(where: { !$0.isEmpty }), last >= heading.count else {
            return nil
        }
        return
            "there are \(last + 1) values for \(heading.count) columns: put a value that holds the separator in quotes"
    }
}

extension CSVText {
    /// Reads bytes: all that has a meaning is ASCII.
    private struct Scanner {
        private let bytes: [UInt8]
        private let separator: UInt8
        private var place: Int
        private var line = 1

        private static let quote = UInt8(ascii: "\"")
        private static let space = UInt8(ascii: " ")
        private static let tab = UInt8(ascii: "\t")
        private static let lineFeed = UInt8(ascii: "\n")
        private static let carriageReturn = UInt8(ascii: "\r")

        init(_ text: String) {
            bytes = Array(text.utf8)
            // The mark that some editors put in front of UTF-8.
            place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            separator = Self.separator(of: bytes[place...])
        }

        /// The first one that is not in quotes.
        private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
            var isQuoted = false
            var hasBegun = false
            for byte in bytes {
                if byte == quote { isQuoted.toggle() }
                if isQuoted { continue }
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: ";"), tab: return byte
                case lineFeed, carriageReturn: if hasBegun { return UInt8(ascii: ",") }
                case space: break
                default: hasBegun = true
                }
            }
            return UInt8(ascii: ",")
        }

        /// The next row that is not empty; nil after the last.
        mutating func next() throws(Flaw) -> Row? {
            while place < bytes.count {
                var row = Row(line: line, values: [])
                repeat { row.values.append(try value()) } while take(separator)
                takeLineEnd()
                if row.values != [""] { return row }
            }
            return nil
        }

        private mutating func value() throws(Flaw) -> String {
            skipSpaces()
            if take(Self.quote) { return try quoted() }
            let start = place
            while place < bytes.count, bytes[place] != separator, !isAtLineEnd { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        /// The rest of a value behind its first quote.
        private mutating func quoted() throws(Flaw) -> String {
            let first = line
            var value: [UInt8] = []
            while true {
                guard place < bytes.count else {
                    throw Flaw(
                        line: first,
                        reason: "a quote opens a value here, and nothing closes it: close it, or leave it out"
                    )
                }
                let byte = bytes[place]
                place += 1
                if byte == Self.lineFeed { line += 1 }
                guard byte == Self.quote else {
                    value.append(byte)
                    continue
                }
                guard take(Self.quote) else { break }
                value.append(Self.quote)
            }
            skipSpaces()
            guard place == bytes.count || bytes[place] == separator || isAtLineEnd else {
                let opened = first == line ? "" : " that begins in line \(first)"
                throw Flaw(
                    line: line,
                    reason:
                        "there is text behind the closing quote of the value\(opened): write a quote that belongs to "
                        + "a value twice, or close the one before it")
            }
            return String(decoding: value, as: UTF8.self)
        }

        private var isAtLineEnd: Bool {
            bytes[place] == Self.lineFeed || bytes[place] == Self.carriageReturn
        }

        private mutating func skipSpaces() {
            while place < bytes.count, bytes[place] != separator,
                bytes[place] == Self.space || bytes[place] == Self.tab
            {
                place += 1
            }
        }

        private mutating func takeLineEnd() {
            guard place < bytes.count else { return }
            _ = take(Self.carriageReturn)
            _ = take(Self.lineFeed)
            line += 1
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
            return true
        }
    }
}
