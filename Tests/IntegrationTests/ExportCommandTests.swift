import Desk
import Foundation
import Imports
import Rig
import Storage
import Testing
import Tickets

/// A desk's log as lines of JSON, and a desk made of them.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ExportCommandTests: ProgramTests {
    @Test func `a desk that was exported and imported is the same desk, and goes on`() throws {
        try withDesk { running in
            try populate(running)
            let folder = running.desk.folder
            let file = "\(folder)/log.jsonl"
            let export = try running.run("export", "--output", file)
            #expect(export.exitCode == 0, "\(export.errors)")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(try running.run("export").output == text, "on standard output it is the same")
            let lines = text.split(separator: "\n")
            #expect(lines[0].contains("\"format\":\"switchboard-log\""))
            #expect(lines.contains { $0.contains("\"note\":{\"entry\":2,\"text\":\"internal words\"}") })
            #expect(lines.contains { $0.contains("\"message\":{\"entry\":1,") })

            let copy = "\(folder)/copy"
            let imported = try run(["import", "log", file, "--into", copy])
            #expect(imported.exitCode == 0, "\(imported.errors)")
            let verify = try run(["verify", "--data", copy])
            #expect(verify.exitCode == 0 && verify.output.contains(" 0 violations"), "\(verify.output)")
            #expect(try digests(copy) == digests(folder))
            #expect(try run(["export", copy]).output == text)
            let again = try run(["import", "log", file, "--into", copy])
            again.expectError(64, "is not empty")
            try running.run("export", "--output", file).expectError(73, "is there already")
        }
    }

    @Test func `what a killed import left goes with the next one, and what is another's stays`() throws {
        try withDesk { running in
            try populate(running)
            let folder = running.desk.folder
            let file = "\(folder)/log.jsonl"
            #expect(try running.run("export", "--output", file).exitCode == 0)
            let ended = Process()
            ended.executableURL = URL(fileURLWithPath: "/bin/true")
            try ended.run()
            ended.waitUntilExit()
            let left = "copy.importing-\(ended.processIdentifier)"
            let others = [
                "copy.importing-\(ProcessInfo.processInfo.processIdentifier)", "copy.importing-1",
                "copy.importing-x", "copy.importing-", "copy.importing--7", "copy2.importing-999999999",
            ]
            for name in [left] + others {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
            }
            let imported = try run(["import", "log", file, "--into", "\(folder)/copy"])
            #expect(imported.exitCode == 0, "\(imported.errors)")
            #expect(imported.errors.contains("removed \(folder)/\(left), which an import left"))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.filter { $0.contains("importing") }.sorted() == others.sorted())
        }
    }

    @Test func `a bad line is refused with its number, and no folder is left`() throws {
        try withDesk { running in
            try populate(running)
            let folder = running.desk.folder
            let text = try running.run("export").output
            let lines = text.split(separator: "\n").map(String.init)
            let bad: [(String, [String], String)] = [
                ("nothing", [], "is empty"),
                ("no heading", Array(lines.dropFirst()), "line 1: `format` is missing"),
                (
                    "another format", ["{\"format\":\"x\",\"version\":1,\"events\":1}"],
                    "line 1: `format` is not"
                ),
                (
                    "a later version",
                    [lines[0].replacing("\"version\":1", with: "\"version\":2")] + lines.dropFirst(),
                    "version` 2"
                ),
                ("its end is missing", lines.dropLast(), "it is a part of an export"),
                ("a line is missing", lines.enumerated().filter { $0.offset != 2 }.map(\.element), "line 3:"),
                ("a line is there twice", Array(lines[0...2] + lines[2...]), "line 4:"),
                (
                    "no JSON", Array(lines[0...1]) + ["{\"position\":"] + lines[3...],
                    "line 3: this is no valid JSON"
                ),
                (
                    "another text", lines.map { $0.replacing("internal words", with: "other words") },
                    "the digest of the turn that ends here is another"
                ),
                (
                    "another time",
                    Array(lines[0...1]) + [lines[2].replacing("\"atMs\":1", with: "\"atMs\":2")]
                        + lines[3...], "line 3: the digest"
                ),
                ("a line of no sense", lines + ["{}"], "line \(lines.count + 1): `position` is missing"),
            ]
            for (what, lines, word) in bad {
                let file = "\(folder)/bad.jsonl"
                try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: file))
                let outcome = try run(["import", "log", file, "--into", "\(folder)/bad"])
                outcome.expectError(64, word)
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                #expect(!names.contains { $0 == "bad" || $0.contains("importing") }, "\(what): \(names)")
            }
        }
    }

    @Test(arguments: [
        Event.woke(TicketNumber(.max)), .closed([TicketNumber(7)]),
        .submitted(
            TicketNumber(.max), line: "line-one",
            Submission(channel: "web", customer: "c", subject: "s", body: "b")),
        .merged(TicketNumber(1), nil, into: TicketNumber(1)),
    ])
    func `lines that are whole, of a log that cannot be, are refused too`(_ event: Event) throws {
        try withFolder { folder in
            let record = Record(
                position: Position(1), at: .zero, author: .desk, command: nil, event: event)
            var (chain, line) = (Chain.start, LogLine(record))
            _ = LogRow(sealing: [record], epoch: 1, onto: &chain)
            line.turnEnd = LogLine.TurnEnd(epoch: 1, digest: chain.digest)
            let coding = LogLineCoding()
            let bytes =
                try coding.bytes(of: LogLine.Heading(events: 1)) + [10] + coding.bytes(of: line) + [10]
            let file = "\(folder)/log.jsonl"
            try Data(bytes).write(to: URL(filePath: file))
            let outcome = try run(["import", "log", file, "--into", "\(folder)/desk"])
            outcome.expectError(1, "breaks the rule")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["log.jsonl"])
        }
    }

    /// Some of everything that a person does.
    private func populate(_ running: RunningDesk) throws {
        try running.broker()
        for _ in 0..<3 { try running.submitOne() }
        for arguments in [
            ["note", "1", "internal words"], ["set", "1", "--tag", "vip"], ["claim", "1"],
            ["reply", "1", "We look into it."], ["resolve", "1", "Done."],
        ] {
            let outcome = try running.desk.run(["ticket"] + arguments + ["--as", "olga"])
            #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
        }
    }

    /// What the log's file has as the digest of each row.
    private func digests(_ folder: String) throws -> String {
        let sqlite = Process()
        let output = Pipe()
        sqlite.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let program = """
            import sqlite3, sys
            log = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
            for row in log.execute("SELECT first, last, epoch, layout, hex(digest) FROM turn ORDER BY last"):
                print(row)
            """
        sqlite.arguments = ["python3", "-c", program, "\(folder)/log.sqlite"]
        sqlite.standardOutput = output
        try sqlite.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        sqlite.waitUntilExit()
        #expect(sqlite.terminationStatus == 0 && !text.isEmpty)
        return text
    }
}
