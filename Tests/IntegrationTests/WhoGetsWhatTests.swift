import Foundation
import Rig
import Testing

/// Seats, skills, overflow, fairness and who knows whom, from a desk's file to what its nodes hold.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WhoGetsWhatTests {
    private static let file = """
        lines:
          - {name: line-one, next: line-two}
          - {name: line-two}
          - {name: claims, overflow: {after: 1s, to: line-two}}
          - {name: chats}
        rules:
          - {name: disputes, if: {words: [dispute]}, skills: {disputes: 3}}
          - {name: refunds, if: {words: [refund]}, line: claims}
          - {name: chats, if: {channels: [chat]}, line: chats}
        skills: {"expert-*": {disputes: 4}, "*": {disputes: 1}}
        seats: {chat: 1/2, ticket: all}
        fairness: {free: 1, step: 10m, most: 40m}
        sticky: 1d
        """

    /// A node that keeps whatever it gets for the whole test.
    private static let keeps = [
        "--handler", "simulated", "--service-ms", "600000", "--escalation-share", "0",
    ]

    private func withFile(_ body: (RunningDesk) throws -> Void) throws {
        let desk = try TestDesk()
        let path = "\(desk.folder)/desk.yaml"
        try Data(Self.file.utf8).write(to: URL(fileURLWithPath: path))
        desk.brokerArguments = ["--desk", path]
        let running = RunningDesk(desk)
        defer { running.end() }
        try running.broker()
        try body(running)
        try running.expectClean()
    }

    private func submit(
        _ running: RunningDesk, _ body: String, channel: String = "mail", customer: String = "c"
    ) throws {
        let outcome = try running.run(
            "submit", "--channel", channel, "--customer", customer, "--subject", "", "--body", body)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }

    private func standing(_ running: RunningDesk, _ ticket: Int) throws -> [String: Any] {
        try running.run("ticket", "why", "\(ticket)", "--json").json()["standing"] as? [String: Any] ?? [:]
    }

    /// The words of what keeps a node from a ticket.
    private func obstacles(_ running: RunningDesk, _ ticket: Int, _ node: String) throws -> [String] {
        let answer = try running.run("ticket", "why-not", "\(ticket)", "--node", node, "--json").json()
        let reasons = (answer["nodes"] as? [[String: Any]])?.first?["reasons"] as? [[String: Any]] ?? []
        return reasons.compactMap { $0["word"] as? String }
    }

    @Test func `a node that knows too little does not get the ticket, one that knows enough does`() throws {
        try withFile { running in
            try running.node("novice", line: "line-one", seats: 1, Self.keeps)
            try submit(running, "A dispute about my order")
            try submit(running, "Where is my order?")
            try running.wait("the novice has the second") {
                try standing(running, 2)["holder"] as? String == "novice"
            }
            #expect(try standing(running, 1)["place"] as? String == "waiting")
            #expect(try obstacles(running, 1, "novice").first == "lacks-skill")
            try running.node("expert-1", line: "line-one", seats: 1, Self.keeps)
            try running.wait("the expert has the first") {
                try standing(running, 1)["holder"] as? String == "expert-1"
            }
        }
    }

    @Test func `what nobody takes in time goes on to the line that the file names`() throws {
        try withFile { running in
            try submit(running, "I want a refund")
            #expect(try standing(running, 1)["line"] as? String == "claims")
            try running.wait("it goes on") {
                try standing(running, 1)["line"] as? String == "line-two"
            }
            let history = try running.run("ticket", "history", "1")
            let move = "to line-two, its time on the line was over"
            #expect(history.output.contains(move), "\(history.output)")
            try running.node("two", line: "line-two", seats: 1, Self.keeps)
            try running.wait("line two has it") {
                try standing(running, 1)["holder"] as? String == "two"
            }
        }
    }

    @Test func `two chats fill a seat, and a third waits`() throws {
        try withFile { running in
            try running.node("talker", line: "chats", seats: 1, Self.keeps)
            for body in ["one", "two", "three"] { try submit(running, body, channel: "chat") }
            try running.wait("two are held") {
                try (1...2).allSatisfy { try standing(running, $0)["holder"] as? String == "talker" }
            }
            #expect(try standing(running, 3)["place"] as? String == "waiting")
            #expect(try obstacles(running, 3, "talker") == ["seats-taken"])
        }
    }

    @Test func `a customer's next ticket goes to who solved the last one`() throws {
        try withFile { running in
            let quick = ["--handler", "simulated", "--service-ms", "1", "--escalation-share", "0"]
            let knows = try running.node("knows", line: "line-one", seats: 1, quick)
            try submit(running, "one", customer: "ann")
            try running.wait("the first is solved") { try running.totals()["solved"] as? Int == 1 }
            #expect(knows.terminate() == 0)
            try submit(running, "two", customer: "Ann")
            #expect(try standing(running, 2)["familiar"] as? String == "knows")
            let why = try running.run("ticket", "why", "2")
            #expect(why.output.contains("knows knows its customer"), "\(why.output)")
            #expect(try standing(running, 1)["familiar"] == nil)
        }
    }

    @Test func `a customer's second ticket waits behind another customer's first`() throws {
        try withFile { running in
            for body in ["one", "two", "three"] { try submit(running, body, customer: "flood") }
            try submit(running, "four", customer: "quiet")
            let ahead = try (1...4).map { try standing(running, $0)["ahead"] as? Int }
            #expect(ahead == [0, 2, 3, 1])
        }
    }
}
