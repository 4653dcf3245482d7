import ArgumentParser
import Client
import Desk
import SwiftProtobuf
import Tickets
import Wire

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract:
            "Check, compare, apply and look back on what the desk is: its lines, hours, promises and rules.",
        discussion: """
            Examples are in Cluster/desks. A change is applied while the desk runs and loses no ticket: one that takes \
            away a line that tickets are on, or go back to, is refused. Each version stays in the desk's log.
            """,
        subcommands: [
            ConfigCheck.self, ConfigDiff.self, ConfigApply.self, ConfigHistory.self, ConfigShow.self,
            ConfigRules.self,
        ])
}

struct ConfigCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say all that is wrong in a desk's file, with line and column.",
        discussion: "Needs no running desk. Ends with 64 when something is wrong.")

    @Argument(help: "The file.", completion: .file()) var file: String
    @Flag(help: "Print one JSON object.") var json = false

    private struct Report: Encodable {
        var ok: Bool
        var file: String
        var findings: [FileFinding]
        /// Empty while something is wrong.
        var bounds: [LineBound]
    }

    func run() throws {
        let desk = try DeskFile.read(file)
        if json {
            try Terminal.say(
                json: Report(
                    ok: desk.findings.isEmpty, file: file, findings: desk.findings,
                    bounds: desk.settings?.bounds ?? []))
        } else if let settings = desk.settings {
            let lines = settings.lines.map(\.name.text).joined(separator: ", ")
            Terminal.say("\(file) is sound: \(settings.lines.count) lines (\(lines)).")
            for text in settings.boundsText { Terminal.say("  \(text)") }
        } else {
            for finding in desk.findings { Terminal.say("\(file):\(Terminal.harmless(finding.text))") }
        }
        guard desk.findings.isEmpty else { throw ExitCode(ExitStatus.usage.rawValue) }
    }
}

struct ConfigDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what a file would change on the running desk.")

    @Argument(help: "The file.", completion: .file()) var file: String
    @OptionGroup var people: PeopleOptions

    private struct Report: Encodable {
        var version: UInt64
        var changes: [SettingChange]
    }

    func run() throws {
        let wanted = try DeskFile.read(file).sound(file)
        let desk = try people.connect()
        let (version, settings) = try desk.connection.configuration()
        desk.connection.close()
        let changes = settings.changes(to: wanted)
        if people.json { return try Terminal.say(json: Report(version: version, changes: changes)) }
        Terminal.say(
            changes.isEmpty
                ? "Version \(version) of the desk's configuration says the same as \(file)."
                : "From version \(version) to \(file):\n" + changes.lines)
    }
}

struct ConfigApply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make the running desk what a file says. For admins.",
        discussion: "Nothing is changed when the file is not sound, or tickets need a line that is not in it."
    )

    @Argument(help: "The file.", completion: .file()) var file: String
    @Option(help: "Why; it stays in the log.") var reason: String
    @Option(
        help:
            "The version that the file was made against: nothing is changed when the desk has another. (default: any)"
    )
    var basis: UInt64?
    @Option(
        help: "The command's id, 32 hexadecimal digits, to repeat one whose answer was lost; needs --basis.")
    var id: String?
    @OptionGroup var people: PeopleOptions

    private struct Report: Encodable {
        var ok = true
        var before: UInt64
        var after: UInt64
        var changes: [SettingChange]
    }

    func validate() throws {
        if let id, CommandID(hexadecimal: id) == nil {
            throw ValidationError("--id is 32 hexadecimal digits")
        }
        guard id == nil || basis != nil else {
            throw ValidationError("--id repeats a command, which had a --basis")
        }
    }

    func run() throws {
        let file = try DeskFile.read(self.file)
        let wanted = try file.sound(self.file)
        let desk = try people.connect(role: "admin")
        let (version, settings) = try desk.connection.configuration()
        let before = basis ?? version
        let changes = settings.changes(to: wanted)
        var after = before
        // The first version is worth having even when it says what the broker was started with.
        if !changes.isEmpty || version == 0 || basis != nil {
            let wish = Reconfiguration(
                basis: before, settings: SettingsCoding.encode(wanted), source: file.source, reason: reason)
            let id = id.flatMap { CommandID(hexadecimal: $0) } ?? .random()
            let answer = try desk.connection.perform(.configure(wish), id: id)
            after = try desk.connection.configuration(atLeast: answer.position).version
        }
        desk.connection.close()
        if people.json {
            return try Terminal.say(json: Report(before: before, after: after, changes: changes))
        }
        Terminal.say(
            after == before
                ? "Version \(before) says the same as \(self.file); nothing was changed."
                : "Version \(before) → \(after).\n" + changes.lines)
    }
}

