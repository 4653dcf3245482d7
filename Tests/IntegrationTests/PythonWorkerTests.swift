import Foundation
import Rig
import Testing

/// The example worker, written in Python from the protocol page, against the real broker.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PythonWorkerTests {
    @Test func `a worker written from the page claims, notes, escalates and is refused a stale token`() throws
    {
        try withDesk { running in
            try running.broker()
            let worker = #filePath.replacing(
                "Tests/IntegrationTests/PythonWorkerTests.swift",
                with: "Cluster/examples/python-worker/worker.py")
            let requests = (1...12).map {
                let kind = $0.isMultiple(of: 3) ? "complaint" : "track_order"
                return #"{"channel":"web","customer":"c\#($0)","subject":"s","body":"b","kind":"\#(kind)"}"#
            }
            _ = try running.run("submit", "--jsonl", "-", input: requests.joined(separator: "\n"))
            let common = [
                "--endpoint", running.desk.brokerEndpoint, "--key", "\(running.desk.folder)/keys/node.key",
                "--seats", "4",
            ]
            let two = try ChildProcess(
                "py-two", program: "/usr/bin/python3",
                arguments: [worker] + common + ["--name", "py-two", "--line", "line-two"],
                log: "\(running.desk.folder)/logs/py-two.log")
            defer { two.kill() }
            // Twelve answers and four escalations.
            let one = try Outcome.of(
                "/usr/bin/python3",
                [worker] + common + [
                    "--name", "py-one", "--line", "line-one", "--tickets", "16", "--prove-fencing",
                ])
            #expect(one.exitCode == 0, "\(one.errors)\n\(one.output)")
            #expect(one.output.contains("302"), "\(one.output)")
            let totals = try running.totals()
            #expect(totals["solved"] as? Int == 12)
            #expect(totals["escalated"] as? Int == 4)
            #expect(totals["handedBack"] as? Int == 4)
            let notes = try running.run("ticket", "show", "3", "--json")
            #expect(notes.output.contains("\"note\""))
            try running.expectClean()
        }
    }
}
