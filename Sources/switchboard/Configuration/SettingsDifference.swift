import Desk
import Promises
import Tickets

/// A setting that two versions of a desk do not share.
struct SettingChange: Hashable, Encodable {
    /// `lines.line-one.lease`
    var key: String
    /// As people write it; nil where there was none.
    var before: String?
    /// Nil where there is none any more.
    var after: String?

    var text: String {
        switch (before, after) {
        case (let before?, let after?): "~ \(key): \(before) → \(after)"
        case (nil, let after?): "+ \(key): \(after)"
        case (let before?, nil): "- \(key): \(before)"
        case (nil, nil): "  \(key)"
        }
    }
}

extension DeskSettings {
    /// What has to be changed to come from these settings to others; in the order of the settings.
    func changes(to other: DeskSettings) -> [SettingChange] {
        let (old, new) = (facts, other.facts)
        let (before, after) = (
            Dictionary(old) { _, last in last }, Dictionary(new) { _, last in last }
        )
        let keys = new.map(\.0) + old.map(\.0).filter { after[$0] == nil }
        return keys.compactMap { key in
            before[key] == after[key]
                ? nil : SettingChange(key: key, before: before[key], after: after[key])
        }
    }

    /// Every setting under a key of its own, as people write it.
    var facts: [(String, String)] {
        var facts = [("lines", lines.map(\.name.text).joined(separator: ", "))]
        for line in lines { facts += line.facts.map { ("lines.\(line.name).\($0)", $1) } }
        facts.append(("person-lease", Span.text(personLeaseMillisecondsMax)))
        facts += hours.facts
        for (index, rule) in promises.rules.enumerated() {
            let name = rule.name.isEmpty ? "\(index + 1)" : rule.name
            facts.append(("promises.\(name)", rule.words))
        }
        let names = promises.rules.map(\.name).joined(separator: ", ")
        facts.append(("promises", keepsPromises ? names : "\(names) (in reports only)"))
        facts.append(("warnings", promises.warnings.map(Span.text).joined(separator: ", ")))
        facts += ladder.map { ($0.key, $0.words) }
        facts += acknowledgement?.facts ?? []
        facts += delayNotice?.facts ?? []
        facts.append(("estimates", givesEstimates ? "true" : "false"))
        facts += life.facts
        if seatCosts == nil { facts.append(("seats", "whole")) }
        for share in seatCosts?.shares ?? [] {
            facts.append(("seats.\(share.channel)", share.perSeat == 1 ? "all" : "1/\(share.perSeat)"))
        }
        if let others = seatCosts?.others {
            facts.append(("seats.ticket", others == 1 ? "all" : "1/\(others)"))
        }
        facts += expertise.map(\.fact)
        if let fairness {
            let (step, most) = (Span.text(fairness.stepMilliseconds), Span.text(fairness.mostMilliseconds))
            facts.append(("fairness", "\(fairness.free) free, then \(step) each, at most \(most)"))
        }
        if let stickyMilliseconds { facts.append(("sticky", Span.text(stickyMilliseconds))) }
        if let joinWithinMilliseconds { facts.append(("join-within", Span.text(joinWithinMilliseconds))) }
        facts += groups.map { ("groups.\($0.name)", $0.customers.joined(separator: ", ")) }
        facts += rules.map { ("rules.\($0.name)", $0.words) }
        if !rules.isEmpty { facts.append(("rules", rules.map(\.name).joined(separator: ", "))) }
        return facts
    }
}

