import Foundation
import Rig
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct TicketPathTests {
    @Test func `requests go through line one, line two and back, and every figure agrees`() throws {
        try withDesk { running in
            try running.broker()
            try running.coordinator()
            let simulated = ["--handler", "simulated", "--service-ms", "5", "--escalation-share", "0.4"]
            try running.node("one", line: "line-one", seats: 8, simulated)
            try running.node("two", line: "line-two", simulated)
            let requests = (1...100).map {
                #"{"id":"r\#($0)","channel":"web","customer":"c\#($0)","subject":"s","body":"Where is \#($0)?"}"#
            }
            let file = "\(running.desk.folder)/requests.jsonl"
            try Data(requests.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
            let submitted = try running.run("submit", "--jsonl", file, "--json")
            #expect(submitted.exitCode == 0, "\(submitted.errors)")
            #expect(try submitted.json()["accepted"] as? Int == 100)
            // The same file again changes nothing: each line has an id.
            #expect(try running.run("submit", "--jsonl", file, "--json").json()["accepted"] as? Int == 100)
            try running.wait("all solved") {
                let totals = try running.totals()
                return totals["solved"] as? Int == 100
            }
            let totals = try running.totals()
            #expect(totals["submitted"] as? Int == 100)
            #expect(totals["escalated"] as? Int ?? 0 >= 20)
            #expect(totals["escalated"] as? Int == totals["handedBack"] as? Int)
            #expect(totals["replies"] as? Int == 100)
            let report = try running.run("report", "--by", "all,line", "--json")
            let rows = try report.json()["rows"] as? [[String: Any]] ?? []
            #expect(rows.map { $0["key"] as? String } == ["all", "line-one"], "\(report.errors)")
            for row in rows {
                #expect(row["requests"] as? Int == 100)
                #expect(row["solved"] as? Int == 100)
                #expect(row["escalated"] as? Int == totals["escalated"] as? Int)
                #expect(row["handedBack"] as? Int == totals["handedBack"] as? Int)
                #expect((row["resolution"] as? [String: Any])?["kept"] as? Int == 100)
            }
            try running.expectClean()
        }
    }

    @Test func `a person takes a ticket, reads, answers and solves it, and its history says so`() throws {
        try withDesk { running in
            try running.broker()
            let submit = try running.run(
                "submit", "--channel", "mail", "--customer", "anna@example.com", "--subject", "Refund",
                "--body",
                "I want my money back.", "--json")
            #expect(submit.exitCode == 0, "\(submit.errors)")
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            let second = try running.run("ticket", "claim", "1", "--as", "pavel")
            second.expectError(1, "olga")
            #expect(
                try running.run("ticket", "note", "1", "is a good customer", "--as", "olga").exitCode == 0)
            let reply = try running.run("ticket", "reply", "1", "You will have it tomorrow.", "--as", "olga")
            #expect(reply.exitCode == 0, "\(reply.errors)")
            let resolve = try running.run("ticket", "resolve", "1", "--as", "olga")
            #expect(resolve.exitCode == 0, "\(resolve.errors)")
            let history = try running.run("ticket", "history", "1")
            for word in ["submitted", "claimed", "noted", "replied", "resolved"] {
                #expect(history.output.contains(word), "\(history.output)")
            }
            let late = try running.run("ticket", "reply", "1", "One more thing", "--as", "olga")
            late.expectError(1, "1")
            try running.expectClean()
        }
    }

    @Test func `a reply past the customer's last words is held back`() throws {
        try withDesk { running in
            try running.broker()
            _ = try running.submitOne("first")
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            let follow = try running.run("submit", "--ticket", "1", "--body", "Wait, one more thing.")
            #expect(follow.exitCode == 0, "\(follow.errors)")
            let reply = try running.run("ticket", "reply", "1", "Done.", "--as", "olga")
            reply.expectError(1, "2")
            #expect(try running.run("ticket", "show", "1", "--as", "olga").output.contains("one more thing"))
            #expect(try running.run("ticket", "reply", "1", "Done, both.", "--as", "olga").exitCode == 0)
        }
    }

    @Test func `any program works tickets, and one that fails gives them back until they are parked`() throws
    {
        try withDesk { running in
            try running.broker()
            let good = "\(running.desk.folder)/good.sh"
            try Data(
                "#!/bin/sh\ncat >/dev/null\nprintf '{\"decision\":\"resolve\",\"reply\":\"Solved by a script.\"}'\n"
                    .utf8
            )
            .write(to: URL(fileURLWithPath: good))
            #expect(chmod(good, 0o755) == 0)
            let node = try running.node("exec", line: "line-one", ["--handler", "exec", "--command", good])
            _ = try running.submitOne()
            try running.wait("solved by the program") { try running.totals()["solved"] as? Int == 1 }
            #expect(node.terminate() == 0)
            try running.node("broken", line: "line-one", ["--handler", "exec", "--command", "/bin/false"])
            _ = try running.submitOne()
            try running.wait("parked") {
                try running.run("ticket", "list", "--place", "parked", "--json").output.contains(
                    "\"number\":2")
            }
            try running.expectClean()
        }
    }

    @Test func `a program that is gone costs no ticket its place, and work goes on when it is back`() throws {
        try withDesk { running in
            try running.broker()
            let path = "\(running.desk.folder)/worker.sh"
            func make() throws {
                try Data("#!/bin/sh\ncat >/dev/null\necho '{\"decision\":\"resolve\"}'\n".utf8)
                    .write(to: URL(fileURLWithPath: path))
                #expect(chmod(path, 0o755) == 0)
            }
            let options = [
                "node", "--data", running.desk.folder, "--name", "n", "--line", "line-one", "--command", path,
            ]
            try Outcome.of(running.desk.program, options).expectError(66, "does not exist", "--command")
            try make()
            let node = try running.node("n", line: "line-one", ["--command", path])
            try FileManager.default.removeItem(atPath: path)
            for _ in 0..<6 { _ = try running.submitOne() }
            try running.wait("it says so") {
                try running.desk.log(of: "n").contains("no ticket can be worked")
            }
            try running.wait("all are back") { try running.totals()["waiting"] as? Int == 6 }
            let list = try running.run("ticket", "list", "--json").json()
            let tickets = list["tickets"] as? [[String: Any]] ?? []
            #expect(tickets.map { $0["failures"] as? Int } == Array(repeating: 0, count: 6))
            try make()
            try running.wait("solved") { try running.totals()["solved"] as? Int == 6 }
            #expect(node.terminate() == 0)
            #expect(try running.desk.log(of: "n").components(separatedBy: " error ").count == 2)
            try running.expectClean()
        }
    }

    @Test func `people's commands find a broker and a coordinator that were started by themselves`() throws {
        try withDesk { running in
            let file = "\(running.desk.folder)/endpoints.json"
            try FileManager.default.removeItem(atPath: file)
            let broker = try running.broker()
            try running.coordinator()
            _ = try running.submitOne()
            let stats = try running.run("stats")
            #expect(stats.exitCode == 0 && stats.errors.isEmpty, "the coordinator answered: \(stats.errors)")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.contains("http://127.0.0.1:\(running.desk.httpPort)"), "\(text)")
            // Somewhere else the next time.
            #expect(broker.terminate() == 0)
            let other = "tcp://0.0.0.0:\(try TestDesk.freePort())"
            let moved = try ChildProcess(
                "broker", program: running.desk.program,
                arguments: [
                    "broker", "--data", running.desk.folder, "--endpoint", other, "--coordinator", "none",
                    "--exit-with-parent",
                ])
            defer { moved.kill() }
            _ = try moved.waitUntilReady()
            let list = try running.run("ticket", "list")
            #expect(list.exitCode == 0, "\(list.errors)")
        }
    }

    @Test func `the coordinator shows the desk to Prometheus`() throws {
        try withDesk { running in
            try running.broker()
            try running.coordinator()
            _ = try running.submitOne()
            let url = "http://127.0.0.1:\(running.desk.httpPort)/metrics"
            try running.wait("the ticket in /metrics") {
                let answer = try Outcome.of("/usr/bin/curl", ["-sS", "--max-time", "5", url])
                return answer.output.contains("switchboard_tickets_submitted_total 1")
            }
        }
    }
}
