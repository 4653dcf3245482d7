import Foundation

/// Lines of an export ⇄ their bytes. One object for many lines: making a coder takes longer than a line.
package struct LogLineCoding {
    private let encoder = JSONEncoder()
    private let decoder = JSONDecoder()

    package init() {
        // The same bytes for the same log.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// The line's bytes, without an end of line.
    package func bytes(of line: some Encodable) throws -> [UInt8] {
        Array(try encoder.encode(line))
    }

    package func line(_ bytes: [UInt8]) throws(LogLineFlaw) -> LogLine { try read(bytes) }

    /// - Throws: What it is instead of an export's first line.
    package func heading(_ bytes: [UInt8]) throws(LogLineFlaw) -> LogLine.Heading {
        let heading: LogLine.Heading = try read(bytes)
        guard heading.format == LogLine.Heading.format else {
            throw LogLineFlaw("`format` is not `\(LogLine.Heading.format)`: this is no export of a log")
        }
        guard heading.version == LogLine.Heading.version else {
            throw LogLineFlaw(
                "`version` \(heading.version) is of another version of switchboard: use that one")
        }
        return heading
    }

    private func read<Line: Decodable>(_ bytes: [UInt8]) throws(LogLineFlaw) -> Line {
        // The decoder would take bytes that are no text for something else than they are.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw LogLineFlaw("this is not UTF-8") }
        do {
            return try decoder.decode(Line.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw LogLineFlaw(Self.explain(error))
        } catch {
            throw LogLineFlaw("this is no valid JSON")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context):
            "`\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))` is missing"
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: "this is no JSON object"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "`\(path(context))` has a value of the wrong type"
        case .dataCorrupted: "this is no valid JSON, or has a number that does not fit"
        @unknown default: "this is no valid JSON"
        }
    }
}
