import Simulation
import Testing

@Suite struct ShrinkerTests {
    @Test func `what a failure does not need is taken out`() async throws {
        let plan = try #require((1...50).map { Plan(seed: $0) }.first { $0.faults.count > 20 })
        let needed = [plan.faults[3], plan.faults[11]]
        let small = try await Shrinker.shrink(plan, .violated(.d1)) { trial in
            needed.allSatisfy { trial.faults.contains($0) } && !trial.absent.contains(0)
                ? .violated(.d1) : nil
        }
        #expect(small.edits.faults == [3, 11])
        #expect(small.absent == Array(1..<plan.members.count))
    }

    @Test func `a plan that fails in another way is not taken`() async throws {
        let plan = try #require((1...50).map { Plan(seed: $0) }.first { $0.faults.count > 4 })
        let small = try await Shrinker.shrink(plan, .trapped) { $0.faults.count > 2 ? .trapped : .differs }
        #expect(small.faults.count == 3)
    }
}
