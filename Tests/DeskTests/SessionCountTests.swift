import Desk
import Testing
import Tickets

@Suite struct SessionCountTests {
    private func dismissal(_ bench: Bench) -> ErrorCode? {
        bench.last.directives.lazy.compactMap { directive in
            guard case .dismiss(_, let refusal) = directive else { return nil }
            return refusal.code
        }.first
    }

    @Test func `a key has as many sessions as it may, whatever becomes of them`() {
        var bench = Bench(.sample { $0.limits.sessionsPerKey = 3 })
        let eve = Author(role: .client, key: "eve")
        let sessions = (0..<3).map { _ in bench.connect(eve) }
        _ = bench.connect(eve)
        #expect(dismissal(bench) == .tooManySessions)
        // Another key has its own, and a session that says hello again is not one more.
        _ = bench.connect(Author(role: .client, key: "ann"))
        #expect(dismissal(bench) == nil)
        for _ in 0..<5 { bench.turn([.hello(sessions[0], eve, nil)]) }
        #expect(dismissal(bench) == nil)
        bench.turn([.goodbye(sessions[1]), .lost(sessions[2])])
        #expect(bench.exchange.sessionCount == 2)
        for _ in 0..<2 {
            _ = bench.connect(eve)
            #expect(dismissal(bench) == nil)
        }
        _ = bench.connect(eve)
        #expect(dismissal(bench) == .tooManySessions)
        // Silence ends sessions, and so makes room.
        bench.pass(60_000)
        #expect(bench.exchange.sessionCount == 0)
        _ = bench.connect(eve)
        #expect(dismissal(bench) == nil)
    }

    @Test func `a node that comes back over and over is one session`() {
        var bench = Bench(.sample { $0.limits.sessionsPerKey = 3 })
        for run in 1...20 as ClosedRange<UInt64> { bench.node("n1", incarnation: run) }
        #expect(bench.exchange.sessionCount == 1)
        for name in ["n2", "n3"] as [Name] { bench.node(name) }
        #expect(dismissal(bench) == nil)
        bench.node("n4")
        #expect(dismissal(bench) == .tooManySessions)
        #expect(bench.exchange.presences().count == 3)
    }

    @Test func `all keys together have as many sessions as there may be`() {
        var bench = Bench(
            .sample { ($0.limits.sessionsPerKey, $0.limits.sessionsMax) = (2, 3) })
        for key in ["a", "b", "c"] as [Name] { _ = bench.connect(Author(role: .client, key: key)) }
        #expect(dismissal(bench) == nil)
        _ = bench.connect(Author(role: .client, key: "d"))
        #expect(dismissal(bench) == .tooManySessions)
    }
}
