import Tickets

/// What is wrong with settings.
package struct SettingsFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where: the keys and indexes on the way to it, as `lines.1.next`.
    package var place: String
    /// What is wrong, and what to do.
    package var reason: String

    package init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    package var description: String { "`\(place)`: \(reason)" }
}

extension DeskSettings {
    /// All that keeps these settings from being a desk's, in the order of their parts; empty when they are sound.
    ///
    /// The one set of rules for settings: a file is checked with it, and so is what comes over the wire.
    package var flaws: [SettingsFlaw] {
        guard !lines.isEmpty else { return [SettingsFlaw("lines", "a desk has at least one line")] }
        guard lines.count <= limits.linesMax else {
            return [SettingsFlaw("lines", "\(lines.count) lines; a desk has at most \(limits.linesMax)")]
        }
        var flaws: [SettingsFlaw] = []
        for index in lines.indices { flaws += self.flaws(ofLine: index) }
        if flaws.isEmpty { flaws += cycles }
        if !Self.leases.contains(personLeaseMillisecondsMax) {
            flaws.append(Self.outside("person-lease", personLeaseMillisecondsMax, Self.leases))
        }
        return flaws + groupFlaws + ladderFlaws + noticeFlaws + acknowledgementFlaws + life.flaws + ruleFlaws
            + seatFlaws
            + expertiseFlaws
            + fairnessFlaws + stickyFlaws
    }

    private static let leases: ClosedRange<Int64> = 20...86_400_000
    private static let waits: ClosedRange<Int64> = 0...86_400_000
    private static let overflows: ClosedRange<Int64> = 1_000...31_536_000_000
    private static let headStarts: ClosedRange<Int64> = 0...31_536_000_000

    private var noticeFlaws: [SettingsFlaw] {
        guard let delayNotice else { return [] }
        guard keepsPromises else {
            return [SettingsFlaw("delay-notice", "this needs `promises`: what is it that may be late?")]
        }
        return delayNotice.flaws(limits)
    }

    private func flaws(ofLine index: Int) -> [SettingsFlaw] {
        let line = lines[index]
        var flaws: [SettingsFlaw] = []
        if lines[..<index].contains(where: { $0.name == line.name }) {
            flaws.append(SettingsFlaw("lines.\(index).name", "the line \(line.name) is there twice"))
        }
        if let next = line.next {
            let place = "lines.\(index).next"
            if next == line.name {
                flaws.append(SettingsFlaw(place, "line \(next) escalates to itself"))
            } else if self.line(next) == nil {
                flaws.append(SettingsFlaw(place, "there is no line \(next)\(hint(next))"))
            }
        }
        for (key, value, range) in [
            ("lease", line.leaseMilliseconds, Self.leases),
            ("owner-wait", line.ownerWaitMilliseconds, Self.waits),
            ("preferred-for", line.preferredForMilliseconds, Self.waits),
        ] where !range.contains(value) {
            flaws.append(Self.outside("lines.\(index).\(key)", value, range))
        }
        flaws += policyFlaws(ofLine: index)
        flaws += overflowFlaws(ofLine: index)
        flaws += offerFlaws(ofLine: index)
        for (priority, value) in zip(Priority.allCases, line.headStartMilliseconds)
        where !Self.headStarts.contains(value) {
            let place = "lines.\(index).head-start.\(priority.word)"
            flaws.append(Self.outside(place, value, Self.headStarts))
        }
        return flaws
    }

    private func overflowFlaws(ofLine index: Int) -> [SettingsFlaw] {
        guard let overflow = lines[index].overflow else { return [] }
        let place = "lines.\(index).overflow"
        var flaws: [SettingsFlaw] = []
        if !Self.overflows.contains(overflow.afterMilliseconds) {
            flaws.append(Self.outside("\(place).after", overflow.afterMilliseconds, Self.overflows))
        }
        guard line(overflow.line) != nil else {
            flaws.append(
                SettingsFlaw("\(place).to", "there is no line \(overflow.line)\(hint(overflow.line))"))
            return flaws
        }
        var way = [lines[index].name]
        while let next = way.last.flatMap({ line($0) })?.overflow?.line {
            if next == lines[index].name {
                flaws.append(
                    SettingsFlaw("\(place).to", "what goes on from \(next) would come round to it again"))
                break
            }
            guard !way.contains(next) else { break }
            way.append(next)
        }
        return flaws
    }