extension LineSettings {
    fileprivate var facts: [(String, String)] {
        var facts = [("policy", policy.word)]
        if let ageingMilliseconds { facts.append(("ageing", Span.text(ageingMilliseconds))) }
        if policy == .shortestFirst { facts.append(("effort-factor", "\(effortFactor)")) }
        if selection != .longestIdle { facts.append(("selection", selection.word)) }
        if let next { facts.append(("next", next.text)) }
        for term in offers?.terms ?? [] {
            facts.append(("offers.\(term.channel)", Span.text(term.milliseconds)))
        }
        if let offers { facts.append(("offers.ticket", Span.text(offers.others))) }
        if let overflow {
            let skills = overflow.dropsSkills ? ", asking for no skills" : ""
            facts.append(
                (
                    "overflow",
                    "to \(overflow.line) after \(Span.text(overflow.afterMilliseconds))\(skills)"
                ))
        }
        for priority in Priority.allCases {
            let headStart = headStartMilliseconds[Int(priority.rawValue) - 1]
            facts.append(("head-start.\(priority.word)", Span.text(headStart)))
        }
        facts.append(("lease", Span.text(leaseMilliseconds)))
        facts.append(("owner-wait", Span.text(ownerWaitMilliseconds)))
        facts.append(("preferred-for", Span.text(preferredForMilliseconds)))
        facts.append(("answers-escalated", answersEscalated ? "true" : "false"))
        return facts
    }
}

extension [DelayNotice.Text] {
    fileprivate func facts(_ key: String) -> [(String, String)] {
        map { text in (text.language.map { "\(key).\($0.word)" } ?? key, text.text) }
    }
}

extension Acknowledgement {
    fileprivate var facts: [(String, String)] {
        var facts =
            texts.facts("acknowledgement.text") + closedTexts.facts("acknowledgement.closed")
            + asks.facts("acknowledgement.asks")
        facts.append(("acknowledgement.channels", channels.map(\.text).joined(separator: ", ")))
        if !exceptTags.isEmpty {
            facts.append(("acknowledgement.except-tags", exceptTags.joined(separator: ", ")))
        }
        return facts
    }
}

extension DelayNotice {
    fileprivate var facts: [(String, String)] {
        var facts = texts.facts("delay-notice.text")
        facts.append(("delay-notice.channels", channels.map(\.text).joined(separator: ", ")))
        if !exceptTags.isEmpty {
            facts.append(("delay-notice.except-tags", exceptTags.joined(separator: ", ")))
        }
        return facts
    }
}

extension LifeSettings {
    fileprivate var facts: [(String, String)] {
        var facts = [("closes-after", Span.text(closesAfterMilliseconds))]
        for kind in kinds {
            facts.append(("kinds.\(kind.name).fields", kind.fields.joined(separator: ", ")))
            facts.append(("kinds.\(kind.name).checklist", kind.checklist.joined(separator: ", ")))
            if let effort = kind.effortMilliseconds {
                facts.append(("kinds.\(kind.name).effort", Span.text(effort)))
            }
            if !kind.script.isEmpty { facts.append(("kinds.\(kind.name).script", kind.script)) }
        }
        facts += deputies.map { ("deputies.\($0.owner)", $0.deputy.text) }
        return facts
    }
}

extension BusinessHours {
    fileprivate var facts: [(String, String)] {
        var facts = [("zone", zone.name)]
        for (day, intervals) in zip(Weekday.allCases, week) {
            facts.append(("open.\(day.word)", intervals.isEmpty ? "closed" : words(intervals)))
        }
        for exception in exceptions {
            let times = exception.intervals.isEmpty ? "closed" : words(exception.intervals)
            facts.append(("holidays.\(exception.day)", times))
        }
        return facts
    }

    private func words(_ intervals: [Interval]) -> String {
        intervals.map(\.words).joined(separator: ", ")
    }
}

extension BusinessHours.Interval {
    var words: String {
        func time(_ minutes: Int) -> String {
            "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
        }
        return "\(time(opens))-\(time(closes))"
    }
}

extension PromisePolicy.Rule {
    fileprivate var words: String {
        let conditions = channels.map(\.text) + priorities.map(\.word) + groups
        var words = [conditions.isEmpty ? "all" : conditions.joined(separator: " ")]
        for (word, target) in [
            ("first-response", targets.firstResponse), ("next-response", targets.nextResponse),
            ("resolution", targets.resolution),
        ] {
            if let target { words.append("\(word) \(Span.text(target))") }
        }
        words += targets.lines.map { "\($0.line) \(Span.text($0.milliseconds))" }
        return words.joined(separator: ", ")
    }
}
