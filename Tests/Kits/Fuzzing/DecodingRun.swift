import Wire

/// Gives decoders bytes that nobody would send, as many as one likes, the same for the same seed.
package struct DecodingRun: Sendable {
    package struct Counts: Sendable {
        package var taken = 0
        package var refused = 0
    }

    /// What is wrong with how bytes were received.
    package struct Finding: Sendable, CustomStringConvertible {
        package var target: Target
        package var frame: UInt64
        package var complaint: String
        package var bytes: [UInt8]

        package var description: String {
            "frame \(frame): \(complaint)\n\(Corpus.line(target, bytes))"
        }
    }

    package private(set) var counts: [Target: Counts] = [:]
    package private(set) var findings: [Finding] = []
    package private(set) var byteCount = 0
    private let seed: UInt64
    private let targets: [Target]
    private let samples: [Target: [[UInt8]]]
    private let damages: [Target: Damage]

    /// Samples that are built in stand beside those of the corpus.
    package init(seed: UInt64, targets: [Target] = Target.allCases, corpus: Corpus = Corpus()) {
        self.seed = seed
        self.targets = targets
        let samples = corpus.samples.merging(Corpus.builtIn.samples) { $0 + $1 }
        self.samples = samples
        damages = samples.mapValues { Damage($0) }
    }

    /// The bytes of one frame; they depend on the seed and its number alone.
    package func bytes(of frame: UInt64) -> (target: Target, bytes: [UInt8]) {
        var random = FuzzRandom(seed: seed, frame: frame)
        // Four of five go to the broker, which strangers can reach.
        let target = random.oneIn(5) || !targets.contains(.toBroker) ? random.pick(targets) : .toBroker
        if random.oneIn(16) { return (target, random.bytes(random.below(64))) }
        var bytes: [UInt8]
        if target == .toBroker, !random.oneIn(4) {
            bytes = FrameGrammar().frame(&random).encoded()
        } else {
            bytes = samples[target].map { random.pick($0) } ?? []
        }
        // Now and then nothing is wrong with it.
        if !random.oneIn(20) { (damages[target] ?? Damage([])).apply(to: &bytes, &random) }
        return (target, bytes)
    }

    package mutating func run(_ frame: UInt64) {
        let (target, bytes) = bytes(of: frame)
        byteCount += bytes.count
        let (reception, complaint) = target.receive(bytes)
        switch reception {
        case .taken: counts[target, default: Counts()].taken += 1
        case .refused: counts[target, default: Counts()].refused += 1
        }
        guard let complaint, findings.count < 100 else { return }
        findings.append(Finding(target: target, frame: frame, complaint: complaint, bytes: bytes))
    }
}
