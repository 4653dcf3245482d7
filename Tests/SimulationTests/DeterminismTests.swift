import Simulation
import Testing

@Suite struct DeterminismTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the same plan gives the same run to the last byte`(_ seed: UInt64) {
        let plan = Plan(seed: seed, .short)
        let (first, second) = (Cluster(plan).run(), Cluster(plan).run())
        #expect(first.digest == second.digest)
        #expect(first.events == second.events)
        #expect(first.events > 500)
    }

    @Test func `another seed gives another run`() {
        let digests = Set((1...6).map { Cluster(Plan(seed: $0, .short)).run().digest })
        #expect(digests.count == 6)
    }

    @Test func `a fault that is taken out leaves the others as they were`() throws {
        let plan = try #require((1...20).map { Plan(seed: $0) }.first { $0.faults.count > 5 })
        var edits = PlanEdits()
        edits.faults = [0, 2, 4]
        let small = Plan(seed: plan.seed, edits)
        #expect(small.faults == [plan.faults[0], plan.faults[2], plan.faults[4]])
        #expect(small.members == plan.members)
    }

    @Test func `a plan's line makes the plan again`() throws {
        var edits = PlanEdits()
        (edits.faults, edits.absent, edits.serveSeconds) = ([1, 3], [2], 60)
        let plan = Plan(seed: 7, edits)
        #expect(plan.description == "7 faults=1,3 without=2 serve=60")
        let again = try #require(Plan(line: plan.description + " # because"))
        #expect(again.description == plan.description)
        #expect(again.faults == plan.faults)
        #expect(try #require(Plan(line: "7 faults=none")).faults.isEmpty)
        #expect(Plan(line: "seven") == nil)
        #expect(Plan(line: "7 speed=3") == nil)
    }
}

extension PlanEdits {
    /// Half a minute of faults: enough for a debug build.
    static var short: PlanEdits {
        var edits = PlanEdits()
        edits.serveSeconds = 30
        return edits
    }
}