    private func offerFlaws(ofLine index: Int) -> [SettingsFlaw] {
        guard let offers = lines[index].offers else { return [] }
        let times = offers.terms.map { ($0.channel.text, $0.milliseconds) } + [("ticket", offers.others)]
        var flaws: [SettingsFlaw] = []
        for (key, milliseconds) in times where !Offers.range.contains(milliseconds) {
            flaws.append(Self.outside("lines.\(index).offers.\(key)", milliseconds, Offers.range))
        }
        return flaws
    }

    private func policyFlaws(ofLine index: Int) -> [SettingsFlaw] {
        let line = lines[index]
        var flaws: [SettingsFlaw] = []
        if let ageing = line.ageingMilliseconds, !Self.headStarts.contains(ageing) {
            flaws.append(Self.outside("lines.\(index).ageing", ageing, Self.headStarts))
        }
        if !Self.factors.contains(line.effortFactor) {
            let (least, most) = (Self.factors.lowerBound, Self.factors.upperBound)
            flaws.append(
                SettingsFlaw(
                    "lines.\(index).effort-factor", "\(line.effortFactor) is not from \(least) to \(most)"))
        }
        let place = "lines.\(index).policy"
        switch line.policy {
        case .priority, .fifo: break
        case .deadline:
            if !keepsPromises {
                flaws.append(
                    SettingsFlaw(place, "a line by deadline needs the desk's promises; write `promises`"))
            }
        case .shortestFirst:
            if life.kinds.allSatisfy({ $0.effortMilliseconds == nil }) {
                flaws.append(
                    SettingsFlaw(place, "which is the shortest? Give at least one of `kinds` an `effort`"))
            }
        }
        return flaws
    }

    private var seatFlaws: [SettingsFlaw] {
        guard let seatCosts else { return [] }
        var flaws: [SettingsFlaw] = []
        let others = [(place: "seats.ticket", perSeat: seatCosts.others)]
        for (place, count) in seatCosts.shares.map({ ("seats.\($0.channel)", $0.perSeat) }) + others
        where !SeatCosts.perSeatRange.contains(count) {
            flaws.append(SettingsFlaw(place, "\(count) to a seat; it is from 1 to 16"))
        }
        for (index, share) in seatCosts.shares.enumerated()
        where seatCosts.shares[..<index].contains(where: { $0.channel == share.channel }) {
            flaws.append(SettingsFlaw("seats.\(share.channel)", "the channel is there twice"))
        }
        if seatCosts.shares.count > limits.ruleValuesMax {
            flaws.append(SettingsFlaw("seats", "at most \(limits.ruleValuesMax) channels"))
        }
        return flaws
    }

    private static let factors: ClosedRange<Int64> = 1...1_000

    /// Of each circle of `next`, the line that comes first in the list.
    private var cycles: [SettingsFlaw] {
        lines.indices.compactMap { index in
            var way = [lines[index].name]
            while let next = way.last.flatMap({ line($0) })?.next, !way.contains(next) { way.append(next) }
            guard way.last.flatMap({ line($0) })?.next == way[0],
                !lines[..<index].contains(where: { way.contains($0.name) })
            else { return nil }
            let circle = (way + [way[0]]).map(\.text).joined(separator: " → ")
            return SettingsFlaw("lines.\(index).next", "the lines escalate in a circle: \(circle)")
        }
    }

    /// `; did you mean …?` for the name of a line that there is not.
    func hint(_ name: Name) -> String {
        NearestWord.to(name.text, among: lines.map(\.name.text)).map { "; did you mean `\($0)`?" } ?? ""
    }

    static func outside(_ place: String, _ value: Int64, _ range: ClosedRange<Int64>) -> SettingsFlaw {
        SettingsFlaw(place, "\(value) ms is not from \(range.lowerBound) to \(range.upperBound) ms")
    }
}
