import Tickets

/// Repeatable chance (SplitMix64): the same frames for the same seed, on every machine.
package struct FuzzRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// The chance of one frame of a run, so that it can be made again without those before it.
    package init(seed: UInt64, frame: UInt64) {
        var outer = FuzzRandom(seed: seed)
        self.init(seed: outer.next() ^ frame &* 0xd134_2543_de82_ef95)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number below a bound that is more than 0; slightly uneven, which does no harm here.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// A number near one of the ends that code forgets about, or any.
    mutating func number() -> UInt64 {
        switch below(8) {
        case 0: 0
        case 1, 2: UInt64(below(8))
        case 3: UInt64(below(300))
        case 4: (1 << UInt64(below(64))) &+ UInt64(bitPattern: Int64(below(3) - 1))
        case 5: .max - UInt64(below(3))
        case 6: UInt64(Int64.max) &+ UInt64(below(3))
        default: next()
        }
    }

    mutating func number32() -> UInt32 { UInt32(truncatingIfNeeded: number()) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }

    private static let texts = [
        "", " ", "a", "a\0b", "one\r\ntwo\rthree\n", "caf\u{e9}", "cafe\u{301}", "=\u{301}1+1", "\"\u{301}",
        "\u{202e}drow", "👩‍👩‍👧‍👦", "Где мой заказ?", "\u{feff}bom", "'; DROP TABLE ticket; --", "%_%",
        "<script>alert(1)</script>", "\u{1b}[2J", "=cmd|'/C calc'!A0", "{{7*7}}", "--- internal ---",
    ]

    /// A text that went wrong somewhere; now and then a long one, around the bounds of texts.
    mutating func text() -> String {
        switch below(64) {
        case 0: String(repeating: "x", count: 1_023 + below(3))
        case 1: String(repeating: "é", count: 512)
        case 2 where oneIn(8): String(repeating: "x", count: 262_143 + below(3))
        default: pick(Self.texts)
        }
    }

    private static let names = [
        "line-one", "line-two", "line-three", "ada", "olga", "berlin-1", "mail", "web",
    ]
    private static let nonNames = ["", " ", "a b", "é", "a\0", "../x", String(repeating: "n", count: 65)]

    mutating func name() -> String {
        switch below(12) {
        case 0: pick(Self.nonNames)
        case 1: String(repeating: "n", count: 64)
        default: pick(Self.names)
        }
    }
}
