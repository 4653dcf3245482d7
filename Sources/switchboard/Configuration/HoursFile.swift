import Figures
import Foundation
import Promises
import Tickets

/// Hours of business and promises as YAML says them: `zone`, `open`, `holidays`, `promises`, `warnings`. A desk's file
/// has them, and so may the file of `report --policy`.
enum HoursFile {
    static func hours(_ file: inout FileSection) -> BusinessHours {
        let zone = zone(&file)
        guard var open = file.section("open") else {
            if !file.texts("holidays").isEmpty {
                file.add("holidays", "this needs `open`: when is the desk there?")
            }
            guard zone != .utc else { return .always }
            let allDay = [BusinessHours.Interval(opens: 0, closes: 1_440)].compactMap(\.self)
            return built(file, "zone") { try BusinessHours(zone: zone) { _ in allDay } }
        }
        let week = week(&open)
        let exceptions = file.texts("holidays").compactMap { text -> BusinessHours.Exception? in
            if let day = CivilDay(text) { return BusinessHours.Exception(day: day) }
            file.add("holidays", "`\(text)` is no day; write it as 2026-12-25")
            return nil
        }
        return built(file, "open") {
            try BusinessHours(zone: zone, exceptions: exceptions) { week[$0] ?? [] }
        }
    }

    /// Times by day, as `monday-friday: 9:00-13:00, 14:00-18:00` says them; days that are not there have none.
    static func week(_ section: inout FileSection) -> [Weekday: [BusinessHours.Interval]] {
        byWeekday(&section) { section, key in section.text(key).map { intervals($0, section, key) } }
    }

    /// What is said of each day, under keys that are a day or several.
    static func byWeekday<Value>(
        _ section: inout FileSection, _ read: (inout FileSection, String) -> Value?
    ) -> [Weekday: Value] {
        var week: [Weekday: Value] = [:]
        for key in section.keys {
            guard let value = read(&section, key) else { continue }
            for day in weekdays(key, section) where week.updateValue(value, forKey: day) != nil {
                section.add(key, "\(day.word) is there twice")
            }
        }
        return week
    }

    static func zone(_ file: inout FileSection) -> ZoneOffsets {
        guard let name = file.text("zone") else { return .utc }
        if let zone = TimeZone(identifier: name) { return ZoneOffsets(zone) }
        let known = NearestWord.to(name, among: TimeZone.knownTimeZoneIdentifiers)
        let hint = known.map { "; did you mean `\($0)`?" } ?? "; write it as Europe/Berlin"
        file.add("zone", "there is no time zone `\(name)`\(hint)")
        return .utc
    }

    private static func built(
        _ file: FileSection, _ key: String, _ make: () throws -> BusinessHours
    ) -> BusinessHours {
        do {
            return try make()
        } catch BusinessHours.Flaw.twoExceptions(let day) {
            file.add("holidays", "\(day) is there twice")
        } catch BusinessHours.Flaw.overlap {
            file.add(key, "the times of a day overlap, or are out of order")
        } catch {
            file.add(key, "the desk is never open")
        }
        return .always
    }

    /// The days of `monday` or `monday-friday`; what is none is noted at a key, unless the text is one itself.
    static func weekdays(_ text: String, _ section: FileSection, at key: String? = nil) -> [Weekday] {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let days = parts.map { Weekday(word: $0) }
        if days.count == 1, let day = days[0] { return [day] }
        if days.count == 2, let first = days[0], let last = days[1], first.rawValue <= last.rawValue {
            return Weekday.allCases.filter { (first.rawValue...last.rawValue).contains($0.rawValue) }
        }
        let near = zip(parts, days).first { $1 == nil }.flatMap {
            NearestWord.to($0.0.lowercased(), among: Weekday.allCases.map(\.word))
        }
        let hint = near.map { "; did you mean `\($0)`?" } ?? ""
        section.add(key ?? text, "`\(text)` is no day; write monday, or monday-friday\(hint)")
        return []
    }

    /// Who works when, in order of name.
    static func shifts(_ file: inout FileSection) -> [Shift] {
        guard var section = file.section("shifts") else { return [] }
        return section.keys.sorted().map { name in
            Shift(name: name, intervals: section.text(name).map { intervals($0, section, name) } ?? [])
        }
    }

    static func intervals(_ text: String, _ section: FileSection, _ key: String) -> [BusinessHours.Interval] {
        text.split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                minutes(String($0))
            }
            if ends.count == 2, let opens = ends[0], let closes = ends[1],
                let interval = BusinessHours.Interval(opens: opens, closes: closes)
            {
                return interval
            }
            let words = part.trimmingCharacters(in: .whitespaces)
            section.add(key, "`\(words)` is no time of day; write 9:00-13:00, until 24:00 at most")
            return nil
        }
    }

    /// Minutes of `9:30`; nil for anything else.
    private static func minutes(_ text: String) -> Int? {
        let parts = text.trimmingCharacters(in: .whitespaces).split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...24).contains(hour), (0...59).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    // MARK: - Promises

    /// What is promised; clocks run in `hours`. Of `lines`, none are given where it is not known which there are.
    static func promises(_ file: inout FileSection, _ hours: BusinessHours, _ lines: [Name]) -> PromisePolicy
    {
        let warnings = file.texts("warnings").compactMap { text -> Int64? in
            if let milliseconds = Span.milliseconds(text) { return milliseconds }
            file.add("warnings", "`\(text)` is no span of time: write it as 15m")
            return nil
        }
        var policy = PromisePolicy.standard
        if file.keys.contains("promises") {
            policy.rules = file.sections("promises").map { promise($0, hours, lines) }
        } else {
            _ = file.node("promises")
            for index in policy.rules.indices { policy.rules[index].hours = hours }
        }
        guard file.keys.contains("warnings") else { return policy }
        return PromisePolicy(rules: policy.rules, warnings: warnings)
    }

    private static func promise(
        _ section: FileSection, _ hours: BusinessHours, _ lines: [Name]
    ) -> PromisePolicy.Rule {
        var section = section
        var rule = PromisePolicy.Rule(
            name: section.required("name") { $0.text($1) } ?? "", channels: section.names("channels"),
            priorities: section.choices("priorities", Priority.allCases.map { ($0.word, $0) }),
            groups: section.texts("groups"), targets: PromiseTargets(), hours: hours)
        rule.targets.firstResponse = target("first-response", &section)
        rule.targets.nextResponse = target("next-response", &section)
        rule.targets.resolution = target("resolution", &section)
        if var targets = section.section("lines") {
            for key in targets.keys {
                guard let milliseconds = target(key, &targets), let line = Name(key) else { continue }
                if !lines.isEmpty, !lines.contains(line) {
                    let hint = NearestWord.to(key, among: lines.map(\.text)).map { "; did you mean `\($0)`?" }
                    targets.add(key, "there is no line \(key)\(hint ?? "")")
                }
                rule.targets.lines.append(PromiseTargets.LineTarget(line: line, milliseconds: milliseconds))
            }
        }
        section.finish()
        return rule
    }

    private static func target(_ key: String, _ section: inout FileSection) -> Int64? {
        guard let milliseconds = section.duration(key) else { return nil }
        if milliseconds > 0 { return milliseconds }
        section.add(key, "a promise is of more than no time")
        return nil
    }
}
