import Testing

@testable import PowerCuts

/// A small part of what `Cluster/crashpoints` does: every operation, few images of each.
@Suite(.timeLimit(.minutes(10))) struct CrashPointTests {
    private static let plan: CutPlan = {
        var plan = CutPlan()
        plan.subsets = 1
        plan.tears = 1
        plan.prefixes = 0
        plan.thoroughOneIn = 16
        return plan
    }()

    @Test(arguments: [1, 2] as [UInt64])
    func `a power cut at any operation leaves what was promised`(seed: UInt64) throws {
        var explorer = Explorer(Self.plan)
        explorer.cut(try workload(seed))
        let toll = explorer.toll
        #expect(toll.violations.map(\.description) == [])
        // Otherwise nothing was shown.
        #expect(toll.images > toll.operations)
        #expect(toll.unacknowledgedGone > 0)
        #expect(toll.unacknowledgedKept > 0)
        #expect(toll.thorough > 0)
        #expect(toll.cutAgain > 0)
        #expect(toll.tornWrites > 0)
    }

    @Test(arguments: [4, 5] as [UInt64])
    func `a disk that fails costs nothing that was acknowledged`(seed: UInt64) throws {
        var explorer = Explorer(Self.plan)
        explorer.fail(try workload(seed), stride: 31)
        let toll = explorer.toll
        #expect(toll.violations.map(\.description) == [])
        #expect(toll.errorsFatal > 0)
    }

    @Test(arguments: PlantedFlaw.allCases)
    func `a flaw that is built in is found`(flaw: PlantedFlaw) throws {
        var plan = Self.plan
        plan.thoroughOneIn = 1_000
        var explorer = Explorer(plan, flaw: flaw)
        for seed in 1...12 as ClosedRange<UInt64> where explorer.toll.violations.isEmpty {
            let workload = try workload(seed)
            if flaw == .errorsIgnored {
                explorer.fail(workload, stride: 5)
            } else {
                explorer.cut(workload)
            }
        }
        #expect(!explorer.toll.violations.isEmpty)
    }

    @Test func `the same seed gives the same images and the same verdict`() throws {
        let tolls = try (0..<2).map { _ in
            var explorer = Explorer(Self.plan)
            explorer.cut(try workload(7))
            return explorer.toll
        }
        #expect(tolls[0].images == tolls[1].images)
        #expect(tolls[0].tornWrites == tolls[1].tornWrites)
        #expect(tolls[0].unacknowledgedKept == tolls[1].unacknowledgedKept)
    }

    private func workload(_ seed: UInt64) throws -> Workload {
        Workload(seed: seed, requests: try Requests(path: SampleFile.path), isShort: true)
    }
}
