/// Which of the images that a power cut may leave are looked at.
package struct CutPlan: Sendable {
    /// Images with a part of the unsynced writes, in any order.
    package var subsets = 4
    /// Images whose last write is torn, everything before it being there or not.
    package var tears = 3
    /// Beginnings of the unsynced writes; all of them where there are fewer.
    package var prefixes = 6
    /// Of one image in so many the view and every page are looked at, too; of all of them the log is.
    package var wholeOneIn = 1
    /// One image in so many is also compared event by event.
    package var thoroughOneIn = 8
    /// One image in so many is cut again while it recovers.
    package var cutAgainOneIn = 16

    package init() {}

    /// What the command is told to make the same choices.
    var arguments: String {
        "--subsets \(subsets) --tears \(tears) --prefixes \(prefixes) --whole-one-in \(wholeOneIn)"
    }

    /// What becomes of the operations that were not synced, in each image.
    func fates(of count: Int, chance: inout Chance) -> [[Fate]] {
        guard count > 0 else { return [[]] }
        let all = [Fate](repeating: .kept, count: count)
        let none = [Fate](repeating: .lost, count: count)
        var plans = [none, all]
        let lengths =
            count <= prefixes
            ? Array(1..<count) : (0..<prefixes).map { _ in Int.random(in: 1..<count, using: &chance) }
        for length in lengths { plans.append(Array(all[..<length] + none[length...])) }
        for _ in 0..<tears {
            var fates = chance.percent(70) ? all : Self.subset(of: count, &chance)
            fates[count - 1] = .torn(chance.next())
            plans.append(fates)
        }
        for _ in 0..<subsets { plans.append(Self.subset(of: count, &chance)) }
        return plans
    }

    private static func subset(of count: Int, _ chance: inout Chance) -> [Fate] {
        let kept = [15, 50, 85].randomElement(using: &chance) ?? 50
        let torn = [0, 0, 20].randomElement(using: &chance) ?? 0
        return (0..<count).map { _ in
            guard chance.percent(kept) else { return .lost }
            return chance.percent(torn) ? .torn(chance.next()) : .kept
        }
    }
}
