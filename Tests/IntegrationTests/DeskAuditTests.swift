import Foundation
import Rig
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct DeskAuditTests {
    @Test func `an act is told with its reason, and without what the ticket's kind asks for`() throws {
        try withDesk { running in
            let file = "\(running.desk.folder)/desk.yaml"
            try """
            lines: [{name: line-one}]
            kinds: [{name: refund, fields: [order, amount]}]
            """.write(toFile: file, atomically: true, encoding: .utf8)
            running.desk.brokerArguments = ["--desk", file]
            try running.broker()
            let sent = try running.run(
                "submit", "--customer", "c", "--subject", "s", "--body", "b", "--kind", "refund")
            #expect(sent.exitCode == 0, "\(sent.errors)")
            let set = try running.run("ticket", "set", "1", "--spam", "--reason", "advertising")
            #expect(set.exitCode == 0, "\(set.errors)")
            let acts = try running.run("audit", "--desk", "--json").json()["acts"] as? [[String: Any]] ?? []
            #expect(acts.last?["deed"] as? String == "spam", "\(acts)")
            #expect(acts.last?["detail"] as? String == "advertising")
            let history = try running.run("ticket", "history", "1")
            #expect(history.output.contains("fields lacking"), "who works it sees it: \(history.output)")
        }
    }
}
