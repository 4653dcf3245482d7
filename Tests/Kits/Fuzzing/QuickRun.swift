import Wire

/// Gives the decoders of what comes over sockets bytes that nobody would send, as many as a core can look at.
///
/// A frame is a base that is right, with a few bytes of it changed in place: it costs no memory, and hardly more than to
/// read it. ``DecodingRun`` tears frames apart in more ways, and looks at each more closely; of these one in 64 is.
package struct QuickRun {
    /// Frames that share their bases; then new ones are made.
    static let block: UInt64 = 1 << 20
    private static let basesPerBlock = 2_048
    private static let capacity = 8_192
    private static let closeLook: UInt64 = 64

    package private(set) var counts = DecodingRun.Counts()
    package private(set) var findings: [DecodingRun.Finding] = []
    package private(set) var byteCount = 0
    private let seed: UInt64
    private let samples: [Target: [[UInt8]]]
    private var made: UInt64?
    private var bases: [(target: Target, bytes: [UInt8])] = []
    private var scratch = [UInt8](repeating: 0, count: Self.capacity)

    package init(seed: UInt64, corpus: Corpus = Corpus()) {
        self.seed = seed
        samples = corpus.samples.merging(Corpus.builtIn.samples) { $0 + $1 }
    }

    package mutating func run(_ frame: UInt64) {
        let (target, count) = make(frame)
        byteCount += count
        let reception = scratch.withUnsafeBytes {
            target.look(UnsafeRawBufferPointer(rebasing: $0[..<count]))
        }
        switch reception {
        case .taken: counts.taken += 1
        case .refused: counts.refused += 1
        }
        guard frame.isMultiple(of: Self.closeLook), findings.count < 100 else { return }
        let bytes = Array(scratch[..<count])
        let (closer, complaint) = target.receive(bytes)
        let finding =
            complaint
            ?? (closer == reception ? nil : "it was \(reception), and \(closer) when looked at closer")
        guard let finding else { return }
        findings.append(DecodingRun.Finding(target: target, frame: frame, complaint: finding, bytes: bytes))
    }

    /// The bytes of one frame; they depend on the seed and its number alone.
    package mutating func bytes(of frame: UInt64) -> (target: Target, bytes: [UInt8]) {
        let (target, count) = make(frame)
        return (target, Array(scratch[..<count]))
    }

    /// Puts a frame into the scratch.
    private mutating func make(_ frame: UInt64) -> (Target, count: Int) {
        if made != frame / Self.block { makeBases(of: frame / Self.block) }
        var random = FuzzRandom(seed: seed, frame: frame)
        let base = bases[random.below(bases.count)]
        var count = base.bytes.count
        scratch.withUnsafeMutableBytes { scratch in
            base.bytes.withUnsafeBytes { scratch.copyMemory(from: $0) }
            for _ in 0...random.below(3) { Self.change(scratch, &count, &random) }
        }
        return (base.target, count)
    }

    /// One change in place, which may make the frame shorter or longer.
    private static func change(
        _ bytes: UnsafeMutableRawBufferPointer, _ count: inout Int, _ random: inout FuzzRandom
    ) {
        guard count > 0 else { return }
        let at = random.below(count)
        switch random.below(12) {
        case 0, 1, 2: bytes[at] ^= 1 << UInt8(random.below(8))
        case 3, 4: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        // The ends of varints, of lengths and of texts.
        case 5: bytes[at] = Self.edges[random.below(Self.edges.count)]
        case 6: bytes[at] = bytes[at] &+ 1
        case 7: bytes[at] = bytes[at] &- 1
        case 8: count = at
        // The same bytes again, or not at all, or those of another place.
        case 9:
            let piece = min(1 + random.below(32), count - at, bytes.count - count)
            bytes.shift(from: at, to: at + piece, count: count - at)
            count += piece
        case 10:
            let piece = min(1 + random.below(8), count - at)
            bytes.shift(from: at + piece, to: at, count: count - at - piece)
            count -= piece
        default:
            let other = random.below(count)
            bytes.shift(from: other, to: at, count: min(1 + random.below(16), count - max(at, other)))
        }
    }

    private static let edges: [UInt8] = [
        0, 1, 7, 8, 0x0a, 0x12, 0x1a, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xf4, 0xfe, 0xff,
    ]

    private mutating func makeBases(of block: UInt64) {
        made = block
        bases.removeAll(keepingCapacity: true)
        var random = FuzzRandom(seed: ~seed, frame: block)
        let others = [Target.fromBroker, .toCoordinator].flatMap { target in
            (samples[target] ?? []).map { (target, $0) }
        }
        let known = (samples[.toBroker] ?? []).map { (Target.toBroker, $0) }
        while bases.count < Self.basesPerBlock {
            // Four of five go to the broker, which strangers can reach.
            let base: (target: Target, bytes: [UInt8]) =
                switch random.below(10) {
                case 0, 1: random.pick(others)
                case 2: random.pick(known)
                default: (.toBroker, FrameGrammar().frame(&random).encoded())
                }
            // Some room, to grow.
            if base.bytes.count <= Self.capacity / 2 { bases.append(base) }
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func shift(from source: Int, to target: Int, count: Int) {
        guard count > 0 else { return }
        UnsafeMutableRawBufferPointer(rebasing: self[target..<target + count]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: self[source..<source + count]))
    }
}
