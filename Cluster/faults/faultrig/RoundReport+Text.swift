import Faults
import Foundation

extension RoundReport {
    /// For people.
    func text(seeds: [UInt64]) -> String {
        let checked = checks.filter { $0.checked > 0 }.map { "\($0.check.rawValue) \($0.checked)" }
        var lines = [
            "histories: \(histories), seeds \(seeds.map(String.init).joined(separator: " ")), \(Int(seconds)) s under faults",
            "faults: \(Self.list(faults.map { ($0.key.rawValue, $0.value) }))",
            "of them: \(Self.list(effects.map { ($0.key, $0.value) }))",
            "ended by themselves: \(Self.list(endings.map { ($0.key, $0.value) }))",
            "calls: \(calls), acknowledged: \(acknowledged), tickets: \(tickets), events: \(events), grants heard: \(grants), leases lost and said so: \(leasesLost)",
            "looked at: \(checked.joined(separator: ", ")), by verify: \(verified)",
        ]
        if liesSeen + liesMissed > 0 {
            lines.append(
                "lying disks: \(liesSeen + liesMissed), their loss was seen \(liesSeen) times, as it must be")
        }
        lines += findings.prefix(20).map { "FOUND \($0)" }
        lines.append("verdict: \(isGood ? "good" : "BAD")")
        return lines.joined(separator: "\n")
    }

    private static func list(_ items: [(String, Int)]) -> String {
        items.isEmpty
            ? "none" : items.sorted { $0.0 < $1.0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    /// For programs.
    func json(seeds: [UInt64]) throws -> String {
        let faults = Dictionary(uniqueKeysWithValues: faults.map { ($0.key.rawValue, $0.value) })
        let rows = checks.map {
            [
                "name": $0.check.rawValue, "title": $0.check.title, "checked": $0.checked,
                "violations": $0.violations,
            ]
                as [String: Any]
        }
        let object: [String: Any] = [
            "ok": isGood, "seeds": seeds.map(String.init), "seconds": seconds, "histories": histories,
            "faults": faults, "effects": effects, "endings": endings, "submitted": calls,
            "acknowledged": acknowledged, "tickets": tickets, "events": events, "grants": grants,
            "leasesLost": leasesLost, "checks": rows, "factsVerified": verified, "liesSeen": liesSeen,
            "liesMissed": liesMissed, "findings": findings,
        ]
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
