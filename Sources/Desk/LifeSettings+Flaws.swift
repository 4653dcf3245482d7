import Tickets

extension LifeSettings {
    /// What keeps these settings from being a desk's; see ``DeskSettings/flaws``.
    var flaws: [SettingsFlaw] {
        var flaws: [SettingsFlaw] = []
        if !Self.closings.contains(closesAfterMilliseconds) {
            flaws.append(DeskSettings.outside("closes-after", closesAfterMilliseconds, Self.closings))
        }
        for (index, kind) in kinds.enumerated() {
            let place = "kinds.\(index)"
            if kind.name.utf8.isEmpty { flaws.append(SettingsFlaw(place, "a kind has a name")) }
            if kinds[..<index].contains(where: { $0.name == kind.name }) {
                flaws.append(SettingsFlaw(place, "the kind `\(kind.name)` is there twice"))
            }
            if let effort = kind.effortMilliseconds, !Self.efforts.contains(effort) {
                flaws.append(DeskSettings.outside("\(place).effort", effort, Self.efforts))
            }
            if kind.script.utf8.count > Self.scriptBytesMax {
                flaws.append(
                    SettingsFlaw(
                        "\(place).script", "a script has at most \(Self.scriptBytesMax) bytes: link the rest")
                )
            }
            if (kind.fields + kind.checklist).contains("") {
                flaws.append(SettingsFlaw(place, "a field has a name"))
            }
        }
        for (index, deputy) in deputies.enumerated() {
            let place = "deputies.\(deputy.owner)"
            if deputy.owner == deputy.deputy {
                flaws.append(SettingsFlaw(place, "\(deputy.owner) cannot stand in for themselves"))
            }
            if deputies[..<index].contains(where: { $0.owner == deputy.owner }) {
                flaws.append(SettingsFlaw(place, "\(deputy.owner) has two deputies"))
            }
        }
        return flaws
    }

    private static let scriptBytesMax = 4_000
    /// Up to thirty days.
    private static let efforts: ClosedRange<Int64> = 0...2_592_000_000
    /// From a second to ten years.
    private static let closings: ClosedRange<Int64> = 1_000...315_360_000_000
}
