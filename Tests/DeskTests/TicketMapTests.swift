import Randomness
import Testing
import Tickets

@testable import Desk

/// Held against a dictionary, through pages that fill, empty and are freed.
struct TicketMapTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `it holds what a dictionary would`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        var map = TicketMap<UInt64>()
        var model: [TicketNumber: UInt64] = [:]
        var copies: [(map: TicketMap<UInt64>, model: [TicketNumber: UInt64])] = []
        var low: UInt64 = 0
        for step in 0..<5_000 as Range<UInt64> {
            // A window that moves up, as open tickets do, and now and then something far away.
            if UInt64.random(in: 0..<10, using: &dice) == 0 { low += UInt64.random(in: 0..<40, using: &dice) }
            let number = TicketNumber(
                UInt64.random(in: 0..<50, using: &dice) == 0
                    ? UInt64.random(in: 0...low, using: &dice)
                    : low + UInt64.random(in: 0..<400, using: &dice))
            switch UInt64.random(in: 0..<5, using: &dice) {
            case 0, 1:
                #expect(map.updateValue(step, forKey: number) == model.updateValue(step, forKey: number))
            case 2: #expect(map.removeValue(forKey: number) == model.removeValue(forKey: number))
            case 3:
                let changed = map.update(number) { value -> UInt64 in
                    value += 1
                    return value
                }
                if let old = model[number] { model[number] = old + 1 }
                #expect(changed == model[number])
            default: #expect(map[number] == model[number])
            }
            #expect(map.count == model.count)
            if UInt64.random(in: 0..<500, using: &dice) == 0 { copies.append((map, model)) }
        }
        copies.append((map, model))
        for (map, model) in copies {
            #expect(map.map(\.key) == model.keys.sorted())
            for (number, value) in map { #expect(model[number] == value) }
        }
    }

    @Test func `equal contents are equal, whatever happened before`() {
        var a = TicketMap<Int>()
        var b = TicketMap<Int>()
        for number in 1...1_000 as ClosedRange<UInt64> { a[TicketNumber(number)] = 1 }
        for number in 1...999 as ClosedRange<UInt64> { a[TicketNumber(number)] = nil }
        #expect(a != b)
        b[TicketNumber(1_000)] = 1
        #expect(a == b)
        #expect(a.hashValue == b.hashValue)
        b[TicketNumber(1_000)] = 2
        #expect(a != b)
    }

    @Test func `numbers that nobody has are not there`() {
        var map = TicketMap<Int>()
        #expect(map[TicketNumber(.max)] == nil)
        map[TicketNumber(70)] = 1
        for number in [0, 1, 63, 64, 69, 71, 128, .max] as [UInt64] {
            #expect(map[TicketNumber(number)] == nil)
        }
        #expect(map.look(at: TicketNumber(70)) { $0 } == 1)
        #expect(map.look(at: TicketNumber(71)) { $0 } == nil)
    }
}
