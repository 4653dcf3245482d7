package import Tickets

/// A process's clocks, as functions of the simulation's true time. All in microseconds.
///
/// The monotonic clock drifts, and stands still while the machine is suspended; the wall clock is true time from
/// which somebody's setting of it is off. Nothing may depend on the wall clock but what people read.
package struct ProcessClock: Sendable {
    /// The true time of every run's beginning.
    package static let epochMilliseconds: Int64 = 1_760_000_000_000

    private let start: Int64
    private let driftPerMillion: Int64
    private var suspended: Int64 = 0
    private var wallOffset: Int64

    /// `start` is what the monotonic clock shows at time 0, `driftPerMillion` how much faster it runs than time.
    package init(start: Int64 = 0, driftPerMillion: Int64 = 0, wallOffset: Int64 = 0) {
        self.start = start
        self.driftPerMillion = driftPerMillion
        self.wallOffset = wallOffset
    }

    package func monotonic(at time: Int64) -> Int64 {
        let awake = time - suspended
        return start + awake + awake * driftPerMillion / 1_000_000
    }

    /// The earliest true time at which the monotonic clock shows at least `reading`, if nothing suspends it.
    package func time(of reading: Int64) -> Int64 {
        var awake = (reading - start) * 1_000_000 / (1_000_000 + driftPerMillion)
        while monotonic(at: awake + suspended) < reading { awake += 1 }
        while monotonic(at: awake - 1 + suspended) >= reading { awake -= 1 }
        return awake + suspended
    }

    package func wall(at time: Int64) -> Moment {
        Moment(milliseconds: Self.epochMilliseconds + (time + wallOffset) / 1_000)
    }

    /// The machine slept for so long; its monotonic clock did not move.
    package mutating func suspend(for microseconds: Int64) { suspended += microseconds }

    package mutating func jumpWall(by microseconds: Int64) { wallOffset += microseconds }
}
