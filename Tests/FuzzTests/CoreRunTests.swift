import Fuzzing
import Testing

@Suite(.timeLimit(.minutes(5))) struct CoreRunTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a desk takes whatever it is sent, and stays what its log says`(_ seed: UInt64) {
        var run = CoreRun(seed: seed)
        for frame in 0..<6_000 as Range<UInt64> { run.run(frame) }
        run.audit()
        #expect(run.findings.isEmpty, "\(run.findings[0])")
        // Most of what is asked for must get past the fence, or the fence alone is tested.
        #expect(run.counts.answered > 500, "\(run.counts)")
        #expect(run.counts.refused > 500, "\(run.counts)")
        #expect(run.counts.events > 500, "\(run.counts)")
    }
}
