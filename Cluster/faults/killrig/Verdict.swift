import Foundation
import Rig
import Tickets

/// What the run showed.
struct Verdict {
    let acknowledged: Int
    let lost: Int
    let numberedTwice: Int
    let present: Int
    let expected: Int
    let killed: [String: Int]
    let frozen: Int
    let leasesLost: Int
    let violations: [String]
    let facts: Int
    let crashed: [String]

    init(_ desk: TestDesk, acknowledged: [Int: TicketNumber], killer: Killer, tickets: Int) throws {
        let outcome = try desk.run(["verify", "--json"])
        let report = try outcome.json()
        let invariants = report["invariants"] as? [[String: Any]] ?? []
        self.acknowledged = acknowledged.count
        present = report["tickets"] as? Int ?? -1
        expected = tickets
        // Numbers run from 1 without gaps, which verify checks: what is acknowledged above the last is lost.
        let last = UInt64(max(0, present))
        lost = acknowledged.values.filter { $0.rawValue > last || $0.rawValue == 0 }.count
        numberedTwice = acknowledged.count - Set(acknowledged.values).count
        killed = killer.killed
        frozen = killer.frozen
        facts = invariants.reduce(0) { $0 + ($1["checked"] as? Int ?? 0) }
        violations = invariants.compactMap { row in
            guard let count = row["violations"] as? Int, count > 0 else { return nil }
            return "\(row["name"] ?? "?"): \(count)"
        }
        var leasesLost = 0
        var crashed: [String] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: "\(desk.folder)/logs").sorted() {
            let log = try desk.log(of: String(file.dropLast(4)))
            leasesLost += log.components(separatedBy: "lease lost").count - 1
            if log.contains("Fatal error") || log.contains("Assertion failed") { crashed.append(file) }
        }
        self.leasesLost = leasesLost
        self.crashed = crashed
    }

    var isGood: Bool {
        lost == 0 && numberedTwice == 0 && acknowledged == expected && present == expected
            && violations.isEmpty
            && facts > 0 && crashed.isEmpty
    }

    var text: String {
        let kills = killed.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(
            separator: ", ")
        return """
            killed with -9: \(kills); nodes frozen past their lease: \(frozen), leases lost and said so: \(leasesLost)
            tickets: \(expected) submitted, \(acknowledged) acknowledged, \(present) present, \(lost) lost, \
            \(numberedTwice) numbered twice
            verify: \(facts) facts checked, violations: \(violations.isEmpty ? "none" : violations.joined(separator: "; "))
            \(crashed.isEmpty ? "" : "crashed by themselves: \(crashed.joined(separator: ", "))\n")\
            verdict: \(isGood ? "good" : "BAD")
            """
    }

    var json: String {
        get throws {
            let object: [String: Any] = [
                "ok": isGood, "submitted": expected, "acknowledged": acknowledged, "present": present,
                "lost": lost,
                "numberedTwice": numberedTwice, "kills": killed, "freezes": frozen, "leasesLost": leasesLost,
                "factsChecked": facts, "violations": violations, "crashed": crashed,
            ]
            let data = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
            return String(decoding: data, as: UTF8.self)
        }
    }
}
