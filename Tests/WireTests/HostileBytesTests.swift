import SwiftProtobuf
import Testing
import Tickets
import Wire

/// Any bytes give a value or a refusal. A trap would end the whole run, which is how these tests fail.
@Suite(.timeLimit(.minutes(5))) struct HostileBytesTests {
    @Test(arguments: EnvelopeKind.allCases)
    func `every sample is read without complaint`(_ kind: EnvelopeKind) {
        for frame in kind.corpus { expectSound(kind, frame, "the sample") }
    }

    @Test(arguments: EnvelopeKind.allCases)
    func `every prefix of every frame is a value or a refusal`(_ kind: EnvelopeKind) {
        for frame in kind.corpus {
            for count in frame.indices { expectSound(kind, Array(frame[..<count]), "first \(count) bytes") }
        }
    }

    @Test(arguments: EnvelopeKind.allCases)
    func `every single flipped bit gives a value or a refusal`(_ kind: EnvelopeKind) {
        for frame in kind.corpus {
            for bit in 0..<frame.count * 8 {
                var damaged = frame
                damaged[bit / 8] ^= 1 << (bit % 8)
                expectSound(kind, damaged, "bit \(bit)")
            }
        }
    }

    /// Cut, doubled, spliced and overwritten: damage that keeps most of a frame's structure goes deepest.
    @Test func `100,000 damaged frames give a value or a refusal`() {
        let corpora = EnvelopeKind.allCases.map { ($0, $0.corpus) }
        for seed in 0..<100_000 as Range<UInt64> {
            let (kind, corpus) = corpora[Int(seed % 3)]
            var generator = SeededGenerator(seed: seed)
            var frame = corpus.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damage(&frame, with: corpus, using: &generator)
            }
            expectSound(kind, frame, "seed \(seed)")
        }
    }

    @Test func `200,000 random byte strings give a value or a refusal`() {
        for seed in 0..<200_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var bytes = generator.bytes(Int.random(in: 0...48, using: &generator))
            // Half of them get past the version.
            if seed.isMultiple(of: 2) { bytes = [0x08, 0x01] + bytes }
            expectSound(EnvelopeKind.allCases[Int(seed % 3)], bytes, "seed \(seed)")
        }
    }

    @Test(arguments: EnvelopeKind.allCases)
    func `deep nesting is refused and overflows no stack`(_ kind: EnvelopeKind) {
        let most = wireFrameBytesMax / 4
        // Unknown groups in groups, open and closed, and a field's messages in messages.
        let open = [UInt8](repeating: 0, count: most).flatMap { _ in varint(100 << 3 | 3) }
        let closed = open + [UInt8](repeating: 0, count: most).flatMap { _ in varint(100 << 3 | 4) }
        let known = [UInt8](repeating: 3 << 3 | 3, count: wireFrameBytesMax)
        for content in [open, closed, known] {
            expectSound(kind, [0x08, 0x01] + content, "groups")
            expectSound(
                kind, [0x08, 0x01] + delimited(field: 3, delimited(field: 1, content)), "inside a command")
        }
        for field in 1...8 as ClosedRange<UInt64> {
            var content: [UInt8] = []
            for _ in 0..<2_000 { content = delimited(field: field, content) }
            expectSound(kind, [0x08, 0x01] + content, "field \(field)")
        }
    }

    @Test(arguments: EnvelopeKind.allCases)
    func `a length that lies is refused and reserves nothing`(_ kind: EnvelopeKind) {
        for length in [0x7f, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 62, 1 << 63, .max] as [UInt64] {
            for field in 1...20 as ClosedRange<UInt64> {
                let header = varint(field << 3 | 2) + varint(length)
                expectSound(kind, [0x08, 0x01] + header, "field \(field), length \(length)")
                expectSound(kind, [0x08, 0x01] + delimited(field: 2, header), "inside")
                expectSound(kind, [0x08, 0x01] + delimited(field: 2, delimited(field: 7, header)), "deeper")
            }
        }
    }

    /// The frames that cost most to read for their size: as many empty messages as fit.
    @Test func `a full frame of empty messages is read in bounded time`() {
        let empties = [UInt8](repeating: 0, count: wireFrameBytesMax / 2 - 8).flatMap { _ in
            [0x0a, 0x00] as [UInt8]
        }
        for kind in EnvelopeKind.allCases {
            for field in [3, 4] as [UInt64] {
                expectSound(kind, [0x08, 0x01] + delimited(field: field, empties), "field \(field)")
            }
        }
    }

    private func expectSound(
        _ kind: EnvelopeKind, _ frame: [UInt8], _ what: @autoclosure () -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        // Not #expect for each: millions of expectations take minutes.
        if let complaint = kind.read(frame) {
            Issue.record(
                "\(kind), \(what()): \(complaint); bytes \(frame.prefix(200))", sourceLocation: sourceLocation
            )
        }
    }

    private func damage(
        _ frame: inout [UInt8], with corpus: [[UInt8]], using generator: inout SeededGenerator
    ) {
        let at = Int.random(in: 0...frame.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: frame = Array(frame[..<at])
        case 1: frame.insert(contentsOf: generator.bytes(Int.random(in: 1...8, using: &generator)), at: at)
        case 2: if at < frame.count { frame[at] = UInt8.random(in: .min ... .max, using: &generator) }
        case 3: if at < frame.count { frame.remove(at: at) }
        case 4: frame.insert(contentsOf: varint(generator.next()), at: at)
        default:
            let other = corpus.randomElement(using: &generator) ?? []
            frame = Array(frame[..<at]) + other[Int.random(in: 0...other.count, using: &generator)...]
        }
    }
}
