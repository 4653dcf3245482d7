/// The rig's chance: the same seed makes the same choices everywhere.
///
/// Source: Vigna, prng.di.unimi.it/splitmix64.c.
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of a range, its ends included.
    package mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    package mutating func pick<Item>(_ items: [Item]) -> Item {
        precondition(!items.isEmpty, "nothing to pick from")
        return items[roll(0...items.count - 1)]
    }

    /// Dice of their own for one purpose, so that one more draw there shifts nothing elsewhere.
    package func branch(_ purpose: UInt64) -> Dice {
        var root = Dice(seed: state ^ (purpose &* 0xD6E8_FEB8_6659_FD93))
        return Dice(seed: root.next())
    }
}
