/// Chance that a seed repeats: SplitMix64.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    /// A stream of its own for each part of what a seed decides, so that one more draw in a part leaves the others.
    init(_ parts: [UInt64]) {
        state = 0
        for part in parts { state = next() ^ part }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func percent(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
