import Foundation
import Testing
import Tickets
import Wire

/// The page promises what the code does; where both can be read, they are compared.
@Suite struct ProtocolPageTests {
    private let page: String
    private let schema: String

    init() throws {
        let wire = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Wire").standardized
        page = try String(contentsOf: wire.appending(path: "Protocol.md"), encoding: .utf8)
        schema = try String(contentsOf: wire.appending(path: "switchboard.proto"), encoding: .utf8)
    }

    @Test(arguments: ErrorCode.allCases)
    func `every error is on the page once, with its number, its word and whether to retry`(
        _ code: ErrorCode
    ) throws {
        let rows = errorRows.filter { $0.first == "\(code.rawValue)" }
        let row = try #require(rows.first, "\(code.rawValue) \(code.word) is not on the page")
        #expect(rows.count == 1)
        #expect(row.count == 5)
        #expect(row[1] == "`\(code.word)`")
        #expect(row[4] == (code.isRetryable ? "retry" : "final"))
        #expect(!row[2].isEmpty && !row[3].isEmpty)
    }

    @Test func `the page lists no other error`() {
        #expect(errorRows.map { $0[0] } == ErrorCode.allCases.map { "\($0.rawValue)" })
    }

    @Test func `numbers and words of errors are used once`() {
        #expect(Set(ErrorCode.allCases.map(\.rawValue)).count == ErrorCode.allCases.count)
        #expect(Set(ErrorCode.allCases.map(\.word)).count == ErrorCode.allCases.count)
    }

    @Test func `every command of the schema has a row, and no other has`() throws {
        let start = try #require(schema.range(of: "oneof action {"))
        let end = try #require(schema.range(of: "}", range: start.upperBound..<schema.endIndex))
        let actions = schema[start.upperBound..<end.lowerBound].split(separator: "\n").compactMap {
            $0.split(separator: " ").dropFirst().first.map(String.init)
        }
        #expect(actions.count == Action.caseCount)
        #expect(commandRows.map { $0[0] } == actions.map { "`\($0)`" })
    }

    @Test func `a command is refused with errors that exist`() throws {
        for row in commandRows {
            let cell = try #require(row.last)
            for number in cell.split(separator: " ") {
                #expect(UInt32(number).flatMap(ErrorCode.init(rawValue:)) != nil, "\(row[0]): \(number)")
            }
        }
    }

    @Test func `the limits on the page are those of the desk`() {
        let limits = Limits()
        let bounds = [
            wireFrameBytesMax, limits.textBytesMax, limits.lineBytesMax, limits.seatsMax, limits.entriesMax,
            limits.entriesMax + limits.entriesReserved, limits.answersKept,
        ]
        for bound in bounds { #expect(page.contains(grouped(bound)), "\(grouped(bound))") }
        #expect(page.contains("\(limits.tagsMax) each"))
        #expect(page.contains("1 to \(Name.bytesMax) bytes"))
        #expect(page.contains("at most \(limits.framesMax) lines"))
        #expect(page.contains("at most \(limits.escalationsMax) escalations"))
        #expect(page.contains("version \(wireVersion)"))
    }

    @Test func `every role of a key is on the page, but the desk's own`() {
        for role in Role.allCases where role != .desk { #expect(page.contains("| `\(role.word)` |")) }
    }

    /// Rows whose first cell is a number of three digits.
    private var errorRows: [[String]] {
        rows.filter { $0[0].utf8.count == 3 && $0[0].utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// Rows that say who may send a command.
    private var commandRows: [[String]] {
        rows.filter { row in
            row.count == 5 && !row[1].isEmpty
                && row[1].split(separator: " ").allSatisfy { ["C", "N", "A", "L", "M"].contains($0) }
        }
    }

    private var rows: [[String]] {
        page.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}
