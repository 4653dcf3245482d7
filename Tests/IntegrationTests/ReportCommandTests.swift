import Foundation
import Rig
import Testing

/// The report of a desk with three tickets that nobody works on.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ReportCommandTests {
    @Test func `what was promised comes from a file, and what is wrong in one is explained`() throws {
        try withDesk { running in
            try running.broker()
            for _ in 0..<3 { try running.submitOne() }
            let good = try policy(
                """
                zone: Europe/Berlin
                open: {monday-friday: "9:00-13:00, 14:00-18:00", saturday: "10:00-24:00"}
                holidays: [2026-12-25]
                promises:
                  - {name: web, channels: [web], priorities: [normal], first-response: 2d}
                """, in: running)
            let report = try running.run("report", "--policy", good, "--csv")
            #expect(report.exitCode == 0, "\(report.errors)")
            let lines = report.output.split(separator: "\n")
            #expect(
                lines.count == 3
                    && lines[1].hasPrefix("all,all,3,0,0,0,0,0,0,0,0,0,1,0,0,0,,,0,0,0,3,,,0,0,0,0"),
                "\(lines)")
            let twice = try running.run("report", "--by", "all,all")
            #expect(twice.output.matches(of: /all +3 +0/).count == 1, "\(twice.output)")
            #expect(twice.output.contains("Times at a CLOCK are of business"))
            for (text, word) in [
                ("zone: Europe/Atlantis", "Europe/Atlantis"), ("opened: {}", "opened"),
                ("open: {funday: \"9:00-17:00\"}", "funday"), ("open: {monday: \"9-17\"}", "9-17"),
                ("open: {monday: \"9:00-12:00, 11:00-17:00\"}", "overlap"),
                ("open: {monday: \"9:00-17:00\"}\nholidays: [2026-02-30]", "2026-02-30"),
                ("promises: [{name: a, resolution: 5 weeks}]", "5 weeks"),
                ("promises: [{name: a, priorities: [huge]}]", "huge"),
            ] {
                let bad = try running.run("report", "--policy", policy(text, in: running))
                bad.expectError(64, word)
            }
        }
    }

    @Test func `a report says what the list of late tickets says, and may ask of another desk`() throws {
        let desk = try TestDesk()
        let lines = "lines: [{name: line-one}]\nestimates: true\n"
        let path = "\(desk.folder)/desk.yaml"
        let promises = "promises: [{name: swift, first-response: 1s, lines: {line-one: 1s}}]"
        try Data("\(lines)\(promises)".utf8).write(to: URL(fileURLWithPath: path))
        desk.brokerArguments = ["--desk", path]
        let running = RunningDesk(desk)
        defer { running.end() }
        try running.broker()
        for _ in 0..<3 { try running.submitOne() }
        func report(_ arguments: String...) throws -> [String: Any] {
            let json = try running.desk.run(["report", "--by", "all", "--json"] + arguments).json()
            return try #require((json["rows"] as? [[String: Any]])?.first)
        }
        func broken(_ row: [String: Any]) -> Int? {
            (row["firstResponse"] as? [String: Any])?["broken"] as? Int
        }
        try running.wait("the desk says that all of them are late") {
            try (1...3).allSatisfy {
                try running.run("ticket", "history", "\($0)", "--json").output.contains("\"broken\"")
            }
        }
        let row = try report()
        let list = try running.run("ticket", "list", "--overdue", "--json").json()
        #expect((list["tickets"] as? [[String: Any]])?.count == 3)
        #expect((row["overdue"] as? Int, row["breached"] as? Int) == (3, 3))
        #expect(broken(row) == 3)
        let onLines = try #require(row["lines"] as? [[String: Any]])
        #expect(onLines.map { $0["line"] as? String } == ["line-one"])
        let longer = try policy("\(lines)promises: [{name: slow, first-response: 2d}]\n", in: running)
        #expect(try broken(report("--policy", longer)) == 0)
        let wrong = try policy("\(lines)promise: []\n", in: running)
        try running.run("report", "--policy", wrong).expectError(64, "did you mean `promises`")
    }

    @Test func `wrong arguments are explained`() throws {
        try withDesk { running in
            try running.broker()
            try running.submitOne()
            try running.run("report", "--by", "moon").expectError(64, "moon")
            try running.run("report", "--from", "2026-13-01").expectError(64, "2026-13-01")
            try running.run("report", "--from", "2026-02-02", "--to", "2026-02-01").expectError(64, "--from")
            try running.run("report", "--json", "--csv").expectError(64, "--csv")
            let none = try running.run("report", "--to", "2000-01-01")
            #expect(none.exitCode == 0 && none.output.contains("no ticket"))
        }
    }

    private func policy(_ text: String, in running: RunningDesk) throws -> String {
        let path = "\(running.desk.folder)/policy.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
