import Foundation
import Rig
import Testing

/// Promises of seconds, kept by a running desk: from its file to what its people and customers see.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct PromisePathTests {
    private static let file = """
        lines: [{name: line-one}]
        warnings: [58s]
        promises:
          - {name: swift, first-response: 60s}
        delay-notice:
          channels: [mail]
          text: {ru: "Обращение {number} задержится, {time}.", en: "Request {number} is delayed, {time}."}
        """

    private func submit(_ running: RunningDesk, _ channel: String, _ body: String) throws -> Outcome {
        try running.run("submit", "--channel", channel, "--customer", "c", "--subject", "", "--body", body)
    }

    @Test func `customers hear of a delay from the desk itself, and its people find what is due`() throws {
        let desk = try TestDesk()
        let path = "\(desk.folder)/desk.yaml"
        try Data(Self.file.utf8).write(to: URL(fileURLWithPath: path))
        desk.brokerArguments = ["--desk", path]
        let running = RunningDesk(desk)
        defer { running.end() }
        try running.broker()
        #expect(try submit(running, "mail", "Where is it?").exitCode == 0)
        #expect(try submit(running, "chat", "Where is it?").exitCode == 0)
        func entries(_ ticket: Int) throws -> [[String: Any]] {
            try running.run("ticket", "show", "\(ticket)", "--json").json()["entries"] as? [[String: Any]]
                ?? []
        }
        try running.wait("the customer is told") { try entries(1).count == 2 }
        let notice = try #require(try entries(1).last)
        #expect(notice["kind"] as? String == "reply")
        #expect(notice["author"] as? String == "desk")
        #expect((notice["text"] as? String)?.hasPrefix("Request 1 is delayed, 2") == true)
        let shown = try running.run("ticket", "show", "1")
        #expect(shown.output.contains("promise swift, first-response: warned"), "\(shown.output)")
        let history = try running.run("ticket", "history", "1")
        #expect(
            history.output.contains("the customer is told: entry 2, outbox 1"), "\(history.output)")
        try running.wait("the other is warned of too") {
            try running.run("ticket", "show", "2").output.contains("first-response: warned")
        }
        #expect(try entries(2).count == 1, "nobody can write to a chat that is over")

        // Both run out within two minutes, whichever moment it is now.
        let due = try running.run("ticket", "list", "--due-within", "2m", "--json").json()
        let tickets = try #require(due["tickets"] as? [[String: Any]])
        #expect(tickets.map { $0["number"] as? Int } == [1, 2])
        #expect((tickets.first?["due"] as? [String: Any])?["clock"] as? String == "first-response")
        let page = try running.run("ticket", "list", "--due-within", "2m", "--limit", "1")
        #expect(page.output.contains("first-response 2"), "\(page.output)")
        #expect(page.errors.contains("--after 1"), "\(page.errors)")
        try running.run("ticket", "list", "--overdue", "--due-within", "2m").expectError(
            64, "give one of them")
        try running.run("ticket", "list", "--due-within", "soon").expectError(64, "no span of time")
        try running.expectClean()
    }
}
