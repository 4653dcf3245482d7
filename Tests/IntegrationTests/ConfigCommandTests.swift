import Foundation
import Rig
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct ConfigCommandTests {
    @Test func `check says all that is wrong, with line and column and what may have been meant`() throws {
        let desk = try TestDesk()
        defer { desk.deleteFolder() }
        for (text, places) in [
            ("line: []", ["1:1: `line`: there is no such key; did you mean `lines`?", "`lines` is missing"]),
            ("lines:\n  - name: a\n    lease: 15 min", ["3:12:", "did you mean `15m`?"]),
            ("lines:\n  - name: a\n    leese: 15m", ["3:5:", "did you mean `lease`?"]),
            ("lines:\n  - name: a\n    answers-escalated: perhaps", ["3:24:", "true or false"]),
            ("lines:\n  - name: a\n    name: b", ["2:5:", "`name` is there twice"]),
            ("lines:\n  - name: a\n  - name: a", ["3:11:", "the line a is there twice"]),
            ("lines:\n  - name: line-one\n    next: line-tow\n  - name: line-two", ["3:11:", "`line-two`?"]),
            ("lines:\n  - name: a\n    next: b\n  - name: b\n    next: a", ["3:11:", "circle: a → b → a"]),
            ("lines:\n  - name: a\n    head-start: {urgnt: 1h}", ["3:18:", "did you mean `urgent`?"]),
            ("lines:\n  - name: a\n    lease: 5d", ["3:12:", "is not from"]),
            ("lines: all", ["1:8:", "must be a list"]),
            ("lines: []", ["1:8:", "at least one line"]),
            ("zone: Europe/Berln\nlines: [{name: a}]", ["1:7:", "did you mean `Europe/Berlin`?"]),
            ("open: {mondy: \"9:00-17:00\"}\nlines: [{name: a}]", ["1:15:", "did you mean `monday`?"]),
            ("promises: [{name: p, priorities: [hig]}]\nlines: [{name: a}]", ["did you mean `high`?"]),
            ("promises: [{name: p, lines: {b: 1h}}]\nlines: [{name: a}]", ["there is no line b"]),
            ("lines: [{name: a}]\nrules:\n  - {name: r, line: b}", ["3:21:", "`rules.0.line`", "no line b"]),
            (
                "lines: [{name: a}]\nrules: [{name: r, if: {chanels: [x]}, stop: true}]",
                ["did you mean `channels`?"]
            ),
            (
                "lines: [{name: a}]\nrules: [{name: r, if: {weekdays: mondy}, line: a}]",
                ["2:34:", "`monday`?"]
            ),
            ("lines: [{name: a}]\nrules: [{name: r, if: {words: ['!']}, line: a}]", ["2:31:", "no word in"]),
            ("lines: [{name: a, policy: prioritty}]", ["1:27:", "did you mean `priority`?"]),
            ("lines: [{name: a, policy: deadline}]", ["1:27:", "write `promises`"]),
            ("lines: [{name: a, policy: shortest-first}]", ["1:27:", "`effort`"]),
            ("lines: [{name: a, ageing: 2y}]", ["1:27:", "`lines.0.ageing`"]),
            ("lines: [{name: a, effort-factor: 0}]", ["1:34:", "not from 1 to 1000"]),
            ("lines: [{name: a}]\nrules: [{name: r, if: {hours: shut}, line: a}]", ["one of open, closed"]),
            (
                "lines: [{name: a}]\nrules: [{name: r, status: closed, stop: true}]",
                ["2:27:", "on-hold, solved"]
            ),
            (
                "lines: [{name: a}]\nrules: [{name: r, spam: true, status: solved}]",
                ["2:39:", "spam is set apart"]
            ),
            (
                "lines: [{name: a}]\nrules: [{name: r, template: hi}]",
                ["2:29:", "this needs `acknowledgement`"]
            ),
            ("lines: [{name: a}]\nseats: full", ["2:8:", "`full` is not known: write `whole`"]),
            ("lines: [", ["no YAML"]), ("", ["empty"]), ("lines:\n\t- a", ["2:1:"]),
        ] {
            let outcome = try desk.run(["config", "check", write(text, in: desk)], data: false)
            #expect(outcome.exitCode == 64, "\(text): \(outcome.output)\(outcome.errors)")
            for place in places {
                #expect(outcome.output.contains(place), "\(text): \(outcome.output)\(outcome.errors)")
            }
        }
        let path = try write("lines:\n  - name: a\n    lease: x\n    next: b\n    what: 1", in: desk)
        let report = try desk.run(["config", "check", path, "--json"], data: false).json()
        let findings = report["findings"] as? [[String: Any]] ?? []
        #expect(findings.map { $0["line"] as? Int } == [3, 4, 5])
        #expect(findings.map { $0["key"] as? String } == ["lines.0.lease", "lines.0.next", "lines.0.what"])
    }

    @Test func `tickets take their usual share of a seat, unless the file says whole`() throws {
        try withDesk { running in
            try running.broker()
            let lines = "lines: [{name: line-one, next: line-two}, {name: line-two}]"
            let usual = try running.run("config", "diff", write(lines, in: running.desk))
            for fact in ["seats.chat", "1/4", "seats.call", "all", "seats.ticket", "1/2"] {
                #expect(usual.output.contains(fact), "\(usual.output)\(usual.errors)")
            }
            let whole = try running.run("config", "diff", write(lines + "\nseats: whole", in: running.desk))
            #expect(!whole.output.contains("seats"), "\(whole.output)\(whole.errors)")
        }
    }

    @Test
    func `check tells for how long a ticket may be overtaken on each line, and where that has no bound`()
        throws
    {
        let desk = try TestDesk()
        defer { desk.deleteFolder() }
        let text = """
            promises: [{name: all, first-response: 4h}]
            lines:
              - {name: a, head-start: {urgent: 3h}, ageing: 2h}
              - {name: b, policy: fifo}
              - {name: c, policy: deadline}
              - {name: d, policy: deadline, ageing: 1d}
              - {name: e, policy: shortest-first, effort-factor: 2}
            kinds: [{name: quick, effort: 5m}, {name: long, effort: 1h}]
            """
        let path = try write(text, in: desk)
        let outcome = try desk.run(["config", "check", path], data: false)
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        for words in [
            "a, by priority: overtaken by later ones for at most: low 2h, normal 2h, high 2h, urgent 0s",
            "b, by fifo: overtaken by later ones for at most: low 0s,",
            "c, by deadline: a ticket may be overtaken for ever",
            "d, by deadline: overtaken by later ones for at most: low 1d,",
            "e, by shortest-first: overtaken by later ones for at most: low 1h50m,",
        ] {
            #expect(outcome.output.contains(words), "\(outcome.output)")
        }
        let report = try desk.run(["config", "check", path, "--json"], data: false).json()
        let bounds = report["bounds"] as? [[String: Any]] ?? []
        #expect(bounds.count == 20)
        #expect(
            bounds.filter { $0["boundMs"] == nil }.compactMap { $0["line"] as? String } == [
                "c", "c", "c", "c",
            ])
    }

    @Test(arguments: ["shop", "flat-pool"])
    func `the examples are sound, and a desk starts with them`(_ name: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Cluster/desks/\(name).yaml").path
        let desk = try TestDesk()
        desk.brokerArguments = ["--desk", path]
        let running = RunningDesk(desk)
        defer { running.end() }
        let check = try desk.run(["config", "check", path], data: false)
        #expect(check.exitCode == 0, "\(check.output)")
        try running.broker()
        _ = try running.submitOne()
        let difference = try running.run("config", "diff", path, "--json")
        #expect(try difference.json()["version"] as? Int == 1, "\(difference.errors)")
        #expect((try difference.json()["changes"] as? [Any])?.isEmpty == true)
        let shown = try running.run("config", "show")
        #expect(shown.output == (try String(contentsOfFile: path, encoding: .utf8)) + "\n")
        try running.expectClean()
    }

    @Test func `a running desk is given another configuration, and keeps every version`() throws {
        try withDesk { running in
            try running.broker()
            for _ in 0..<3 { try running.submitOne() }
            let history = try running.run("config", "history")
            #expect(history.output.contains("as its broker was started"), "\(history.errors)")
            let first = try write(
                """
                lines:
                  - {name: line-one, next: line-two, lease: 3m}
                  - {name: line-two, lease: 15m}
                  - {name: claims}
                """, in: running.desk)
            let applied = try running.run("config", "apply", first, "--reason", "claims get their own line")
            #expect(applied.exitCode == 0, "\(applied.errors)")
            #expect(applied.output.contains("Version 0 → 1."))
            #expect(applied.output.contains("+ lines.claims.lease: 3m"), "\(applied.output)")
            #expect(applied.output.contains("~ lines.line-two.lease: 2s → 15m"), "\(applied.output)")
            // The same again changes nothing; a line that tickets are on stays.
            let again = try running.run("config", "apply", first, "--reason", "r")
            #expect(again.exitCode == 0 && again.output.contains("nothing was changed"), "\(again.errors)")
            let without = try write("lines: [{name: claims}]", in: running.desk, "without.yaml")
            let refused = try running.run("config", "apply", without, "--reason", "r")
            refused.expectError(1, "line-in-use", "3 are on it", "keep the line")
            // An agent may look and not touch.
            let key = "\(running.desk.folder)/keys/agent.key"
            let changed = try write("lines: [{name: line-one}, {name: line-two}]", in: running.desk, "b.yaml")
            try running.run("config", "apply", changed, "--reason", "r", "--key", key).expectError(77)
            try running.run("config", "apply", changed, "--reason", "r", "--basis", "0")
                .expectError(1, "other-version")
            let second = try running.run(
                "config", "apply", changed, "--reason", "no claims", "--as", "ida", "--json")
            #expect(try second.json()["before"] as? Int == 1, "\(second.errors)")
            #expect(try second.json()["after"] as? Int == 2)
            let report = try running.run("config", "history", "--json").json()
            let versions = report["versions"] as? [[String: Any]] ?? []
            #expect(versions.map { $0["reason"] as? String } == ["claims get their own line", "no claims"])
            #expect(versions.map { $0["key"] as? String } == ["admin", "admin"])
            #expect(versions.map { $0["agent"] as? String } == ["tester", "ida"], "whoever did it, by name")
            let changes = versions.last?["changes"] as? [[String: Any]] ?? []
            #expect(changes.contains { $0["key"] as? String == "lines.claims.lease" && $0["after"] == nil })
            #expect(try running.run("config", "show", "1").output.contains("{name: claims}"))
            try running.run("config", "show", "3").expectError(1, "there is no version 3")
            try running.expectClean()
        }
    }

    @Test func `a desk comes back as it was configured, whatever its broker is started with`() throws {
        try withDesk { running in
            let broker = try running.broker()
            let file = try write("lines: [{name: front, lease: 4m}]", in: running.desk)
            let applied = try running.run("config", "apply", file, "--reason", "one line")
            #expect(applied.exitCode == 0, "\(applied.errors)")
            #expect(broker.terminate() == 0)
            try running.broker()
            let stats = try running.run("stats", "--json")
            #expect(stats.output.contains("front") && !stats.output.contains("line-one"), "\(stats.output)")
            _ = try running.submitOne()
            try running.expectClean()
        }
    }

    private func write(_ text: String, in desk: TestDesk, _ name: String = "desk.yaml") throws -> String {
        let path = "\(desk.folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}

extension TestDesk {
    /// Runs a command that needs no desk.
    fileprivate func run(_ arguments: [String], data: Bool) throws -> Outcome {
        try Outcome.of(program, arguments, environment: ["USER": "tester"])
    }
}
