import Tickets

/// The numbers of one run, drawn from its seed: each run is another desk in another world, so that together they
/// go where no single setting would.
package struct Swarm: Sendable {
    // The desk.
    package var heartbeatMilliseconds: Int64 = 1_000
    package var leaseMilliseconds: Int64 = 5_000
    package var ownerWaitMilliseconds: Int64 = 3_000
    package var failuresMax: UInt32 = 3
    package var escalationsMax = 32
    package var entriesMax = 1_000
    package var solvedKept = 256
    package var answersEscalated = false
    package var headStartSeconds: Int64 = 3_600
    package var eventsPerSnapshot: UInt64 = 5_000
    package var textCacheBytes = 1 << 20

    // The network and the disk, in microseconds.
    package var latency: Int64 = 200
    package var jitter: Int64 = 100
    package var commit: Int64 = 800
    /// How long the broker computes for a frame.
    package var frameCost: Int64 = 15
    package var duplicatesPerMille = 0

    // Those who send.
    package var answerMilliseconds: Int64 = 15_000
    package var helloMilliseconds: Int64 = 2_000
    package var window = 64
    package var batchCommandsMax = 16
    package var driftPerMillionMax: Int64 = 100

    // What they do.
    /// Mean time between two acts of one customers' channel.
    package var actMicroseconds: Int64 = 400_000
    package var followUpsPerMille = 100
    package var repeatsPerMille = 20
    package var workMillisecondsMax: Int64 = 1_500
    /// What handlers decide; what is left of a thousand is resolved.
    package var escalationsPerMille = 150
    package var pendingsPerMille = 60
    package var releasesPerMille = 30
    package var declinesPerMille = 30
    package var failuresPerMille = 30
    package var notesPerMille = 150
    package var textBytesMax = 120

    /// How long customers come while faults happen.
    package var serveSeconds: Int64 = 480
    /// Mean time between two faults; nil when there are none.
    package var faultSeconds: Int64?

    package init() {}

    init(seed: UInt64) {
        var chance = Chance(seed: seed, .swarm)
        drawDesk(&chance)
        drawWorld(&chance)
        drawPeople(&chance)
    }

    private mutating func drawDesk(_ chance: inout Chance) {
        heartbeatMilliseconds = chance.magnitude(300...5_000)
        leaseMilliseconds = chance.magnitude(1_000...30_000)
        ownerWaitMilliseconds = chance.magnitude(200...20_000)
        failuresMax = UInt32(chance.within(1...5))
        escalationsMax = chance.pick([2, 3, 32])
        entriesMax = chance.pick([12, 40, 1_000])
        solvedKept = Int(chance.magnitude(64...1_024))
        answersEscalated = chance.happens(perMille: 300)
        headStartSeconds = chance.pick([0, 5, 60, 3_600])
        eventsPerSnapshot = UInt64(chance.magnitude(500...8_000))
        textCacheBytes = chance.pick([2_000, 50_000, 1 << 20, 1 << 20])
    }

    private mutating func drawWorld(_ chance: inout Chance) {
        latency = chance.magnitude(50...20_000)
        jitter = chance.magnitude(10...20_000)
        commit = chance.magnitude(100...8_000)
        frameCost = chance.magnitude(5...100)
        duplicatesPerMille = chance.pick([0, 0, 20, 100])
        driftPerMillionMax = chance.pick([0, 50, 500, 5_000])
        serveSeconds = chance.within(240...900)
        faultSeconds = chance.pick([nil, 3, 8, 8, 15, 15, 30, 60])
    }

    private mutating func drawPeople(_ chance: inout Chance) {
        answerMilliseconds = chance.magnitude(1_000...15_000)
        helloMilliseconds = chance.magnitude(300...2_000)
        window = Int(chance.magnitude(4...256))
        batchCommandsMax = Int(chance.magnitude(1...64))
        actMicroseconds = chance.magnitude(300_000...2_000_000)
        followUpsPerMille = chance.pick([0, 100, 300])
        repeatsPerMille = chance.pick([0, 20, 100])
        workMillisecondsMax = chance.magnitude(100...4_000)
        escalationsPerMille = chance.pick([0, 100, 250])
        pendingsPerMille = chance.pick([0, 50, 150])
        releasesPerMille = chance.pick([0, 20, 80])
        declinesPerMille = chance.pick([0, 20, 80])
        failuresPerMille = chance.pick([0, 20, 100])
        notesPerMille = chance.pick([0, 100, 300])
        textBytesMax = chance.pick([40, 120, 120, 600])
    }

    /// The settings of the desk that the broker serves.
    var desk: DeskSettings {
        var limits = Limits()
        limits.failuresMax = failuresMax
        limits.escalationsMax = escalationsMax
        limits.framesMax = 2
        limits.entriesMax = entriesMax
        limits.entriesReserved = 24
        limits.solvedKept = solvedKept
        limits.closedPerEvent = solvedKept / 4
        limits.answersKept = 16_384
        limits.textBytesMax = 8_192
        let heads = [0, 1, 4, 12].map { $0 * headStartSeconds * 1_000 }
        func line(_ name: Name, next: Name?, answers: Bool) -> LineSettings {
            LineSettings(
                name: name, next: next, headStartMilliseconds: heads, leaseMilliseconds: leaseMilliseconds,
                ownerWaitMilliseconds: ownerWaitMilliseconds, answersEscalated: answers)
        }
        return DeskSettings(
            lines: [
                line("line-one", next: "line-two", answers: false),
                line("line-two", next: nil, answers: answersEscalated),
            ],
            limits: limits, heartbeatMilliseconds: heartbeatMilliseconds)
    }
}
