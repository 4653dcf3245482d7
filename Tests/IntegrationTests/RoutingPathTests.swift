import Foundation
import Rig
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct RoutingPathTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func submit(_ running: RunningDesk, _ body: String) throws -> Outcome {
        try running.run("submit", "--channel", "mail", "--customer", "c", "--subject", "", "--body", body)
    }

    @Test func `the shop sends Russian and English requests where its rules say, and can tell why`() throws {
        let shop = Self.root.appendingPathComponent("Cluster/desks/shop.yaml").path
        let desk = try TestDesk()
        desk.brokerArguments = ["--desk", shop]
        let running = RunningDesk(desk)
        defer { running.end() }
        try running.broker()
        for body in ["Верните деньги за заказ", "I want a refund", "Где мой заказ?", "Жалоба на курьера"] {
            #expect(try submit(running, body).exitCode == 0)
        }
        let expected: [(line: String, priority: String, tags: [String], kind: String?)] = [
            ("claims", "normal", ["ru"], "refund"), ("claims", "normal", ["en"], "refund"),
            ("line-one", "normal", ["ru"], nil), ("claims", "high", ["ru", "complaint"], nil),
        ]
        try running.wait("the view has them") { try running.run("ticket", "show", "4").exitCode == 0 }
        for (index, wanted) in expected.enumerated() {
            let ticket = try running.run("ticket", "show", "\(index + 1)", "--json").json()
            #expect(ticket["line"] as? String == wanted.line)
            #expect(ticket["priority"] as? String == wanted.priority)
            #expect(ticket["tags"] as? [String] == wanted.tags)
            #expect(ticket["kind"] as? String == wanted.kind)
        }
        let history = try running.run("ticket", "history", "4")
        #expect(
            history.output.contains(
                "to claims, high, over mail (sent as normal), by rules russian, complaints, for disputes 2, "
                    + "3 others of its customer open"))
        let why = try running.run("ticket", "why", "2", "--json").json()
        #expect(why["rules"] as? [String] == ["english", "refunds"])
        let standing = try #require(why["standing"] as? [String: Any])
        #expect(standing["line"] as? String == "claims" && standing["ahead"] as? Int == 1)
        #expect(standing["policy"] as? String == "deadline")
        let words = try running.run("ticket", "why", "2")
        #expect(words.output.contains("waits in claims since"), "\(words.output)\(words.errors)")
        #expect(words.output.contains("rules english, refunds fired"), "\(words.output)")
        #expect(words.output.contains("By deadline it counts as if it had come"), "\(words.output)")
        // The complaint is more urgent, but the same was promised for it, and later.
        #expect(words.output.contains("1 ticket comes before it"), "\(words.output)")
        #expect(words.output.contains("No node serves its line now."), "\(words.output)")
        let not = try running.run("ticket", "why-not", "2", "--node", "n1")
        #expect(not.output.contains("n1: no node of this name is connected"), "\(not.output)\(not.errors)")
        #expect(try running.run("ticket", "claim", "2", "--as", "olga").exitCode == 0)
        let held = try running.run("ticket", "why-not", "2", "--node", "n1", "--json").json()
        let nodes = try #require(held["nodes"] as? [[String: Any]])
        let reasons = (nodes.first?["reasons"] as? [[String: Any]])?.map { $0["word"] as? String }
        #expect(reasons == ["held", "absent"])
        try running.run("ticket", "why", "9").expectError(1, "unknown-ticket")
        try running.expectClean()
    }

    @Test func `rules answer at once and set tickets aside, and their customers bring those back`() throws {
        let desk = try TestDesk()
        let file = "\(desk.folder)/desk.yaml"
        try """
        lines: [{name: line-one}]
        acknowledgement: {text: "Request {number}.", channels: [mail]}
        rules:
          - {name: away, if: {subject-words: [out of office]}, status: solved, stop: true}
          - name: orders
            if: {words: [order*, заказ*]}
            template: {ru: "Предзаказ {number}.", en: "Order {number}."}
            status: on-hold
        """.write(toFile: file, atomically: true, encoding: .utf8)
        desk.brokerArguments = ["--desk", file]
        let running = RunningDesk(desk)
        defer { running.end() }
        let broker = try running.broker()
        for (subject, body) in [
            ("", "Where is my money?"), ("", "An order"), ("", "Мой заказ"), ("Out of office", "Until May"),
            ("", "Another order"),
        ] {
            let sent = try running.run(
                "submit", "--channel", "mail", "--customer", "c", "--subject", subject, "--body", body)
            #expect(sent.exitCode == 0, "\(sent.errors)")
        }
        func letters() throws -> [String] {
            let letters = try running.run("outbox", "--json").json()["letters"] as? [[String: Any]] ?? []
            return letters.compactMap { $0["text"] as? String }
        }
        let told = ["Request 1.", "Order 2.", "Предзаказ 3.", "Request 4.", "Order 5."]
        try running.wait("the view has all letters") { try letters() == told }
        func statuses() throws -> [String?] {
            let list = try running.run("ticket", "list", "--json").json()
            return (list["tickets"] as? [[String: Any]] ?? []).map { $0["status"] as? String }
        }
        #expect(try statuses() == ["new", "on-hold", "on-hold", "solved", "on-hold"])
        let history = try running.run("ticket", "history", "2")
        #expect(history.output.contains("on-hold, by rule orders"), "\(history.output)")

        // Whoever has free seats gets none of them, also from a broker that reads its log again.
        broker.kill()
        try running.broker()
        try running.node("n1", line: "line-one", ["--service-ms", "1", "--escalation-share", "0"])
        try running.wait("the first is worked") { try statuses().first != "new" }
        #expect(try statuses().dropFirst() == ["on-hold", "on-hold", "solved", "on-hold"])
        #expect(try running.run("ticket", "claim", "2", "--as", "olga").exitCode == 0)
        for number in ["3", "4"] {
            #expect(try running.run("submit", "--ticket", number, "--body", "And now?").exitCode == 0)
        }
        try running.wait("those who wrote again are worked") {
            try letters().count == told.count + 3
        }
        #expect(try statuses()[1] == "open" && statuses()[4] == "on-hold")
        try running.expectClean()
    }

    @Test func `rules are tried on past tickets, and change nothing`() throws {
        try withDesk { running in
            try running.broker()
            let sample = Self.root.appendingPathComponent("Cluster/sample/requests.jsonl").path
            #expect(try running.run("submit", "--jsonl", sample).exitCode == 0)
            let path = "\(running.desk.folder)/rules.yaml"
            let file = """
                lines: [{name: line-one}, {name: line-two}, {name: claims}]
                rules:
                  - {name: refunds, if: {kinds: [get_refund, track_refund]}, line: claims, stop: true}
                  - {name: complaints, if: {kinds: [complaint]}, priority: urgent}
                  - {name: chat, if: {channels: [chat]}, tags: [chat]}
                  - {name: never, if: {channels: [telegraph]}, tags: [old]}
                """
            try Data(file.utf8).write(to: URL(fileURLWithPath: path))
            // The same, counted from the file itself.
            let requests = try String(contentsOfFile: sample, encoding: .utf8).split(separator: "\n").map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            func count(_ key: String, _ values: Set<String>, _ isAmong: Bool = true) -> [[String: Any]] {
                requests.filter { values.contains($0[key] as? String ?? "") == isAmong }
            }
            let refunds = count("kind", ["get_refund", "track_refund"]).count
            let complaints = count("kind", ["complaint"]).count
            let chats = count("channel", ["chat"]).filter {
                !["get_refund", "track_refund"].contains($0["kind"] as? String ?? "")
            }.count
            #expect(refunds > 0 && complaints > 0 && chats > 0)
            let outcome = try running.run("config", "rules", path, "--json")
            let report = try outcome.json()
            #expect(report["tickets"] as? Int == requests.count, "\(outcome.errors)")
            let rules = report["rules"] as? [[String: Any]] ?? []
            #expect(rules.map { $0["fired"] as? Int } == [refunds, complaints, chats, 0])
            #expect(report["neverFired"] as? [String] == ["never"])
            let lines = report["lines"] as? [[String: Any]] ?? []
            #expect(lines.map { $0["before"] as? Int } == [requests.count, 0, 0])
            #expect(lines.map { $0["after"] as? Int } == [requests.count - refunds, 0, refunds])
            let table = try running.run("config", "rules", path)
            #expect(table.output.contains("Never fired: never."), "\(table.output)\(table.errors)")
            try running.expectClean()
        }
    }
}
