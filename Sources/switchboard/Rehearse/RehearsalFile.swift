import Desk
import Foundation
import Promises
import Randomness
import Rehearsal
import Tickets
import Yams

/// A rehearsal as a YAML file says it; see Cluster/desks/shop-week.yaml. Paths in it are from its own folder.
struct RehearsalFile {
    let plan: RehearsalPlan
    /// The desk's file, as it is named there.
    let desk: String

    /// - Throws: The first of what is wrong in the file, or in those that it names.
    init(_ path: String) throws {
        let report = FileReport()
        let text = try TextFile.read(path)
        var parts: Parts?
        do {
            if let node = try compose(yaml: text), let section = FileSection(node, "", report) {
                parts = Parts(section)
            } else {
                report.add("", "the file is empty; a rehearsal has `desk`, `texts`, `requests` and `crews`")
            }
        } catch {
            report.add(error)
        }
        if let first = report.findings.min(by: { ($0.line, $0.column) < ($1.line, $1.column) }) {
            throw Failure(.usage, "\(path):\(first.text)")
        }
        guard let parts, let firstDay = parts.firstDay else {
            throw Failure(.usage, "\(path): the file says nothing")
        }
        let folder = URL(filePath: path).deletingLastPathComponent()
        desk = parts.desk
        let deskPath = URL(filePath: parts.desk, relativeTo: folder).path
        let file = try DeskFile.read(deskPath)
        let settings = try file.sound(deskPath)
        for crew in parts.crews where settings.line(crew.line) == nil {
            let hint = NearestWord.to(crew.line.text, among: settings.lines.map(\.name.text))
            throw Failure(
                .usage,
                "\(path): crew \(crew.name): \(parts.desk) has no line \(crew.line)"
                    + (hint.map { "; did you mean `\($0)`?" } ?? ""))
        }
        let demand = Demand(
            requests: parts.requests, hours: parts.hours,
            texts: Self.inTurn(
                try parts.texts.map { try Self.texts(URL(filePath: $0, relativeTo: folder).path) }),
            chats: parts.chats, reminding: parts.reminding, returning: parts.returning)
        plan = RehearsalPlan(
            settings: settings, source: file.source, firstDay: firstDay, days: parts.days, demand: demand,
            crews: parts.crews)
    }

    /// One of each file in turn, as often as the longest has any; the others begin anew.
    private static func inTurn(_ files: [[Submission]]) -> [Submission] {
        (0..<(files.map(\.count).max() ?? 0)).flatMap { index in files.map { $0[index % $0.count] } }
    }

    /// The requests of a file of lines, as `submit --jsonl` takes it.
    private static func texts(_ path: String) throws -> [Submission] {
        var reader = try LineReader(path: path)
        var (texts, line) = ([Submission](), 0)
        while let next = try reader.next() {
            line += 1
            do throws(LineRefusal) {
                guard case .bytes(let bytes) = next else { throw LineRefusal("the line is too long") }
                guard case .submit(let submission) = try RequestLine.parse(bytes).command().action else {
                    continue
                }
                texts.append(submission)
            } catch {
                throw Failure(.usage, "\(path):\(line): \(error.reason)")
            }
        }
        guard !texts.isEmpty else { throw Failure(.usage, "\(path) has no requests: one JSON object a line") }
        return texts
    }
}

extension RehearsalFile {
    /// What the file itself says.
    private struct Parts {
        var desk = ""
        var texts: [String] = []
        var firstDay: CivilDay?
        var days = 7
        /// From Monday on.
        var requests: [Int] = []
        var hours: [Int] = []
        var chats: [Name] = []
        var reminding = 0
        var returning = 0
        var crews: [Crew] = []

        init(_ section: FileSection) {
            var file = section
            desk = file.required("desk") { $0.text($1) } ?? ""
            texts = file.required("texts") { $0.texts($1) } ?? []
            firstDay = file.required("first-day") { section, key in
                guard let text = section.text(key) else { return nil }
                if let day = CivilDay(text) { return day }
                section.add(key, "`\(text)` is no day; write it as 2026-11-23")
                return nil
            }
            days = file.whole("days", in: 1...366) ?? 7
            if var week = file.required("requests", { $0.section($1) }) {
                let counts = HoursFile.byWeekday(&week) { $0.whole($1, in: 0...1_000_000) }
                requests = Weekday.allCases.map { counts[$0] ?? 0 }
                if requests.allSatisfy({ $0 == 0 }) { file.add("requests", "nobody would write on any day") }
            }
            hours = file.keys.contains("hours") ? file.wholes("hours") : Array(repeating: 1, count: 24)
            if hours.count != 24 || hours.allSatisfy({ $0 == 0 }) {
                file.add("hours", "this must be 24 whole numbers, one for each hour of the day, not all 0")
            }
            chats = file.names("chats")
            reminding = file.share("reminding") ?? 0
            returning = file.share("returning") ?? 0
            crews = file.required("crews") { $0.sections($1) }?.compactMap { Self.crew($0) } ?? []
            for (index, crew) in crews.enumerated() {
                if crews[..<index].contains(where: { $0.name == crew.name }) {
                    file.add("crews.\(index).name", "there is a crew `\(crew.name)` already")
                }
                // Each of them is a node of this name with a number.
                if Name("\(crew.name)-\(crew.people)") == nil {
                    file.add("crews.\(index).name", "the name is too long to have a number after it")
                }
            }
            file.finish()
        }

        private static func crew(_ section: FileSection) -> Crew? {
            var section = section
            let name = section.required("name") { $0.name($1) }
            let line = section.required("line") { $0.name($1) }
            let people = section.required("people") { $0.whole($1, in: 1...10_000) }
            let handling = section.required("handling") { $0.duration($1) }
            var week: [Weekday: [BusinessHours.Interval]] = [:]
            if var hours = section.required("hours", { $0.section($1) }) { week = HoursFile.week(&hours) }
            let seats = section.whole("seats", in: 1...1_000) ?? 1
            let (escalated, asked) = (section.share("escalated") ?? 0, section.share("asked") ?? 0)
            section.finish()
            guard let name, let line, let people, let handling else { return nil }
            return Crew(
                name: name, line: line, people: people, seats: seats,
                week: Weekday.allCases.map { week[$0] ?? [] },
                handling: .exponential(meanMilliseconds: Double(handling)), escalated: escalated,
                asked: asked)
        }
    }
}

extension FileSection {
    /// Of a thousand, as `12%` or `0.5%` says it.
    fileprivate mutating func share(_ key: String) -> Int? {
        guard let text = text(key) else { return nil }
        if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
            return Int((percent * 10).rounded())
        }
        add(key, "`\(text)` is no share: write it as 12% or 0.5%")
        return nil
    }

    fileprivate mutating func wholes(_ key: String) -> [Int] {
        let texts = texts(key)
        let wholes = texts.compactMap { Int($0) }.filter { (0...1_000_000).contains($0) }
        return wholes.count == texts.count ? wholes : []
    }
}
