import Testing
import Tickets

@testable import Simulation

struct WatchTests {
    private static func at(_ milliseconds: Int64) -> Moment { Moment(milliseconds: milliseconds) }

    /// Solved within its hour, made urgent, opened again: by the shorter promise it was late before it was solved. The
    /// simulator judged it late only when it was opened again (seed 98, with rules and promises).
    @Test func `what was due before a clock stood still was due then, not when it goes on`() {
        var watch = Watch(from: Self.at(0))
        watch.stop(at: Self.at(50))
        #expect(watch.moment(after: 30) == nil, "nothing is due of a clock that has stopped")
        watch.goOn(at: Self.at(1_000))
        #expect(watch.moment(after: 30) == Self.at(30))
        #expect(watch.moment(after: 50) == Self.at(50))
        #expect(watch.moment(after: 51) == Self.at(1_001))
        watch.stand(at: Self.at(1_010))
        watch.run(at: Self.at(2_000))
        #expect(watch.moment(after: 60) == Self.at(1_010))
        #expect(watch.moment(after: 70) == Self.at(2_010))
    }
}
