import Foundation
import Keys
import Synchronization
import Testing
import Tickets

@Suite struct AuditLogTests {
    private struct Line: Decodable, Equatable {
        var at: String
        var deed: String
        var who: String
        var detail: String
        var times: Int
    }

    @Test func `a line says when, what, who and why, whatever was written into it`() throws {
        let evil = "a\"b\\c\r\n{\"deed\":\"key-added\"}\u{1b}[2J\u{0}\u{2028}\u{85}é👩‍👩‍👧"
        let entry = AuditEntry(
            at: Moment(milliseconds: 0), .connectionRefused, who: evil, detail: evil, times: 3)
        #expect(entry.json.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
        #expect(!entry.json.unicodeScalars.contains("\u{2028}"))
        let line = try JSONDecoder().decode(Line.self, from: Data(entry.json.utf8))
        #expect(
            line
                == Line(
                    at: "1970-01-01T00:00:00.000Z", deed: "connection-refused", who: evil, detail: evil,
                    times: 3))
    }

    @Test func `the file is its owner's, and is added to by all who open it`() throws {
        try withTemporaryFolder { path in
            let file = AuditFile(folder: path)
            try file.append(["one"])
            #expect(try mode(of: file.path(0)) == 0o600)
            try AuditFile(folder: path).append(["two", "three"])
            #expect(try contents(of: file.path(0)) == "one\ntwo\nthree\n")
            // Somebody opened it to others: it is closed again.
            try #require(chmod(file.path(0), 0o644) == 0)
            try file.append(["four"])
            #expect(try mode(of: file.path(0)) == 0o600)
        }
    }

    @Test func `a link in the place of the file is not followed`() throws {
        try withTemporaryFolder { path in
            try write("precious\n", to: "\(path)/other")
            let file = AuditFile(folder: path)
            try #require(symlink("\(path)/other", file.path(0)) == 0)
            #expect(throws: KeyError.self) { try file.append(["line"]) }
            #expect(try contents(of: "\(path)/other") == "precious\n")
        }
    }

    @Test func `it never grows beyond its files`() throws {
        try withTemporaryFolder { path in
            let file = AuditFile(folder: path)
            let line = String(repeating: "x", count: 1 << 20)
            for _ in 0..<60 { try file.append([line]) }
            #expect(names(in: path) == ["audit.1.jsonl", "audit.2.jsonl", "audit.3.jsonl", "audit.jsonl"])
            for age in 0..<AuditFile.filesMax {
                #expect(try contents(of: file.path(age)).utf8.count <= AuditFile.bytesMax + 2 << 20)
            }
        }
    }

    @Test func `who does the same over and over gets few lines, the last of which says how often`() throws {
        try withTemporaryFolder { path in
            let file = AuditFile(folder: path)
            let now = Clock()
            let log = try AuditLog(file, wall: { now.moment }) { Issue.record($0) }
            for _ in 0..<1_000 { log.record(.commandRefused, who: "node:eve", "no") }
            log.record(.commandRefused, who: "node:ann", "no")
            log.record(.sessionOpened, who: "node:eve", "as eve")
            now.pass(60_000)
            log.record(.commandRefused, who: "node:eve", "no")
            log.stopAndJoin()
            let lines = try contents(of: file.path(0)).split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            let eve = lines.filter { $0.who == "node:eve" && $0.deed == "command-refused" }
            #expect(eve.map(\.times).reduce(0, +) == 1_001)
            #expect(eve.count == 21)
            #expect(lines.count == 23)
        }
    }

    /// Wall time that a test moves.
    private final class Clock: Sendable {
        private let milliseconds = Atomic<Int64>(1_000_000)
        var moment: Moment { Moment(milliseconds: milliseconds.load(ordering: .relaxed)) }
        func pass(_ time: Int64) { milliseconds.add(time, ordering: .relaxed) }
    }
}
