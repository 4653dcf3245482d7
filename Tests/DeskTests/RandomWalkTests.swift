import Desk
import Testing
import Tickets

/// Seeded walks over a whole desk: after every turn the witness checks all its invariants, and in the end, when
/// the faults stop and workers are there, everything must be solved.
@Suite struct RandomWalkTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a walk keeps every invariant, and ends with everything solved`(_ seed: UInt64) {
        expectWhole(Walk(seed: seed))
    }

    @Test(arguments: 41...60 as ClosedRange<UInt64>)
    func `so does a walk of a desk to which its customers are not all alike`(_ seed: UInt64) {
        expectWhole(
            Walk(seed: seed, customers: ["ann", "Ann", "ben", "cat"]) {
                $0.stickyMilliseconds = 600_000
                for line in $0.lines.indices {
                    $0.lines[line].selection = Selection.allCases[(Int(seed) + line) % 4]
                }
                $0.life.deputies = [Deputy(owner: "n0", deputy: "n1")]
                if seed % 2 == 0 {
                    $0.fairness = Fairness(free: 2, stepMilliseconds: 5_000, mostMilliseconds: 60_000)
                }
            })
    }

    private func expectWhole(_ walk: Walk) {
        var walk = walk
        let seed = walk.seed
        for _ in 0..<400 {
            walk.step()
            if walk.isBroken { break }
        }
        guard !walk.isBroken else {
            Issue.record("seed \(seed) broke at step \(walk.steps)")
            return
        }
        walk.heal()
        #expect(!walk.isBroken, "seed \(seed) broke while healing")
        let census = walk.bench.desk.census
        #expect(census.open == census.parked, "seed \(seed): \(census)")
        #expect(walk.bench.records.count > 200, "seed \(seed) did nothing")
    }

    @Test func `a walk reaches every kind of event and every cause`() {
        var words: Set<String> = []
        for seed in 100...107 as ClosedRange<UInt64> {
            var walk = Walk(seed: seed)
            for _ in 0..<400 { walk.step() }
            words.formUnion(walk.bench.records.map(\.event.word))
        }
        let all: Set<String> = [
            "submitted", "followed-up", "claimed", "noted", "replied", "escalated", "handed-back", "resolved",
            "pended", "woke", "released", "declined", "failed", "expired", "restarted", "left", "parked",
            "closed", "merged", "taken-over", "priority-set", "owner-changed", "drafted", "parent-set",
            "spam",
            "not-spam",
        ]
        #expect(words == all, "not reached: \(all.subtracting(words))")
    }
}
