/// A small, fast generator: the same seed gives the same numbers everywhere and for ever.
///
/// Source: Vigna, "Further scramblings of Marsaglia's xorshift generators"; prng.di.unimi.it/splitmix64.c.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to, but not including, 1; multiples of 2^-53.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
