import Promises
import Testing
import Tickets

struct PromiseClockTests {
    /// The case that ticket systems get wrong: osTicket #3034 lets the clock run while the customer is waited for.
    @Test func `time for which the customer is waited for does not count`() throws {
        var clock = PromiseClock(started: try at(2026, 3, 10, 8))
        clock.pause(at: try at(2026, 3, 10, 9))
        #expect(clock.due(after: 2 * hour, .always) == nil)
        clock.resume(at: try at(2026, 3, 10, 10, 5))
        #expect(clock.due(after: 2 * hour, .always) == (try at(2026, 3, 10, 11, 5)))
        #expect(clock.elapsed(at: try at(2026, 3, 10, 10, 35), .always) == hour + 30 * minute)
    }

    /// GLPI #15605: a changed policy forgot the pause.
    @Test func `a changed policy keeps the paused time`() throws {
        var clock = PromiseClock(started: try at(2026, 3, 10, 8))
        clock.pause(at: try at(2026, 3, 10, 9))
        clock.resume(at: try at(2026, 3, 10, 12))
        #expect(clock.due(after: 4 * hour, .always) == (try at(2026, 3, 10, 15)))
        let hours = try weekdays(8, 13)
        #expect(clock.due(after: 4 * hour, hours) == (try at(2026, 3, 11, 10)))
    }

    @Test func `a pause outside business hours costs nothing`() throws {
        let hours = try weekdays(9, 17)
        var clock = PromiseClock(started: try at(2026, 3, 13, 16))
        clock.pause(at: try at(2026, 3, 13, 20))
        clock.resume(at: try at(2026, 3, 15, 20))
        #expect(clock.due(after: 2 * hour, hours) == (try at(2026, 3, 16, 10)))
    }

    @Test func `what was due before a pause stays due`() throws {
        var clock = PromiseClock(started: try at(2026, 3, 10, 8))
        clock.pause(at: try at(2026, 3, 10, 12))
        #expect(clock.due(after: hour, .always) == (try at(2026, 3, 10, 9)))
    }

    @Test func `a clock stops once, and starts again where it stood`() throws {
        var clock = PromiseClock(started: try at(2026, 3, 10, 8))
        clock.stop(at: try at(2026, 3, 10, 9))
        clock.stop(at: try at(2026, 3, 10, 10))
        #expect(clock.elapsed(at: try at(2026, 3, 11, 8), .always) == hour)
        #expect(clock.due(after: 2 * hour, .always) == nil)
        clock.restart(at: try at(2026, 3, 12, 8))
        #expect(clock.due(after: 2 * hour, .always) == (try at(2026, 3, 12, 9)))
    }

    @Test func `what comes out of order changes nothing that is past`() throws {
        var clock = PromiseClock(started: try at(2026, 3, 10, 8))
        clock.resume(at: try at(2026, 3, 10, 9))
        clock.pause(at: try at(2026, 3, 10, 10))
        clock.pause(at: try at(2026, 3, 10, 11))
        clock.resume(at: try at(2026, 3, 10, 9))
        clock.stop(at: try at(2026, 3, 10, 9))
        #expect(clock.elapsed(at: try at(2026, 3, 11, 8), .always) == 2 * hour)
        clock.pause(at: try at(2026, 3, 11, 8))
        #expect(!clock.isPaused)
    }
}
