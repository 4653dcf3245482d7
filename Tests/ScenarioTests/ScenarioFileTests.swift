import Foundation
import Scenarios
import Testing
import Tickets

@Suite struct ScenarioFileTests {
    private static let fleets = "fleets:\n  - {name: one, line: line-one, nodes: 3}\n"

    @Test func `a whole scenario is read`() throws {
        let scenario = try readScenario(
            """
            name: day
            about: a day
            seed: 5
            broker: {leaseMs: 9000, heartbeatMs: 700}
            requests: {repeated: {kind: track_order, share: 0.6}, channels: {web: 1}}
            fleets:
              - {name: one, line: line-one, nodes: 2, seats: 4, serviceMs: 50, serviceTime: constant, escalationShare: 0.2}
              - {name: two, line: line-two}
            phases:
              - {name: ramp, forSeconds: 10, perSecond: 5, toPerSecond: 15, factor: 2}
              - name: full
                forSeconds: 5
                outstanding: 64
                injections:
                  - {atSeconds: 3, kill: {fleet: one, nodes: 1}}
                  - {atSeconds: 1, killBroker: {downSeconds: 2}}
              - {name: half, forSeconds: 5, rate: {ofPhase: full, share: 0.5}}
            drainSeconds: 7
            """)
        #expect(scenario.name == "day")
        #expect(scenario.broker.leaseMilliseconds == 9_000)
        #expect(scenario.broker.file?.contains("heartbeatMs: 700") == true)
        #expect(scenario.fleets[0].service == .constant(milliseconds: 50))
        #expect(scenario.fleets.map(\.isFirstLine) == [true, false])
        #expect(scenario.drainSeconds == 7)
        guard case .open(let stretches) = scenario.phases[0].load else { Issue.record("not open"); return }
        #expect(stretches == [Stretch(seconds: 10, from: 10, to: 30)])
        #expect(
            scenario.phases[1].injections.map(\.injection) == [
                .killBroker(downSeconds: 2), .kill(fleet: 0, nodes: 1),
            ])
        guard case .shareOf("full", 0.5) = scenario.phases[2].load else {
            Issue.record("not a share"); return
        }
    }

    @Test(arguments: [
        (
            "phases:\n  - {name: a, forSecond: 5}\n",
            ":2: there is no key `forSecond` in a phase; did you mean `forSeconds`?"
        ),
        (
            "phases:\n  - {name: a}\n",
            ":2: the phase `a` needs `forSeconds`, or `tickets` after which it ends"
        ),
        (
            fleets + "phases:\n  - {name: a, forSeconds: 1, injections: [{kill: {fleet: ome, nodes: 1}}]}\n",
            ":4: there is no fleet `ome`; did you mean `one`?"
        ),
        ("fleets:\n  - {name: one, line: line-nine}\n", ":2: the desk has no line `line-nine`"),
        ("phases:\n  - {name: a, forSeconds: soon}\n", ":2: `forSeconds` must be a number"),
        (
            "phases:\n  - {name: a, forSeconds: 0}\n",
            ":2: `forSeconds` is 0.0: it must be from 0.1 to 86400.0"
        ),
        (
            "phases:\n  - {name: a, forSeconds: 1, rate: {ofPhase: b}}\n",
            "there is no phase `b` before this one"
        ),
        ("requests: {priorities: {urgend: 1}}\n", "there is no priority `urgend`"),
        ("name: a\n", "a scenario needs at least one phase"),
        ("", "the file is empty"),
        ("phases: [\n", "it is not YAML"),
        ("- a\n", "a scenario must be lines of `key: value`"),
    ])
    func `what is wrong is told with its line and what to do`(_ yaml: String, _ words: String) {
        let error = #expect(throws: ScenarioError.self) { try readScenario(yaml) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "nothing was wrong")")
    }

    @Test func `churn becomes injections within the phase, the same for the same seed`() throws {
        let yaml =
            Self.fleets + """
                phases:
                  - name: a
                    forSeconds: 60
                    churn: [{fleet: one, everySeconds: 2, dies: 0.5, freezes: 0.3, leaves: 0.2, freezeSeconds: 4}]
                """
        let injections = try readScenario(yaml).phases[0].injections
        #expect(injections == (try readScenario(yaml).phases[0].injections))
        #expect(injections.allSatisfy { (0...60).contains($0.atSeconds) })
        #expect(injections.map(\.atSeconds) == injections.map(\.atSeconds).sorted())
        let kills = injections.count { if case .kill = $0.injection { true } else { false } }
        let drains = injections.count { if case .drain = $0.injection { true } else { false } }
        let joins = injections.count { if case .join(_, 1) = $0.injection { true } else { false } }
        #expect(kills > 5)
        #expect(kills + drains == joins)
    }

    @Test func `every shipped scenario can be read`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("Loadtest/Scenarios").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".yaml")
        }
        #expect(files.count >= 6)
        for file in files {
            let scenario = try ScenarioFile.read("\(folder)/\(file)")
            #expect("\(scenario.name).yaml" == file)
            #expect(!scenario.about.isEmpty, "\(file) says what it shows")
        }
    }
}
