import Foundation
import Promises
import Tickets

/// What was promised, and when the desk is open, as a YAML file says it.
struct PolicyFile: RoleFilePart {
    var zone: String?
    /// Days, as `monday` or `monday-friday`, and when the desk is open on them.
    var open: [String: String]?
    var holidays: [String]?
    var promises: [Strict<Promise>]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case zone, open, holidays, promises
    }

    struct Promise: RoleFilePart {
        var name: String
        var channels: [String]?
        var priorities: [String]?
        var firstResponse: String?
        var nextResponse: String?
        var resolution: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, channels, priorities, resolution
            case firstResponse = "first-response"
            case nextResponse = "next-response"
        }
    }

    func zoneOffsets() throws -> ZoneOffsets {
        guard let zone else { return .utc }
        guard let found = TimeZone(identifier: zone) else {
            throw Failure(.usage, "`zone`: there is no time zone `\(zone)`; write it as Europe/Berlin")
        }
        return ZoneOffsets(found)
    }

    func policy() throws -> PromisePolicy {
        let hours = try businessHours()
        guard let promises else {
            var standard = PromisePolicy.standard
            for index in standard.rules.indices { standard.rules[index].hours = hours }
            return standard
        }
        return PromisePolicy(rules: try promises.map { try $0.value.rule(hours) })
    }

    private func businessHours() throws -> BusinessHours {
        guard let open else {
            guard holidays == nil else {
                throw Failure(.usage, "`holidays` needs `open`: when is the desk there?")
            }
            return .always
        }
        var week: [Weekday: [BusinessHours.Interval]] = [:]
        for (days, text) in open.sorted(by: { $0.key < $1.key }) {
            let intervals = try Self.intervals(text, "open.\(days)")
            for day in try Self.weekdays(days) {
                guard week.updateValue(intervals, forKey: day) == nil else {
                    throw Failure(.usage, "`open`: \(day.word) is there twice")
                }
            }
        }
        let exceptions = try (holidays ?? []).map { text in
            guard let day = CivilDay(text) else {
                throw Failure(.usage, "`holidays`: `\(text)` is no day; write it as 2026-12-25")
            }
            return BusinessHours.Exception(day: day)
        }
        do {
            return try BusinessHours(zone: try zoneOffsets(), exceptions: exceptions) { week[$0] ?? [] }
        } catch let flaw as BusinessHours.Flaw {
            throw Failure(.usage, Self.explain(flaw))
        }
    }

    private static func weekdays(_ text: String) throws -> [Weekday] {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map {
            Weekday(word: String($0))
        }
        if parts.count == 1, let day = parts[0] { return [day] }
        if parts.count == 2, let first = parts[0], let last = parts[1], first.rawValue <= last.rawValue {
            return Weekday.allCases.filter { (first.rawValue...last.rawValue).contains($0.rawValue) }
        }
        throw Failure(.usage, "`open`: `\(text)` is no day; write monday, or monday-friday")
    }

    private static func intervals(_ text: String, _ place: String) throws -> [BusinessHours.Interval] {
        try text.split(separator: ",").map { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                minutes(String($0))
            }
            guard ends.count == 2, let opens = ends[0], let closes = ends[1],
                let interval = BusinessHours.Interval(opens: opens, closes: closes)
            else {
                throw Failure(
                    .usage, "`\(place)`: `\(part)` is no time of day; write 9:00-13:00, until 24:00 at most")
            }
            return interval
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

    private static func explain(_ flaw: BusinessHours.Flaw) -> String {
        switch flaw {
        case .overlap: "`open`: the times of a day overlap, or are out of order"
        case .twoExceptions(let day): "`holidays`: \(day) is there twice"
        case .neverOpen: "`open`: the desk is never open"
        }
    }
}

extension PolicyFile.Promise {
    func rule(_ hours: BusinessHours) throws -> PromisePolicy.Rule {
        let channels = try (channels ?? []).map { text in
            guard let name = Name(text) else { throw wrong("channels", "`\(text)` is no name") }
            return name
        }
        let priorities = try (priorities ?? []).map { text in
            guard let priority = Priority.allCases.first(where: { $0.word == text }) else {
                let known = Priority.allCases.map(\.word).joined(separator: ", ")
                throw wrong("priorities", "there is no priority `\(text)`; there are \(known)")
            }
            return priority
        }
        return PromisePolicy.Rule(
            name: name, channels: channels, priorities: priorities,
            targets: PromiseTargets(
                firstResponse: try milliseconds(firstResponse, "first-response"),
                nextResponse: try milliseconds(nextResponse, "next-response"),
                resolution: try milliseconds(resolution, "resolution")),
            hours: hours)
    }

    /// Milliseconds of `30s`, `15m`, `4h`, `2d`.
    private func milliseconds(_ text: String?, _ key: String) throws -> Int64? {
        guard let text else { return nil }
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...1_000_000).contains(count)
        else { throw wrong(key, "`\(text)` is no span; write it as 30s, 15m, 4h or 2d") }
        return count * unit
    }

    private func wrong(_ key: String, _ what: String) -> Failure {
        Failure(.usage, "promise `\(name)`, `\(key)`: \(what)")
    }
}

extension ZoneOffsets {
    /// A zone of the system, from 1990 until 2100.
    init(_ zone: TimeZone) {
        let start = Date(timeIntervalSince1970: 631_152_000)
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        var changes: [Change] = []
        var last = zone.secondsFromGMT(for: start)
        var date = start
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
            let offset = zone.secondsFromGMT(for: next)
            if offset != last {
                let moment = Moment(milliseconds: Int64(next.timeIntervalSince1970 * 1_000))
                changes.append(Change(at: moment, offset: Int64(offset) * 1_000))
                last = offset
            }
            date = next
        }
        self.init(
            name: zone.identifier, firstOffset: Int64(zone.secondsFromGMT(for: start)) * 1_000,
            changes: changes)
    }
}
