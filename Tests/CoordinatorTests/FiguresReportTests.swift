import Coordinator
import Foundation
import SwiftProtobuf
import Testing
import Tickets
import Wire

@Suite struct FiguresReportTests {
    @Test func `the promised fields are there, by their names`() throws {
        let report = FiguresReport(busyLedger(), at: 5_000, wallMilliseconds: 1_700_000_000_000)
        let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
        let json = try #require(object)
        let line = try #require((json["lines"] as? [[String: Any]])?.first)
        #expect(line["name"] as? String == "line-one")
        #expect(line["waiting"] as? Int == 6)
        #expect(line["oldestMs"] as? Int == 2_500)
        #expect(line["claimed"] as? Int == 0)
        #expect(line["freeSeats"] as? Int == 4)
        let totals = try #require(json["totals"] as? [String: Any])
        let names = [
            "submitted", "solved", "escalated", "parked", "handedBack", "replies", "waiting", "claimed",
            "pending",
            "onHold", "closed", "open", "claims", "expired", "resolutions", "conserved",
        ]
        for name in names { #expect(totals[name] != nil, "\(name)") }
        #expect(totals["submitted"] as? Int == 9)
        #expect(totals["open"] as? Int == 6)
        #expect(json["at"] as? String == "2023-11-14T22:13:20.000Z")
        #expect(json["position"] as? Int == 40)
        #expect(json["stale"] as? Bool == false)
        #expect(json["reconciled"] as? Bool == true)
    }

    @Test func `the object is the same each time, and comes back as it was`() throws {
        let report = FiguresReport(busyLedger(), at: 5_000, wallMilliseconds: 0)
        #expect(report.json == FiguresReport(busyLedger(), at: 5_000, wallMilliseconds: 0).json)
        #expect(try JSONDecoder().decode(FiguresReport.self, from: Data(report.json.utf8)) == report)
    }

    @Test func `latencies are told for the cluster, each line and each node`() throws {
        let report = FiguresReport(busyLedger(), at: 5_000, wallMilliseconds: 0)
        let handle = report.latencies.filter { $0.source == "node" && $0.name == "handle" }
        #expect(handle.map(\.line) == [nil, "line-one", "line-two"])
        #expect(handle.map(\.count) == [8, 4, 4])
        #expect(handle[0].p50Ms == 1)
        let node = try #require(report.nodes.first { $0.name == "a" })
        #expect(node.latencies.map(\.count) == [4])
        #expect(node.agree)
        #expect(node.connected)
        #expect(node.reportAgeMs == 4_000)
    }

    @Test func `what a killed node could not report is told`() throws {
        var ledger = busyLedger()
        ledger.take(
            stats(position: 41, submitted: 9, waiting: 6, solved: 3, tallies: [tally(claims: 9)]),
            askedAt: 59_000,
            at: 60_000)
        ledger.take(ProtoNodesResult(), at: 60_000)
        let report = FiguresReport(ledger, at: 60_000, wallMilliseconds: 0)
        let node = try #require(report.nodes.first { $0.name == "a" })
        #expect(!node.agree)
        #expect(node.verdict == .unreported)
        #expect(report.reconciled)
        #expect(report.unreported == 5)
    }

    @Test func `a report fits into a frame whatever the number of nodes`() {
        var ledger = busyLedger()
        for number in 0..<3_000 {
            ledger.take(
                metrics(
                    "node-with-a-long-name-\(number)", latencies: ["handle": [1: 1], "answer": [1: 1]],
                    tally: tally("n")), at: 0)
        }
        let json = FiguresReport.json(ledger, at: 5_000, wallMilliseconds: 0, bytesMax: 100_000)
        #expect(json.utf8.count <= 100_000)
        let report = FiguresReport(ledger, at: 5_000, wallMilliseconds: 0)
        #expect(report.nodes.count + report.nodesOmitted == 3_001)
        #expect(report.nodes.contains { $0.name == "a" })
    }

    @Test func `before the first reading everything is empty and stale`() {
        let report = FiguresReport(Ledger(), at: 0, wallMilliseconds: 0)
        #expect(report.stale)
        #expect(report.ageMs == nil)
        #expect(report.lines.isEmpty)
        #expect(!report.brokerUp)
    }

    private func busyLedger() -> Ledger {
        var ledger = Ledger()
        ledger.brokerIsUp = true
        let latencies: [String: [UInt64: UInt64]] = ["handle": [1_000: 3, 80_000: 1]]
        ledger.take(metrics(latencies: latencies, tally: tally(claims: 4)), at: 1_000)
        ledger.take(metrics("b", line: "line-two", latencies: latencies), at: 1_000)
        ledger.take(
            .with {
                $0.nodes = [.with { ($0.name, $0.incarnation, $0.line, $0.seats) = ("a", 1, "line-one", 4) }]
            },
            at: 4_000)
        ledger.take(
            stats(
                position: 40, submitted: 9, waiting: 6, solved: 3, oldestMs: 2_500,
                tallies: [tally(claims: 4)]),
            askedAt: 4_000, at: 4_500)
        return ledger
    }
}
