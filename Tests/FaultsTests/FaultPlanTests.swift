import Faults
import Testing

@Suite struct FaultPlanTests {
    private static let cast = FaultPlan.Cast(nodes: 5, leaseMilliseconds: 1_000)

    private func beats(_ count: Int, seed: UInt64, _ kinds: [FaultKind]) -> [FaultPlan.Beat] {
        var plan = FaultPlan(seed: seed, kinds: kinds, cast: Self.cast)
        return (0..<count).map { _ in plan.next() }
    }

    @Test func `a seed makes the same plan again, and another one another`() {
        let plan = beats(50, seed: 7, FaultKind.all)
        #expect(plan == beats(50, seed: 7, FaultKind.all))
        #expect(plan != beats(50, seed: 8, FaultKind.all))
    }

    @Test func `every kind that is wanted comes, and no other`() {
        for wanted in [FaultKind.all, [.kill], [.partition], [.proxy, .freeze, .oom]] {
            let faults = beats(600, seed: 1, wanted + [.lyingDisk]).flatMap {
                $0.strikes + [$0.lasting].compactMap(\.self)
            }
            #expect(Set(faults.map(\.kind)) == Set(wanted.filter { $0 != .lyingDisk }))
        }
    }

    @Test func `what holds comes first and what strikes meets it`() {
        for beat in beats(300, seed: 3, FaultKind.all) {
            #expect(beat.lasting?.kind.isLasting != false)
            #expect(beat.strikes.allSatisfy { !$0.kind.isLasting })
            #expect(beat.pausesMilliseconds.count == beat.strikes.count + 1)
        }
    }

    @Test func `nodes are frozen for longer than their lease, and not all of them`() {
        for fault in beats(300, seed: 4, [.freeze]).flatMap(\.strikes) {
            guard case .freezeNodes(let nodes, let milliseconds) = fault else { continue }
            #expect(milliseconds > Self.cast.leaseMilliseconds)
            #expect((1..<Self.cast.nodes).contains(nodes.count))
            #expect(Set(nodes).count == nodes.count)
            #expect(nodes.allSatisfy { (0..<Self.cast.nodes).contains($0) })
        }
    }

    @Test func `words name kinds`() throws {
        #expect(try FaultKind.list("kill,one-way,kill") == [.kill, .oneWay])
        #expect(try FaultKind.list("all") == FaultKind.allCases)
        #expect(throws: UnknownFault(word: "rain")) { try FaultKind.list("kill,rain") }
    }

    @Test func `what the proxy is told reads back`() {
        let faults = beats(300, seed: 5, [.proxy]).compactMap(\.lasting)
        for case .proxy(let fault) in faults { #expect(ProxyFault(fault.text) == fault) }
        for text in [
            "", "cut", "cut x", "cut -1", "throttle 0", "stall", "stall sideways", "none 1", "delay 5",
        ] {
            #expect(ProxyFault(text) == nil, "\(text)")
        }
    }
}
