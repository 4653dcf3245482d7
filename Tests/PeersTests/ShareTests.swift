import Testing

@testable import Peers

@Suite struct ShareTests {
    @Test func `each share is of a system with as much outstanding, and of the ceiling at any depth`() {
        let shares = Share.all(in: [
            rate("switchboard", 64, 30), rate("switchboard", 256, 60),
            rate("switchboard-without-curve", 64, 40), rate("switchboard-without-curve", 256, 75),
            rate("bare-path", 64, 50), rate("bare-path-with-curve", 64, 60),
            rate("sqlite-ceiling", 64, 120), rate("redis-streams", 64, 200),
        ])
        let lines = shares.map { "\($0.outstanding) \($0.system) of \($0.of): \($0.share), goal \($0.goal)" }
        #expect(
            lines == [
                "64 switchboard of bare-path-with-curve: 0.5, goal 0.7",
                "64 switchboard-without-curve of bare-path: 0.8, goal 0.7",
                "64 switchboard of switchboard-without-curve: 0.75, goal 0.6",
                "64 switchboard of sqlite-ceiling: 0.25, goal 0.4",
                "256 switchboard of switchboard-without-curve: 0.8, goal 0.6",
                "256 switchboard of sqlite-ceiling: 0.5, goal 0.4",
            ])
    }

    @Test func `what was not measured, or did nothing, gives no share`() {
        #expect(Share.all(in: []).isEmpty)
        #expect(Share.all(in: [rate("switchboard", 64, 30)]).isEmpty)
        #expect(Share.all(in: [rate("sqlite-ceiling", 64, 30)]).isEmpty)
        #expect(Share.all(in: [rate("switchboard", 64, 30), rate("sqlite-ceiling", 64, 0)]).isEmpty)
    }

    @Test func `a pair that shows no CURVE has it on both sides or on neither`() {
        let rates = OwnSystem.allCases.map { rate($0.name, 64, 1) }
        for share in Share.all(in: rates) where share.cost != "CURVE" {
            let both = [share.system, share.of].compactMap { OwnSystem(rawValue: $0)?.hasCurve }
            #expect(Set(both).count == 1, "\(share)")
        }
    }

    @Test func `by processor time the share is the whole's time over one's own`() {
        let rates = [
            rate("switchboard", 64, 30, microseconds: 50),
            rate("bare-path-with-curve", 64, 60, microseconds: 35),
            rate("sqlite-ceiling", 64, 120),
        ]
        #expect(Share.all(in: rates).map(\.processorShare) == [0.7, nil])
        let idle = [rates[1], rate("switchboard", 64, 30, microseconds: 0)]
        #expect(Share.all(in: idle).map(\.processorShare) == [nil])
    }

    private func rate(
        _ system: String, _ outstanding: Int, _ rate: Double, microseconds: Double? = nil
    ) -> Share.Rate {
        Share.Rate(
            system: system, outstanding: outstanding, lifecyclesPerSecond: rate,
            processorMicroseconds: microseconds)
    }
}
