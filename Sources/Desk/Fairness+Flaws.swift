import Tickets

extension DeskSettings {
    /// What keeps this from being fair; see ``flaws``.
    var fairnessFlaws: [SettingsFlaw] {
        guard let fairness else { return [] }
        var flaws: [SettingsFlaw] = []
        if !(1...1_000).contains(fairness.free) {
            flaws.append(SettingsFlaw("fairness.free", "\(fairness.free) is not from 1 to 1000"))
        }
        for (key, value) in [("step", fairness.stepMilliseconds), ("most", fairness.mostMilliseconds)]
        where !Self.lags.contains(value) {
            flaws.append(Self.outside("fairness.\(key)", value, Self.lags))
        }
        return flaws
    }

    /// What keeps this from giving customers to whoever knows them, and from joining what they repeat; see ``flaws``.
    var stickyFlaws: [SettingsFlaw] {
        let times = [("sticky", stickyMilliseconds), ("join-within", joinWithinMilliseconds)]
        return times.compactMap { key, time in
            guard let time, !Self.memories.contains(time) else { return nil }
            return Self.outside(key, time, Self.memories)
        }
    }

    private static let memories: ClosedRange<Int64> = 60_000...31_536_000_000
    private static let lags: ClosedRange<Int64> = 1_000...31_536_000_000
}
