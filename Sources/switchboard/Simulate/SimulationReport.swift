import Foundation
import Simulation

/// What `simulate` prints.
struct SimulationReport: Encodable {
    var seeds = 0
    var simulatedHours = 0.0
    /// Simulated hours that one processor runs in an hour, all checks made; a seed's second run is not counted.
    var hoursPerCoreHour = 0.0
    var events = 0
    var eventsPerSimulatedSecond = 0.0
    /// Equal for equal seeds, in every build.
    var digest = ""
    var faults: [String: Int] = [:]
    var checks: [String: UInt64] = [:]
    var violations: [SeedFailure] = []
    var unreachedMarkers: [String] = []
    var uncheckedInvariants: [String] = []

    private(set) var totals = Totals()
    private var coreSeconds = 0.0
    private var notedAt = Date()

    private enum CodingKeys: String, CodingKey {
        case seeds, simulatedHours, hoursPerCoreHour, events, eventsPerSimulatedSecond, digest, faults, checks
        case violations, unreachedMarkers, uncheckedInvariants
    }

    mutating func add(_ result: ChunkResult) {
        totals.add(result.totals)
        coreSeconds += result.coreSeconds
        violations += result.failures
        seeds = totals.seeds
        simulatedHours = totals.hours
        hoursPerCoreHour = coreSeconds == 0 ? 0 : totals.hours / (coreSeconds / 3_600)
        events = totals.events
        eventsPerSimulatedSecond = totals.hours == 0 ? 0 : Double(events) / (totals.hours * 3_600)
        digest = String(totals.digest, radix: 16)
        faults = Dictionary(
            uniqueKeysWithValues: zip(Fault.Kind.allCases, totals.faults).map { ("\($0)", $1) })
        checks = Dictionary(uniqueKeysWithValues: zip(Check.allCases, totals.counts).map { ($0.name, $1) })
        unreachedMarkers = totals.markers.unreached.map(\.words)
        uncheckedInvariants = totals.unchecked.map(\.name)
    }

    /// Says now and then how far it is.
    mutating func note() {
        guard Terminal.errorIsTerminal || Date().timeIntervalSince(notedAt) > 10 else { return }
        notedAt = Date()
        let end = Terminal.errorIsTerminal ? "\r" : "\n"
        Terminal.write("\(summary)\(end)")
    }

    /// Makes what failed smaller, so that it can be understood.
    mutating func shrink(with pool: SimulationPool) async throws {
        for index in violations.indices {
            let failure = violations[index]
            guard let plan = Plan(line: failure.line), let flaw = Flaw(name: failure.flaw) else { continue }
            Terminal.note("seed \(failure.line) fails (\(failure.flaw)); making it smaller")
            let small = try await Shrinker.shrink(plan, flaw) { plan in
                try await pool.run(plan).failures.first.flatMap { Flaw(name: $0.flaw) }
            }
            violations[index].shrunk = small.description
        }
    }

    var summary: String {
        func rounded(_ value: Double) -> String { String(format: "%.1f", value) }
        return "simulate: \(seeds) seeds, \(rounded(simulatedHours)) h simulated, "
            + "\(rounded(hoursPerCoreHour)) h per core hour, \(events) events "
            + "(\(rounded(eventsPerSimulatedSecond)) a simulated second), \(violations.count) violations"
    }

    var text: String {
        let rows = Check.allCases.map { [$0.name, String(totals.counts[$0.rawValue]), $0.title] }
        var lines = [Terminal.table(["NAME", "CHECKED", "WHAT HOLDS"], rows), ""]
        let happened = zip(Fault.Kind.allCases, totals.faults).map { "\($0) \($1)" }
        lines.append("faults: " + happened.joined(separator: ", "))
        lines.append(
            "never reached: "
                + (unreachedMarkers.isEmpty ? "nothing" : unreachedMarkers.joined(separator: ", ")))
        for failure in violations {
            lines.append(
                "\(failure.flaw) at \(failure.seconds) s, event \(failure.event): \(failure.detail)\n"
                    + "  again: switchboard simulate --seed \"\(failure.shrunk ?? failure.line)\"")
        }
        lines.append("digest \(digest)")
        lines.append(summary)
        return lines.joined(separator: "\n")
    }
}

extension Flaw {
    /// The flaw of this name; nil when there is none.
    init?(name: String) {
        switch name {
        case Flaw.differs.name: self = .differs
        case Flaw.trapped.name: self = .trapped
        default:
            guard let check = Check.allCases.first(where: { $0.name == name }) else { return nil }
            self = .violated(check)
        }
    }
}
