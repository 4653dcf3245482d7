import Simulation
import Testing

@Suite struct SeedTests {
    /// Plans that found something once, each with what it was. They run first, and always.
    static let regressions = [
        // verify moved what line two had solved itself back to line one (storage: LogTracker, Projector).
        "4", "10",
        // The network made frames of one broken connection change places, so that N3 seemed broken.
        "44 faults=21,27,34,35,41,46,61,62,64,67,68,69,73,90 serve=338",
        "48 faults=11 serve=156",
        // The witness took the ping of a session that the broker had forgotten for a renewal: C4 seemed broken.
        "52",
        // A node ended a ticket in another that nobody held, without a token.
        "1019 serve=30",
        // What was promised nothing comes last by deadline, and the lag of a customer with many came on top of it: the
        // witness trapped.
        "17 faults=none serve=194",
        // A merged ticket that had been to wake was taken for one that waits: V1 seemed broken.
        "1017 serve=30",
    ]

    @Test(arguments: regressions)
    func `a plan that found a bug finds none now`(_ line: String) throws {
        let outcome = Cluster(try #require(Plan(line: line))).run()
        #expect(outcome.violation == nil, "\(line): \(outcome.violation?.detail ?? "")")
    }

    @Test(arguments: 1_000...1_029 as ClosedRange<UInt64>)
    func `nothing that must hold is broken`(_ seed: UInt64) {
        let outcome = Cluster(Plan(seed: seed, .short)).run()
        #expect(outcome.violation == nil, "seed \(seed) serve=30: \(outcome.violation?.detail ?? "")")
    }
}
