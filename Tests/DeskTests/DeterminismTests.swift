import Desk
import Testing
import Tickets

@Suite struct DeterminismTests {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `the same inputs at the same times give the same turns`(_ seed: UInt64) {
        var first = Walk(seed: seed)
        var second = Walk(seed: seed)
        for step in 0..<300 {
            first.step()
            second.step()
            guard first.bench.last.records == second.bench.last.records,
                first.bench.last.directives == second.bench.last.directives,
                first.bench.exchange.nextDeadline == second.bench.exchange.nextDeadline
            else {
                Issue.record("seed \(seed), step \(step): the turns differ")
                return
            }
        }
    }

    /// A desk restored from a snapshot has the same content in dictionaries that were built in another order and
    /// with another capacity, so they iterate differently.
    @Test(arguments: [21, 22, 23, 24] as [UInt64])
    func `two exchanges whose dictionaries were built in another order give the same turns`(
        _ seed: UInt64
    ) throws {
        var walk = Walk(seed: seed)
        for _ in 0..<300 { walk.step() }
        let folded = walk.bench.folded()
        var parts = folded.parts
        parts.tickets.reverse()
        let restored = try #require(Desk(restoring: parts, settings: walk.bench.settings))
        #expect(DeskImage(restored).differences(from: DeskImage(folded)) == [])
        var first = Exchange(desk: folded, now: walk.bench.now)
        var second = Exchange(desk: restored, now: walk.bench.now)
        var now = walk.bench.now
        let inputs = (1...6).map { index in
            Input.hello(
                SessionID(UInt64(5_000 + index)), .nodeKey,
                Hello(
                    presence: Presence(
                        name: Name("w\(index)") ?? "w", incarnation: 999,
                        line: index.isMultiple(of: 2) ? "line-one" : "line-two", seats: 3), held: []))
        }
        for step in 0..<40 {
            var (left, right) = (Turn(), Turn())
            for input in step == 3 ? inputs : [] {
                first.handle(input, at: now, into: &left)
                second.handle(input, at: now, into: &right)
            }
            first.endTurn(at: now, judges: true, into: &left)
            second.endTurn(at: now, judges: true, into: &right)
            #expect(left.records == right.records, "seed \(seed), step \(step)")
            #expect(left.directives == right.directives, "seed \(seed), step \(step)")
            #expect(first.nextDeadline == second.nextDeadline, "seed \(seed), step \(step)")
            now = first.nextDeadline ?? now.advanced(byMilliseconds: 1_000)
        }
        #expect(DeskImage(first.desk).differences(from: DeskImage(second.desk)) == [])
    }
}
