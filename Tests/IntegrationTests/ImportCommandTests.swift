import Foundation
import Rig
import Testing

/// Whole files of other desks' histories, against what a few lines of Python make of the same files.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ImportCommandTests: ProgramTests {
    /// Beside the project, because the files are larger than it; see Sources/switchboard/Import for what they are.
    private static func data(_ path: String) -> String? {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let found = project.appending(path: "../shared/data/\(path)").standardizedFileURL.path
        return FileManager.default.fileExists(atPath: found) ? found : nil
    }

    private static let incidents = data("incidents/service_desk_incidents.csv")
    private static let threads = data("threads/stripe_support_chat.csv")

    @Test(.enabled(if: incidents != nil, "SKIPPED: the incidents' file is not in ../shared/data"))
    func `13,302 incidents: the report says what the file says`() throws {
        let file = try #require(Self.incidents)
        try withFolder { folder in
            let desk = "\(folder)/desk"
            let done = try run(["import", "incidents", file, "--data", desk, "--json"])
            #expect(done.exitCode == 0, "\(done.errors)")
            #expect(try done.json()["tickets"] as? Int == 13_302)
            try expectClean(desk)
            let policy = try write(
                """
                promises:
                  - {name: critical, priorities: [urgent], resolution: 4h}
                  - {name: high, priorities: [high], resolution: 8h}
                  - {name: others, resolution: 5d}
                """, to: "\(folder)/policy.yaml")
            let report = try run([
                "report", "--data", desk, "--policy", policy, "--json", "--by",
                "all,priority,channel,tag,agent,kind,hour,weekday",
            ])
            try expectSame(try rows(report), as: Self.incidentFigures, file)
            // The view and the log give the same: without the view all of the log is read.
            try FileManager.default.removeItem(atPath: "\(desk)/view.sqlite")
            let fromLog = try run([
                "report", "--data", desk, "--policy", policy, "--json", "--by",
                "all,priority,channel,tag,agent,kind,hour,weekday",
            ])
            #expect(fromLog.errors.contains("all of the log"))
            #expect(fromLog.output == report.output)
        }
    }

    @Test(.enabled(if: threads != nil, "SKIPPED: the threads' file is not in ../shared/data"))
    func `a chat: first answers come when the marked links say`() throws {
        let file = try #require(Self.threads)
        try withFolder { folder in
            let desk = "\(folder)/desk"
            let done = try run(["import", "threads", file, "--data", desk, "--json"])
            #expect(done.exitCode == 0, "\(done.errors)")
            try expectClean(desk)
            var all: [String: [String: Int]] = [:]
            // Each target splits the tickets elsewhere: together they pin every first answer.
            for target in ["10s", "30s", "1m", "2m", "5m", "10m", "30m", "1h"] {
                let policy = try write(
                    "promises: [{name: all, first-response: \(target)}]", to: "\(folder)/policy.yaml")
                let report = try run([
                    "report", "--data", desk, "--policy", policy, "--json", "--by", "all",
                ])
                all["\(target)"] = try rows(report)["all all"]
            }
            try expectSame(all, as: Self.threadFigures, file)
        }
    }

    @Test func `a desk that has a history takes no other, and a bad file makes none`() throws {
        try withFolder { folder in
            let desk = "\(folder)/desk"
            let head = "channel,log,msg,timestamp,user,text,reply_to,thread\n"
            let good = try write(
                head + "chat,0,1,2019-09-04T10:00:00,mia,hello,,t1\n", to: "\(folder)/good.csv")
            #expect(try run(["import", "threads", good, "--data", desk]).exitCode == 0)
            try run(["import", "threads", good, "--data", desk]).expectError(64, "new folder")
            let bad = try write(head + "chat,0,1,yesterday,mia,hello,,t1\n", to: "\(folder)/bad.csv")
            try run(["import", "threads", bad, "--data", "\(folder)/other"]).expectError(64, "yesterday")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/other"))
            try run(["import", "incidents", good, "--data", "\(folder)/other"]).expectError(64, "opened_at")
        }
    }

    @Test func `the past is shown as it was, by position and by moment`() throws {
        try withFolder { folder in
            let desk = "\(folder)/desk"
            let lines = [
                "channel,log,msg,timestamp,user,text,reply_to,thread",
                "chat,0,1,2019-09-04T10:00:00,mia,How do I refund?,,t1",
                "chat,0,2,2019-09-04T10:01:00,kim,Like this.,1,t1",
                "chat,0,3,2019-09-04T11:00:00,leo,Another,,t2",
            ]
            let file = try write(lines.joined(separator: "\n"), to: "\(folder)/chat.csv")
            #expect(try run(["import", "threads", file, "--data", desk]).exitCode == 0)
            let early = try run([
                "replay", "--data", desk, "--at", "2019-09-04T10:00:30", "--ticket", "1", "--json",
            ]).json()
            #expect(early["position"] as? Int == 1 && early["waiting"] as? Int == 1)
            let entries = (early["ticket"] as? [String: Any])?["entries"] as? [[String: Any]]
            #expect(entries?.count == 1 && entries?.first?["text"] as? String == "How do I refund?")
            let claimed = try run(["replay", "--data", desk, "--at", "2", "--json"]).json()
            #expect(claimed["claimed"] as? Int == 1)
            #expect((claimed["holders"] as? [String: [Int]])?["kim"] == [1])
            let end = try run(["replay", "--data", desk, "--json"]).json()
            #expect(end["submitted"] as? Int == 2 && end["solved"] as? Int == 1)
            #expect(end["digest"] as? String != early["digest"] as? String)
            try run(["replay", "--data", desk, "--at", "999"]).expectError(64, "999")
            try run(["replay", "--data", desk, "--at", "noon"]).expectError(64, "noon")
            try run(["replay", "--data", desk, "--at", "1", "--ticket", "2"]).expectError(1, "ticket 2")
        }
    }

    // MARK: - By other means

    /// Prints, for each group, what the report must say: of the same file, without the desk.
    private static let incidentFigures = """
        import csv, sys, json, math, datetime as d
        rows = list(csv.DictReader(open(sys.argv[1])))
        ms = lambda s: int(d.datetime.fromisoformat(s + "+00:00").timestamp() * 1000)
        name = lambda s: "".join(c if c.isalnum() else "-" for c in s.lower())
        words = {"1": "urgent", "2": "high", "3": "normal", "4": "low"}
        days = "monday tuesday wednesday thursday friday saturday sunday".split()
        target = {"1": 4 * 3600000, "2": 8 * 3600000}
        groups = {}
        for r in rows:
            opened = d.datetime.fromisoformat(r["opened_at"])
            moved = r["group_first"] if int(r["reassignments"]) else r["group_last"]
            keys = ["all all", "priority " + words[r["priority_last"][0]], "channel " + name(r["contact_type"]),
                "tag " + ("made-sla" if r["made_sla"] == "true" else "missed-sla"), "kind " + r["category"],
                "agent " + name(moved or "unknown group"),
                "hour %02d" % opened.hour, "weekday " + days[opened.weekday()]]
            for k in keys: groups.setdefault(k, []).append(r)
        out = {}
        for k, rs in groups.items():
            spans = sorted(ms(r["resolved_at"] or r["closed_at"]) - ms(r["opened_at"]) for r in rs)
            late = sum(ms(r["resolved_at"] or r["closed_at"]) - ms(r["opened_at"])
                > target.get(r["priority_last"][0], 5 * 86400000) for r in rs)
            rank = lambda q: spans[max(1, math.ceil(q * len(spans))) - 1]
            out[k] = {"requests": len(rs), "solved": len(rs), "reassigned": sum(int(r["reassignments"]) for r in rs),
                "reopenings": sum(int(r["reopens"]) for r in rs), "reopened": sum(int(r["reopens"]) > 0 for r in rs),
                "p50": rank(.5), "p90": rank(.9), "broken": late, "inTime": len(rs) - late}
        print(json.dumps(out))
        """

    /// Follows the links from message to message, and not the marked threads that the import reads.
    private static let threadFigures = """
        import csv, sys, json, math, datetime as d
        rows = [r for r in csv.DictReader(open(sys.argv[1])) if r["thread"]]
        key = lambda r: (r["log"], int(r["msg"]))
        up = {key(r): key(r) for r in rows}
        def root(k):
            while up[k] != k: k = up[k]
            return k
        for r in rows:
            for link in r["reply_to"].split():
                a, b = root((r["log"], int(link))), root(key(r))
                up[max(a, b)] = min(a, b)
        by = {}
        for r in rows: by.setdefault(root(key(r)), []).append(r)
        ms = lambda r: int(d.datetime.fromisoformat(r["timestamp"] + "+00:00").timestamp() * 1000)
        end = max(map(ms, rows))
        spans, waits = [], []
        for k, rs in by.items():
            rs.sort(key=key)
            other = [r for r in rs if r["user"] != rs[0]["user"]]
            if other: spans.append(ms(other[0]) - ms(rs[0]))
            else: waits.append(end - ms(rs[0]))
        spans.sort()
        rank = lambda q: spans[max(1, math.ceil(q * len(spans))) - 1]
        unit = {"s": 1000, "m": 60000, "h": 3600000}
        out = {}
        for t in "10s 30s 1m 2m 5m 10m 30m 1h".split():
            limit = int(t[:-1]) * unit[t[-1]]
            out[t] = {"requests": len(by), "answered": len(spans), "firstP50": rank(.5), "firstP90": rank(.9),
                "firstInTime": sum(s <= limit for s in spans),
                "firstBroken": sum(s > limit for s in spans + waits)}
        print(json.dumps(out))
        """

    private func expectSame(_ rows: [String: [String: Int]], as program: String, _ file: String) throws {
        let python = try Outcome.of("/usr/bin/python3", ["-c", program, file])
        #expect(python.exitCode == 0, "\(python.errors)")
        let expected =
            try JSONSerialization.jsonObject(with: Data(python.output.utf8)) as? [String: [String: Int]]
        let groups = try #require(expected)
        #expect(Set(rows.keys) == Set(groups.keys))
        for (group, figures) in groups {
            for (figure, value) in figures {
                #expect(rows[group]?[figure] == value, "\(figure) of \(group)")
            }
        }
    }

    // MARK: - Kit

    /// The figures of a report, by grouping and key.
    private func rows(_ report: Outcome) throws -> [String: [String: Int]] {
        #expect(report.exitCode == 0, "\(report.errors)")
        let rows = try #require(try report.json()["rows"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                var figures: [String: Int] = [:]
                for name in ["requests", "answered", "solved", "reopened", "reopenings"] {
                    figures[name] = row[name] as? Int
                }
                figures["reassigned"] = (row["escalations"] as? Int ?? -1) + (row["handBacks"] as? Int ?? -1)
                let resolution = row["resolution"] as? [String: Any] ?? [:]
                (figures["p50"], figures["p90"]) = (resolution["p50Ms"] as? Int, resolution["p90Ms"] as? Int)
                figures["broken"] = resolution["broken"] as? Int
                figures["inTime"] = (resolution["kept"] as? Int ?? -1) + (resolution["warned"] as? Int ?? -1)
                let first = row["firstResponse"] as? [String: Any] ?? [:]
                (figures["firstP50"], figures["firstP90"]) = (first["p50Ms"] as? Int, first["p90Ms"] as? Int)
                figures["firstBroken"] = first["broken"] as? Int
                figures["firstInTime"] = (first["kept"] as? Int ?? -1) + (first["warned"] as? Int ?? -1)
                return ("\(row["by"] ?? "") \(row["key"] ?? "")", figures)
            })
    }

    private func expectClean(_ desk: String) throws {
        let verdict = try run(["verify", "--data", desk, "--json"])
        #expect(try verdict.json()["ok"] as? Bool == true, "\(verdict.output)")
    }
}
