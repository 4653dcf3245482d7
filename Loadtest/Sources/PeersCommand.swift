import ArgumentParser
import Foundation
import Peers
import Rig

/// The same lifecycle here and elsewhere, in one run, in turns.
struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "Compares durable lifecycles a second with what a user would pick instead.",
        discussion: """
            Each round measures Switchboard and then every peer, at its best and, with --plain, with a connection for \
            each producer and each seat; the table has the medians. Each is started from Debian's package on loopback \
            in a folder of its own, durable as far as it can be, and its version and setting are printed. The \
            ceilings are SQLite alone, without a network. The bare path is a broker that decides nothing: the same \
            frames and the same log, no rules, no view. Below the table is what Switchboard reaches of those, and \
            what CURVE costs it.
            """)

    @Option(help: "Puts on their way and seats at a time; repeat for more.") var outstanding = [64, 256]
    @Option(help: "Seconds for which is put, in each measurement.") var seconds = 5
    @Option(help: "How often all are measured.") var rounds = 3
    @Option(
        help: """
            Measure only this and Switchboard; repeat for more. `own` stands for all but the peers, `none` for \
            nothing else.
            """)
    var only: [String] = []
    @Flag(help: "Also with a connection for each producer and each seat.") var plain = false
    @Option(help: "The switchboard program; by default the one beside this.") var switchboard: String?
    @Option(help: "Where the folders go; on the disk that is to be measured.") var folder =
        "/tmp/switchboard-peers"
    @Option(help: "Requests to put, one JSON object a line.") var requests = SampleRequests.defaultPath
    @Flag(help: "One JSON object on standard output.") var json = false

    func validate() throws {
        guard !outstanding.isEmpty, outstanding.allSatisfy({ $0 > 0 }), seconds > 0, rounds > 0 else {
            throw ValidationError("--outstanding, --seconds and --rounds are at least 1.")
        }
        let known = OwnSystem.allCases.map(\.name) + systems(named: []).map(\.name)
        for name in only where !["own", "none"].contains(name) && !known.contains(name) {
            throw ValidationError("There is no system \(name); known are \(known.joined(separator: ", ")).")
        }
    }

    func run() throws {
        let requests = try SampleRequests(path: requests)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let missing = PeerSystems.missingPackages()
        if !missing.isEmpty {
            say("left out, because they are not installed: apt-get install \(missing.joined(separator: " "))")
        }
        var comparison = Comparison(seconds: seconds, rounds: rounds)
        for count in outstanding {
            for round in 1...rounds {
                for system in ownSystems {
                    try measure(system, requests, count, round, into: &comparison)
                }
                for system in systems(named: only) {
                    measure(system, requests, count, round, into: &comparison)
                }
            }
        }
        print(json ? try comparison.json() : comparison.table())
    }

    /// Switchboard first: the ratios are to it.
    private var ownSystems: [OwnSystem] {
        OwnSystem.allCases.filter {
            $0 == .switchboard || only.isEmpty || only.contains("own") || only.contains($0.name)
        }
    }

    private func systems(named names: [String]) -> [any PeerSystem] {
        let all = PeerSystems.all + PeerSystems.ceilings
        if names.isEmpty { return all }
        let ceilings = names.contains("own") ? PeerSystems.ceilings.map(\.name) : []
        return all.filter { (names + ceilings).contains($0.name) }
    }

    private func measure(
        _ system: OwnSystem, _ requests: SampleRequests, _ count: Int, _ round: Int,
        into comparison: inout Comparison
    ) throws {
        let measured = try LifecycleRounds(
            system: system, program: switchboard, folder: folder, requests: requests, outstanding: count,
            seats: count, seconds: seconds
        ).measure()
        say("\(count), round \(round): \(system.name) \(Int(measured.lifecyclesPerSecond))/s")
        comparison.add(Comparison.Reading(measured))
    }

    private func measure(
        _ system: any PeerSystem, _ requests: SampleRequests, _ count: Int, _ round: Int,
        into comparison: inout Comparison
    ) {
        for arrangement in plain ? [Arrangement.best(connections: nil), .plain] : [.best(connections: nil)] {
            let outcome = PeerOutcome(of: system) {
                try Peers.measure(
                    system, arrangement, outstanding: count, seats: count, seconds: Double(seconds),
                    warmUpSeconds: 1, payloads: requests.lines, folder: folder)
            }
            switch outcome {
            case .measured(let result):
                say(
                    "\(count), round \(round): \(result.system) \(Int(result.lifecyclesPerSecond))/s, \(result.arrangement)"
                )
                comparison.add(Comparison.Reading(result))
            case .failed(let name, let reason):
                say("\(count), round \(round): \(name) was not measured: \(reason)")
            }
        }
    }

    private func say(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
