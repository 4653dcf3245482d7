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
            try file.append([Self.object("one")])
            #expect(try mode(of: file.path(0)) == 0o600)
            try AuditFile(folder: path).append([Self.object("two"), Self.object("three")])
            let lines = try contents(of: file.path(0)).split(separator: "\n")
            let words = try lines.map {
                try JSONDecoder().decode([String: String].self, from: Data($0.utf8))["word"]
            }
            #expect(words == ["one", "two", "three"])
            // Somebody opened it to others: it is closed again.
            try #require(chmod(file.path(0), 0o644) == 0)
            try file.append([Self.object("four")])
            #expect(try mode(of: file.path(0)) == 0o600)
        }
    }

    private static func object(_ word: String) -> String { #"{"word":"\#(word)"}"# }

    private static func verdicts(_ lines: [String], isWhole: Bool = true) -> [AuditChain.Verdict] {
        var chain = AuditChain(isWhole: isWhole)
        return lines.map { chain.judge($0) }
    }

    @Test
    func `a line that is changed, taken out, put in or moved is seen, and what many add at once is sound`()
        throws
    {
        try withTemporaryFolder { path in
            DispatchQueue.concurrentPerform(iterations: 4) { writer in
                for index in 1...25 {
                    do {
                        try AuditFile(folder: path).append([
                            Self.object("\(writer)"), Self.object("\(index)"),
                        ])
                    } catch {
                        Issue.record(error)
                    }
                }
            }
            let lines = try contents(of: AuditFile(folder: path).path(0)).split(separator: "\n").map(
                String.init)
            #expect(lines.count == 200)
            #expect(Self.verdicts(lines).allSatisfy { $0 == .sound })
            func changed(_ change: (inout [String]) -> Void) -> [Int] {
                var lines = lines
                change(&lines)
                return Self.verdicts(lines).indices.filter { Self.verdicts(lines)[$0] != .sound }
            }
            #expect(changed { $0[7] = $0[7].replacingOccurrences(of: "word", with: "ward") } == [7])
            #expect(changed { $0.remove(at: 7) } == [7])
            #expect(changed { $0.removeFirst() } == [0])
            #expect(changed { $0.swapAt(7, 8) } == [7, 8, 9])
            #expect(changed { $0.insert(Self.object("new"), at: 7) } == [7])
            // What was before the oldest file that there is nobody can tell.
            #expect(Self.verdicts(Array(lines[50...]), isWhole: false).allSatisfy { $0 == .sound })
            // Lines from before there was a chain are none of its business; after it they are.
            let old = Self.verdicts([Self.object("old")] + lines)
            #expect(old.first == .untied && old.dropFirst().allSatisfy { $0 == .sound })
        }
    }

    @Test func `the chain goes on in the next file, and after a line that was cut off`() throws {
        try withTemporaryFolder { path in
            let file = AuditFile(folder: path)
            let long = String(repeating: "x", count: 200_000)
            for index in 0..<50 { try file.append([Self.object("\(index)\(long)")]) }
            let handle = try #require(FileHandle(forWritingAtPath: file.path(0)))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"word":"torn"#.utf8))
            try handle.close()
            try file.append([Self.object("after")])
            var lines: [String] = []
            for age in [1, 0] {
                let text = try String(contentsOfFile: file.path(age), encoding: .utf8)
                lines += text.split(separator: "\n").map(String.init)
            }
            let verdicts = Self.verdicts(lines)
            #expect(lines.count == 52)
            #expect(verdicts[50] == .changed, "the torn one")
            #expect(verdicts.indices.filter { verdicts[$0] != .sound } == [50])
        }
    }

    @Test func `a link in the place of the file is not followed`() throws {
        try withTemporaryFolder { path in
            try write("precious\n", to: "\(path)/other")
            let file = AuditFile(folder: path)
            try #require(symlink("\(path)/other", file.path(0)) == 0)
            #expect(throws: KeyError.self) { try file.append([Self.object("line")]) }
            #expect(try contents(of: "\(path)/other") == "precious\n")
        }
    }

    @Test func `it never grows beyond its files`() throws {
        try withTemporaryFolder { path in
            let file = AuditFile(folder: path)
            let line = Self.object(String(repeating: "x", count: 1 << 20))
            for _ in 0..<60 { try file.append([line]) }
            #expect(names(in: path) == ["audit.1.jsonl", "audit.2.jsonl", "audit.3.jsonl", "audit.jsonl"])
            for age in 0..<AuditFile.filesMax {
                let size = try FileManager.default.attributesOfItem(atPath: file.path(age))[.size] as? Int
                #expect(try #require(size) <= AuditFile.bytesMax + 2 << 20)
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