struct ConfigHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show who changed what the desk is, when, why, and what.")

    @OptionGroup var people: PeopleOptions

    private struct Entry: Encodable {
        var version: UInt64
        var position: UInt64
        var at: String
        var role: String
        var key: String
        var agent: String
        var reason: String
        var changes: [SettingChange]
    }

    private struct Report: Encodable {
        var versions: [Entry]
    }

    func run() throws {
        let desk = try people.connect()
        let versions = try desk.connection.configurations()
        desk.connection.close()
        var entries: [Entry] = []
        var before: DeskSettings?
        for version in versions {
            let settings = try SettingsCoding.decode(Array(version.settings))
            entries.append(
                Entry(
                    version: version.version, position: version.position,
                    at: Moment(milliseconds: version.atMs).iso8601, role: version.role, key: version.key,
                    agent: version.agent, reason: version.reason,
                    changes: before?.changes(to: settings) ?? []))
            before = settings
        }
        if people.json { return try Terminal.say(json: Report(versions: entries)) }
        guard !entries.isEmpty else {
            return Terminal.say("The desk is as its broker was started; nothing was applied yet.")
        }
        for entry in entries {
            let who = entry.agent.isEmpty ? entry.key : entry.agent
            Terminal.say("\(entry.version)  \(entry.at)  \(who)  \(Terminal.harmless(entry.reason))")
            for change in entry.changes { Terminal.say("     \(Terminal.harmless(change.text))") }
        }
    }
}

struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a version as it was written; without a number the one in force."
    )

    @Argument(help: "The version.") var version: UInt64?
    @OptionGroup var people: PeopleOptions

    private struct Report: Encodable {
        var version: UInt64
        var source: String
        var settings: [String: String]
        var bounds: [LineBound]
    }

    func run() throws {
        let desk = try people.connect()
        let (current, settings) = try desk.connection.configuration()
        let number = version ?? current
        let found = try desk.connection.configuration(version: number)
        desk.connection.close()
        guard number == 0 || found != nil else {
            throw Failure(.refused, "there is no version \(number); the desk's is \(current)")
        }
        guard number > 0 || current == 0 else {
            throw Failure(.refused, "version 0 was what a broker was started with; it is not in the log")
        }
        let shown = try found.map { try SettingsCoding.decode(Array($0.settings)) } ?? settings
        let source = found?.source ?? ""
        if people.json {
            let facts = Dictionary(shown.facts) { _, last in last }
            return try Terminal.say(
                json: Report(version: number, source: source, settings: facts, bounds: shown.bounds))
        }
        let facts = shown.facts.map { "# \($0): \($1)" }.joined(separator: "\n")
        Terminal.say(Terminal.harmless(source.isEmpty ? facts : source, keepsLines: true))
        for text in shown.boundsText { Terminal.note("# \(text)") }
    }
}

extension [SettingChange] {
    fileprivate var lines: String { map { "  \(Terminal.harmless($0.text))" }.joined(separator: "\n") }
}

extension Connection {
    /// What the desk is.
    func configuration(
        atLeast position: Position = .start
    ) throws -> (version: UInt64, settings: DeskSettings) {
        let result = try ask(ProtoConfigurationQuery(), atLeast: position)
        return (result.version, try SettingsCoding.decode(Array(result.settings)))
    }

    /// One version; nil when there is none of that number.
    fileprivate func configuration(version: UInt64) throws -> ProtoConfigurationVersion? {
        guard version > 0 else { return nil }
        return try ask(.with { ($0.after, $0.limit) = (version - 1, 1) }).versions.first
    }

    /// All versions, in order.
    fileprivate func configurations() throws -> [ProtoConfigurationVersion] {
        var versions: [ProtoConfigurationVersion] = []
        while true {
            let page = try ask(.with { ($0.after, $0.limit) = (versions.last?.version ?? 0, 100) })
            versions += page.versions
            guard page.more, !page.versions.isEmpty else { return versions }
        }
    }

    private func ask(
        _ query: ProtoConfigurationQuery, atLeast position: Position = .start
    ) throws -> ProtoConfigurationResult {
        let answer = try self.query(.configuration(query), atLeast: position)
        guard case .configuration(let result) = answer.result else {
            throw Failure(
                .inputOutput,
                "the broker answered something else than a configuration: is it of another version?")
        }
        return result
    }
}
