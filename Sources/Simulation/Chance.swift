/// Chance from a seed: the same seed and purpose give the same draws everywhere and for ever.
///
/// Each purpose has a stream of its own, so that one draw more in one place shifts nothing elsewhere: a run
/// whose fault was taken out differs only by what that fault did. Integers only.
struct Chance: Sendable {
    enum Purpose: UInt64 {
        case swarm = 1
        case faults
        case clocks
        case network
        case disk
        case customers
        case handlers
        case people
        case rogues
        case coordinator
        case colleagues
        case view
    }

    private var state: UInt64

    /// The stream of a purpose, and of one of those whom it serves.
    init(seed: UInt64, _ purpose: Purpose, _ index: Int = 0) {
        state = Self.mix(seed ^ Self.mix(purpose.rawValue << 32 ^ UInt64(index) &+ 0x5851_f42d_4c95_7f2d))
    }

    /// SplitMix64. Source: Vigna, prng.di.unimi.it/splitmix64.c.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// A number from 0 up to, but not including, `bound`, which is at least 1. The bias is below 2^-32.
    mutating func below(_ bound: Int64) -> Int64 {
        precondition(bound > 0, "a number below \(bound)")
        return Int64(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func below(_ bound: Int) -> Int { Int(below(Int64(bound))) }

    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// A number whose magnitude is as likely as any other in the range: as many draws of 1…10 as of 100…1000.
    mutating func magnitude(_ range: ClosedRange<Int64>) -> Int64 {
        precondition(range.lowerBound > 0, "no magnitude is 0")
        let low = 63 - range.lowerBound.leadingZeroBitCount
        let high = 63 - range.upperBound.leadingZeroBitCount
        let floor = Int64(1) << Int64(within(low...high))
        return min(max(floor + below(floor), range.lowerBound), range.upperBound)
    }

    mutating func happens(perMille: Int) -> Bool { below(1_000) < perMille }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
