import Foundation
import Fuzzing
import Testing

/// A run that is short enough for every day; `fuzz` makes long ones.
@Suite(.timeLimit(.minutes(5))) struct DecodingRunTests {
    @Test(arguments: Target.allCases)
    func `10,000 frames are values or errors, to each decoder`(_ target: Target) {
        var run = DecodingRun(seed: 1, targets: [target])
        for frame in 0..<10_000 as Range<UInt64> { run.run(frame) }
        #expect(run.findings.isEmpty, "\(run.findings[0])")
        // A generator whose frames all fail at the first byte would show nothing.
        let counts = run.counts[target]
        #expect(counts?.taken ?? 0 > 40, "\(String(describing: counts))")
        #expect(counts?.refused ?? 0 > 100, "\(String(describing: counts))")
    }

    @Test func `the same seed makes the same frames, each by itself`() {
        let run = DecodingRun(seed: 9)
        var other = DecodingRun(seed: 9)
        for frame in 0..<500 as Range<UInt64> { other.run(frame) }
        for frame in [0, 17, 499] as [UInt64] {
            #expect(run.bytes(of: frame).bytes == other.bytes(of: frame).bytes)
        }
        #expect((0..<50).contains { run.bytes(of: $0).bytes != DecodingRun(seed: 10).bytes(of: $0).bytes })
    }

    @Test func `200,000 frames that were changed in place are values or errors`() {
        var run = QuickRun(seed: 1)
        for frame in 0..<200_000 as Range<UInt64> { run.run(frame) }
        #expect(run.findings.isEmpty, "\(run.findings[0])")
        #expect(run.counts.taken > 20_000 && run.counts.refused > 20_000, "\(run.counts)")
        // Any of them can be made again by itself, across the frames that share their bases.
        var other = QuickRun(seed: 1)
        for frame in [0, 1 << 21, 199_999] as [UInt64] {
            #expect(run.bytes(of: frame).bytes == other.bytes(of: frame).bytes)
        }
    }

    /// What has ended a process, or was received wrongly, once. Each line stays for good.
    @Test(arguments: ["corpus.hex", "crashes.hex"])
    func `what is kept is received as it should be`(_ file: String) throws {
        let path = #filePath.replacing("FuzzTests/DecodingRunTests.swift", with: "Fuzz/\(file)")
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        let corpus = try #require(Corpus(text: text))
        for (target, bytes) in corpus.all {
            let complaint = target.receive(bytes).complaint
            #expect(complaint == nil, "\(Corpus.line(target, bytes))")
        }
    }
}
